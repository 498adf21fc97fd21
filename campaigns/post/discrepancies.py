"""Differences between what was handed over and what the print shop reports.

A difference beyond the tolerance stops the post of its campaign until somebody accepts it with a reason; doubles, and
what was printed before anybody signed for it, always do.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from campaigns.post.piece_states import close_if_done, find_run, move_pieces
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.states import PieceState, Road
from store.tables import Delivery, Difference, PrintPiece, PrintRun

MISSING, UNKNOWN, DOUBLED, COUNT, WEIGHT = "missing", "unknown", "doubled", "count", "weight"
CHECKSUM, RECORDS, REJECTED, UNSIGNED, UNASKED = (
    "checksum",
    "records",
    "rejected",
    "unsigned",
    "unasked",
)
LOST = "LOST"
"""Reason of a failed touch whose piece a person accepted as lost."""
ALWAYS_STOP = frozenset({DOUBLED, UNSIGNED, REJECTED, CHECKSUM})
LATER_WORD = Decider("kaartje", road=Road.FLOW)
"""The decider that accepts a difference after a later answer of the shop explained it."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The difference that one run may have before its campaign stops.

    So many pieces, or so many in a thousand if that is more.
    """

    pieces: int = 0
    per_mille: int = 0

    def holds(self, differing: int, of: int) -> bool:
        """Return whether so many differing pieces, of a total, are within it."""
        return differing <= max(self.pieces, of * self.per_mille // 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDifference:
    """One difference, as shown to a person."""

    id: int
    run: str
    kind: str
    pieces: int
    stops: bool
    detail: dict[str, Any]
    found_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None
    accepted_why: str | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def record_difference(
    connection: Connection,
    run_id: int,
    kind: str,
    *,
    count: int,
    tolerance: Tolerance,
    now: datetime,
    **detail: Any,
) -> int:
    """Record a difference, unless it was recorded before, and return how many are new."""
    query = select(Difference.kind, Difference.detail, Difference.pieces).where(
        Difference.print_run_id == run_id
    )
    earlier = connection.execute(query).all()
    if any((row.kind, row.detail) == (kind, detail) for row in earlier):
        return 0
    connection.execute(
        insert(Difference).values(
            print_run_id=run_id,
            kind=kind,
            pieces=count,
            detail=detail,
            found_at=now,
            stops=kind in ALWAYS_STOP,
        )
    )
    _stop_beyond(connection, run_id, tolerance)
    return 1


def _stop_beyond(connection: Connection, run_id: int, tolerance: Tolerance) -> None:
    """Stop the campaign of a run if its open differences exceed the tolerance together."""
    mine = (Difference.print_run_id == run_id) & Difference.accepted_at.is_(None)
    differing = connection.execute(
        select(func.coalesce(func.sum(Difference.pieces), 0)).where(mine)
    ).scalar_one()
    run = select(PrintRun.cards + PrintRun.seeds).where(PrintRun.id == run_id)
    if not tolerance.holds(int(differing), connection.execute(run).scalar_one()):
        connection.execute(update(Difference).where(mine).values(stops=True))


def explain(
    connection: Connection,
    run_id: int,
    kinds: Collection[str],
    why: str,
    *,
    now: datetime,
    **about: Any,
) -> int:
    """Accept the open differences of these kinds that a later answer explained."""
    query = select(Difference.id, Difference.detail).where(
        Difference.print_run_id == run_id,
        Difference.kind.in_(kinds),
        Difference.accepted_at.is_(None),
    )
    ids = [row.id for row in connection.execute(query) if about.items() <= row.detail.items()]
    accepted = {"accepted_at": now, "accepted_by": LATER_WORD.name, "accepted_why": why}
    return connection.execute(
        update(Difference).where(Difference.id.in_(ids)).values(accepted)
    ).rowcount


def differences(
    installation: Installation, *, key: str | None = None, accepted: bool = False
) -> list[RecordedDifference]:
    """Return the open differences, or all of them, of one run if its key is given.

    Raises:
        BadInput: there is no run under this key.
    """
    with installation.store.reading() as connection:
        query = (
            select(
                Difference.id,
                Delivery.key.label("run"),
                Difference.kind,
                Difference.pieces,
                Difference.stops,
                Difference.detail,
                Difference.found_at,
                Difference.accepted_at,
                Difference.accepted_by,
                Difference.accepted_why,
            )
            .join(PrintRun, PrintRun.id == Difference.print_run_id)
            .join(Delivery, Delivery.id == PrintRun.delivery_id)
            .order_by(Difference.id)
        )
        if key is not None:
            query = query.where(Difference.print_run_id == find_run(connection, key).id)
        if not accepted:
            query = query.where(Difference.accepted_at.is_(None))
        return [RecordedDifference(**row._asdict()) for row in connection.execute(query)]


def accept(
    installation: Installation, key: str, difference: int, *, by: Decider, why: str, now: datetime
) -> bool:
    """Accept a difference with a reason, and return whether the run closed.

    Pieces that it calls missing are lost.

    Raises:
        BadInput: there is no such difference in this run, somebody accepted it already, or there is no reason.
    """
    if not why.strip():
        raise BadInput("is empty", "say why this may stand as it is", field="--why")
    with installation.store.writing() as connection:
        run = find_run(connection, key)
        query = select(Difference.__table__).where(
            Difference.id == difference, Difference.print_run_id == run.id
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            raise BadInput(
                Sentence("{key} has no difference {difference}", key=key, difference=difference),
                "see kaartje post differences",
                field="DIFF",
            )
        values = {"accepted_at": now, "accepted_by": by.name, "accepted_why": why.strip()}
        mine = (Difference.id == difference) & Difference.accepted_at.is_(None)
        if not connection.execute(update(Difference).where(mine).values(values)).rowcount:
            raise BadInput(
                Sentence(
                    "{difference} was accepted by {accepted_by}",
                    difference=difference,
                    accepted_by=row.accepted_by,
                ),
                "nothing is left to decide",
                field="DIFF",
            )
        record(
            connection,
            by,
            "accept difference",
            About(Kind.PRINT_RUN, key),
            now=now,
            reason=why,
            difference=difference,
            kind=row.kind,
        )
        if row.kind == MISSING:
            lost = PrintPiece.piece_id.in_(row.detail["pieces"])
            move_pieces(
                connection,
                lost & (PrintPiece.print_run_id == run.id),
                PieceState.LOST,
                now=now,
                reason=LOST,
            )
        return close_if_done(connection, run.id, now=now)
