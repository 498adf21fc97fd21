"""States of print runs and pieces. `move_pieces` moves pieces together with their touches.

Touches follow their piece. Seeds have no touch. A run only goes forward, also when answers come late.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from campaigns.touches.touch_states import IllegalMove, move
from store.errors import BadInput
from store.sentences import Sentence
from store.states import MOVES, PIECE_MOVES, RUN_ORDER, PieceState, RunState, TouchState
from store.tables import Campaign, Delivery, Difference, PrintPiece, PrintRun, Pull

_P, _R, _T = PieceState, RunState, TouchState

UNPOSTED = (_P.MADE, _P.HANDED_OVER, _P.PRINTED, _P.SPOILED, _P.MISSING)
"""States in which a piece is still at the print shop, or on its way there."""

_REPRINT = re.compile(r"-r([1-9][0-9]*)\.pdf$")
_FOLLOW = {
    _P.PRINTED: _T.PRINTED,
    _P.POSTED: _T.POSTED,
    _P.RETURNED: _T.RETURNED,
    _P.RECALLED: _T.RECALLED,
    _P.LOST: _T.FAILED,
}
_AT_THE_SHOP = (_T.HANDED_OVER, _T.PRINTED, _T.POSTED)
_MOMENTS = {
    _R.HANDED_OVER: PrintRun.handed_over_at,
    _R.RECEIVED: PrintRun.received_at,
    _R.PROOFED: PrintRun.proofed_at,
    _R.PRINTED: PrintRun.printed_at,
    _R.POSTED: PrintRun.posted_at,
    _R.CLOSED: PrintRun.closed_at,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedRun:
    """A print run, the key of its delivery, and its campaign."""

    id: int
    delivery_id: int
    key: str
    folder: str  # below the outbox
    cards: int
    seeds: int
    weight: int | None  # grams, of all pieces
    state: RunState
    made_at: datetime
    handed_over_at: datetime | None
    received_at: datetime | None
    proofed_at: datetime | None
    proofed_by: str | None
    closed_at: datetime | None
    campaign_id: int
    campaign: str  # its name
    submitted_by: str


def find_run(connection: Connection, key: str) -> TrackedRun:
    """Return the print run under a key.

    Raises:
        BadInput: there is no run under this key.
    """
    query = (
        select(
            PrintRun.id,
            PrintRun.delivery_id,
            Delivery.key,
            PrintRun.folder,
            PrintRun.cards,
            PrintRun.seeds,
            PrintRun.weight,
            PrintRun.state,
            PrintRun.made_at,
            PrintRun.handed_over_at,
            PrintRun.received_at,
            PrintRun.proofed_at,
            PrintRun.proofed_by,
            PrintRun.closed_at,
            Delivery.campaign_id,
            Campaign.name.label("campaign"),
            Campaign.submitted_by,
        )
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
    )
    row = connection.execute(query.where(Delivery.key == key)).one_or_none()
    if row is None:
        raise BadInput(
            Sentence("{seen!r} is not a print run of this installation", seen=key[:60]),
            "write its key, the name of its folder",
            field="run",
        )
    return TrackedRun(**row._asdict())


def advance(
    connection: Connection, run_id: int, to: RunState, *, now: datetime, **also: Any
) -> None:
    """Bring a run to a state unless it is further, and record the time once."""
    later = RUN_ORDER[RUN_ORDER.index(to) :]
    values: dict[str, Any] = {_MOMENTS[to].key: now, **also}
    connection.execute(
        update(PrintRun).where(PrintRun.id == run_id, _MOMENTS[to].is_(None)).values(values)
    )
    connection.execute(
        update(PrintRun).where(PrintRun.id == run_id, PrintRun.state.not_in(later)).values(state=to)
    )


def move_pieces(
    connection: Connection,
    which: ColumnElement[bool],
    to: PieceState,
    *,
    now: datetime,
    reason: str | None = None,
    **also: Any,
) -> int:
    """Move the pieces of `which` to a state, with their touches, and return how many moved.

    Pieces in that state or beyond it stay where they are, so a repeated answer moves nothing.
    """
    origins = [state for state, ends in PIECE_MOVES.items() if to in ends]
    if not origins:
        raise IllegalMove(f"no piece becomes {to}")
    moving = PrintPiece.state.in_(origins) & which
    if (follows := _FOLLOW.get(to)) is not None:
        touches = select(PrintPiece.touch_id).where(moving, PrintPiece.touch_id.is_not(None))
        for origin in _AT_THE_SHOP:
            if follows in MOVES[origin]:
                move(connection, touches, follows, origin=origin, now=now, reason=reason)
    values: dict[str, Any] = {"state": to, "reason": reason, "updated_at": now, **also}
    return connection.execute(update(PrintPiece).where(moving).values(values)).rowcount


def states_of(
    connection: Connection, run_id: int, *where: ColumnElement[bool]
) -> Counter[PieceState]:
    """Count the pieces of a run by state."""
    query = select(PrintPiece.state, func.count()).where(PrintPiece.print_run_id == run_id, *where)
    return Counter({row[0]: row[1] for row in connection.execute(query.group_by(PrintPiece.state))})


def close_if_done(connection: Connection, run_id: int, *, now: datetime) -> bool:
    """Close a posted run once every piece is accounted for and no difference is open."""
    posted = connection.execute(
        select(PrintRun.posted_at).where(PrintRun.id == run_id)
    ).scalar_one()
    if posted is None or open_ends(connection, run_id):
        return False
    advance(connection, run_id, RunState.CLOSED, now=now)
    return True


def open_ends(connection: Connection, run_id: int) -> int:
    """Count the pieces that are not accounted for, and the open differences."""
    pieces = select(func.count()).where(
        PrintPiece.print_run_id == run_id, PrintPiece.state.in_(UNPOSTED)
    )
    found = select(func.count()).where(
        Difference.print_run_id == run_id, Difference.accepted_at.is_(None)
    )
    return int(connection.execute(pieces).scalar_one() + connection.execute(found).scalar_one())


class FileOfRun(Protocol):
    """A file of a run, as far as `pieces_of` needs it, such as a row of `print_files`."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def first(self) -> int: ...  # noqa: D102
    @property
    def pieces(self) -> int: ...  # noqa: D102


def pulls_unanswered() -> ColumnElement[bool]:
    """Match pieces that the shop was asked to pull and has not answered about.

    They do not take the state of their file.
    """
    asked = select(Pull.piece_id).where(Pull.answered_at.is_(None), Pull.asked_at.is_not(None))
    return PrintPiece.id.in_(asked)


def pieces_of(run_id: int, file: FileOfRun) -> ColumnElement[bool]:
    """Match the pieces of one file. A reprint has those that were last printed in it."""
    mine = PrintPiece.print_run_id == run_id
    if number := reprint_number(file.name):
        return and_(mine, PrintPiece.reprints == number)
    within = PrintPiece.record.between(file.first, file.first + file.pieces - 1)
    return and_(mine, within, PrintPiece.reprints == 0)


def reprint_number(name: str) -> int:
    """Return the number of a reprint from its file name (`<key>-r2.pdf`), or 0 if it is none."""
    found = _REPRINT.search(name)
    return int(found[1]) if found else 0
