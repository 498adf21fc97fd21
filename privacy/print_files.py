"""Print files that still hold somebody, together with others, and until when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from installation.installation import Installation
from store.states import RequestKind
from store.tables import PrintFile, PrintPiece, PrintRun, PrivacyRequest, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFiles:
    """The files of one print run that are still in the outbox, or in the store of all machines."""

    folder: str
    posted_at: datetime | None


def runs_of_touches(
    connection: Connection, installation: Installation, touches: Sequence[int]
) -> tuple[RunFiles, ...]:
    """Return the runs with a piece of these touches whose files are still here."""
    query = (
        select(PrintRun.id, PrintRun.folder, PrintRun.posted_at)
        .join(PrintPiece, PrintPiece.print_run_id == PrintRun.id)
        .where(PrintPiece.touch_id.in_(touches))
        .distinct()
        .order_by(PrintRun.folder)
    )
    outbox = installation.settings.outbox
    return tuple(
        RunFiles(folder=folder, posted_at=posted_at)
        for run, folder, posted_at in connection.execute(query).all()
        if (outbox / folder).exists() or _are_kept(connection, installation, run)
    )


def runs_of_erasures(installation: Installation) -> dict[int, tuple[RunFiles, ...]]:
    """Return the runs whose files still hold who asked to be erased, by the number of the request.

    Also after they were erased, and after the answer: the touch stays, under a pseudonym.
    """
    query = (
        select(PrivacyRequest.id, Touch.id)
        .join(Touch, Touch.person_id == PrivacyRequest.person_id)
        .join(PrintPiece, PrintPiece.touch_id == Touch.id)
        .where(PrivacyRequest.kind == RequestKind.ERASURE)
        .order_by(PrivacyRequest.id)
    )
    touches: defaultdict[int, list[int]] = defaultdict(list)
    with installation.store.reading() as connection:
        for request, touch in connection.execute(query):
            touches[request].append(touch)
        found = {
            request: runs_of_touches(connection, installation, theirs)
            for request, theirs in touches.items()
        }
    return {request: runs for request, runs in found.items() if runs}


def _are_kept(connection: Connection, installation: Installation, run: int) -> bool:
    """Say whether the store that all machines reach has a print file of a run."""
    store = installation.settings.file_store
    sums = select(PrintFile.sha256).where(PrintFile.print_run_id == run, PrintFile.pieces > 0)
    return store is not None and any(map(store.has, connection.execute(sums).scalars().all()))
