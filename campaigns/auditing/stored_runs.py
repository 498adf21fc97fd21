"""Compare the file store, and the seals that machines share, with what was recorded."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select

from campaigns.auditing.invariants import Breach, Findings, Invariant
from campaigns.post.outbox_runs import OURS
from channels.file_store import FileStore, NotKept
from installation.installation import Installation
from store.sentences import Sentence
from store.states import DeliveryState
from store.tables import Delivery, PrintFile, PrintRun, SealedBatch, SharedFile


def shared_store(installation: Installation) -> FileStore | None:
    """Return the store of files that all machines reach, or None where each has its own outbox."""
    return None if installation.store.embedded else installation.settings.file_store


def compare_store(installation: Installation) -> Findings:
    """Read every file that the store must have, and hold it against its sum."""
    store = shared_store(installation)
    if store is None:
        return Findings()
    with installation.store.reading() as connection:
        wanted = _wanted(connection)
    with TemporaryDirectory(prefix="kaartje-audit-") as folder:
        breaches = tuple(_lacking(store, wanted, Path(folder) / "file"))
    return Findings(breaches=breaches, compared={"stored_files": len(wanted)})


def _wanted(connection: Connection) -> dict[str, str]:
    """Return the sums of the files that the store must have, by their place below an outbox."""
    made = (
        select(PrintRun.folder, PrintFile.name, PrintFile.sha256)
        .join(PrintFile, PrintFile.print_run_id == PrintRun.id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .where(PrintRun.state.in_(OURS), Delivery.state != DeliveryState.OPEN)
    )
    found = {f"{row.folder}/{row.name}": row.sha256 for row in connection.execute(made)}
    beside = select(SharedFile.place, SharedFile.sha256)
    return found | {row.place: row.sha256 for row in connection.execute(beside)}


def _lacking(store: FileStore, wanted: Mapping[str, str], copy: Path) -> Iterator[Breach]:
    for place, digest in sorted(wanted.items()):
        if not store.has(digest):
            detail = Sentence("{place} is not in the store of files", place=place)
            yield _of(place, Invariant.FILE_GONE, detail)
            continue
        try:
            store.bring(digest, copy)
        except NotKept:
            detail = Sentence("{place} in the store of files is another", place=place)
            yield _of(place, Invariant.FILE_CHANGED, detail)


def _of(place: str, invariant: Invariant, detail: str) -> Breach:
    return Breach(invariant=invariant, subject=place.partition("/")[0], detail=detail)


def sealed_calls(connection: Connection) -> dict[str, frozenset[int]]:
    """Return the touches on each list of calls that was sealed for all machines, by its key."""
    query = (
        select(SealedBatch.key, SealedBatch.seal)
        .join(Delivery, Delivery.key == SealedBatch.key)
        .where(Delivery.channel == "call")
    )
    return {key: frozenset(_receipts(seal)) for key, seal in connection.execute(query)}


def _receipts(seal: str) -> Iterator[int]:
    _, *lines = seal.splitlines()
    for line in lines:
        result = json.loads(line)
        if result.get("result") == "Receipt":
            yield int(result["touch_id"])
