"""Telephone connections (legs), created once per provider reference and moved by one table of moves.

Providers report late, twice, in any order or not at all. So no function relies on the order of reports. A
connection that has ended stays ended, and a repeated report changes nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import aliased

from desk.entries.promises import GONE, stands_again
from store.engine import Store
from store.insert_ignore import add_new
from store.mapped_rows import read_one, read_one_or_none
from store.states import LEG_ENDS, LEG_MOVES, CallKind, CallState, LegEnd, LegKind, LegState
from store.tables import Call, Leg, PhoneLine

LONGEST_REF = 200  # characters
LIVE = (LegState.ARRIVED, LegState.WAITING, LegState.ASKING, LegState.CONNECTING, LegState.TALKING)

_WAITED = (LegState.WAITING, LegState.CONNECTING, LegState.SILENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLeg:
    """A connection that is not stored yet."""

    ref: str
    kind: LegKind
    line_id: int | None
    from_number: str | None = None  # E.164; None: withheld
    state: LegState = LegState.ARRIVED
    call_id: int | None = None
    agent: str | None = None


def made(connection: Connection, leg: NewLeg, *, now: datetime) -> Leg:
    """Return the row of a connection, inserted where it is new, and locked until the transaction ends."""
    if (known := by_ref(connection, leg.ref)) is not None:
        return known
    row = {
        **asdict(leg),
        "ref": leg.ref[:LONGEST_REF],
        "tries": 0,
        "began_at": now,
        "seen_at": now,
    }
    add_new(connection, Leg, [row])
    return read_one(connection, _with_ref(leg.ref))


def by_ref(connection: Connection, ref: str) -> Leg | None:
    """Return the row of a connection, locked until the transaction ends, or None where it is unknown."""
    return read_one_or_none(connection, _with_ref(ref))


def _with_ref(ref: str) -> Select[Leg]:
    return select(Leg).where(Leg.ref == ref[:LONGEST_REF]).with_for_update()


def of_call(connection: Connection, call_id: int) -> Leg | None:
    """Return the citizen's connection of an entry, locked until the transaction ends, or None."""
    mine = (Leg.call_id == call_id, Leg.kind == LegKind.CITIZEN)
    query = select(Leg).where(*mine).order_by(Leg.id.desc()).limit(1).with_for_update()
    return read_one_or_none(connection, query)


def change(connection: Connection, leg_id: int, **values: Any) -> None:
    """Update columns of a connection other than its state."""
    connection.execute(update(Leg).where(Leg.id == leg_id).values(values))


def move(
    connection: Connection, leg_id: int, to: LegState, *, now: datetime, **values: Any
) -> bool:
    """Move a connection to another state. Return False, changing nothing, where the move is not allowed."""
    origins = [state for state, moves in LEG_MOVES.items() if to in moves]
    mine = (Leg.id == leg_id, Leg.state.in_([*origins, to]))
    return (
        connection.execute(
            update(Leg).where(*mine).values(state=to, seen_at=now, **values)
        ).rowcount
        == 1
    )


def note_end(connection: Connection, leg_id: int, how: LegEnd) -> None:
    """Record what a connection came to, before or after it ended.

    Of two results the later in `LegEnd` counts.
    """
    lower = LEG_ENDS[: LEG_ENDS.index(how)]
    values = {
        "how": case(
            (Leg.how.is_(None) | Leg.how.in_(lower), literal(how, Leg.how.type)), else_=Leg.how
        )
    }
    connection.execute(update(Leg).where(Leg.id == leg_id).values(values))


def end(connection: Connection, leg: Leg, how: LegEnd, *, now: datetime) -> None:
    """End a connection, and end its queue entry unless a call-back was promised."""
    move(connection, leg.id, LegState.ENDED, now=now, ended_at=func.coalesce(Leg.ended_at, now))
    note_end(connection, leg.id, _meant(how, leg))
    if leg.kind is LegKind.CITIZEN and leg.call_id is not None:
        abandon(connection, leg.call_id, now=now)


def _meant(how: LegEnd, leg: Leg) -> LegEnd:
    """Return what the end `OVER` means for a connection in this state."""
    if leg.state is LegState.TALKING and how in {LegEnd.OVER, LegEnd.GONE}:
        return LegEnd.TALKED
    waited = leg.kind is LegKind.CITIZEN and leg.state in _WAITED
    return LegEnd.GONE if how is LegEnd.OVER and waited else how


def abandon(
    connection: Connection, call_id: int, *, now: datetime, taken_by: str | None = None
) -> bool:
    """End an entry whose caller is gone. A promised call-back stays, unless there is no number to call.

    So does the call-back of somebody who rang meanwhile.

    Args:
        connection: the transaction.
        call_id: the entry.
        now: the present moment.
        taken_by: the agent who was being rung for it, or None if it must still wait.
    """
    values = {
        "state": CallState.ABANDONED,
        "disposition": GONE,
        "wrapped_up_at": now,
        "lease_until": None,
    }
    message = select(Leg.id).where(Leg.call_id == call_id, Leg.recording_ref.is_not(None)).exists()
    cannot = (Call.kind == CallKind.CALL_BACK) & Call.number.is_(None) & ~message
    gone = (Call.kind == CallKind.CALL) | cannot
    waits = Call.state == CallState.WAITING
    if taken_by is not None:
        waits = (Call.state == CallState.TAKEN) & (Call.taken_by == taken_by)
    rang = select(Call.id).where(Call.id == call_id, waits, Call.kind == CallKind.CALL)
    if connection.execute(rang).first() and _stand_again(connection, [call_id]):
        return False
    return (
        connection.execute(
            update(Call).where(Call.id == call_id, waits, gone).values(values)
        ).rowcount
        == 1
    )


def abandon_ended(connection: Connection, *, now: datetime) -> int:
    """End entries that returned to the queue after their callers hung up. Return how many."""
    values = {
        "state": CallState.ABANDONED,
        "disposition": GONE,
        "wrapped_up_at": now,
        "lease_until": None,
    }
    left = select(Call.id).where(*left_alone()).order_by(Call.id)
    # a hundred agents do this at one moment: who comes second leaves them to the first
    gone = list(connection.execute(left.with_for_update(skip_locked=True, of=Call)).scalars())
    if not gone:
        return 0
    stand = _stand_again(connection, gone)
    ended = Call.id.in_([each for each in gone if each not in stand])
    return connection.execute(update(Call).where(ended).values(values)).rowcount


def call_back_unheard(connection: Connection, *, before: datetime) -> int:
    """Turn calls without a connection of ours that are over into call-backs.

    Return how many. Nobody waits on the line for them: an agent wrote them down and put them back, or an older
    version read them from a file.

    Args:
        connection: the transaction.
        before: calls that came in until then are over.
    """
    leg = select(Leg.id).where(Leg.call_id == Call.id).exists()
    waits = (Call.state == CallState.WAITING, Call.kind == CallKind.CALL)
    over = update(Call).where(*waits, Call.received_at <= before, ~leg)
    return connection.execute(over.values(kind=CallKind.CALL_BACK)).rowcount


def left_alone() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of entries that wait for an agent after their caller hung up."""
    over = select(Leg.call_id).where(Leg.call_id == Call.id, *_OVER)
    return (*_unheard(), over.exists())


def ended_lately(since: BindParameter[Any]) -> Select[int]:
    """Return the query of connections that ended since a moment while their entries still wait.

    It goes from the connections to their entries. Without statistics PostgreSQL would go through all that wait.
    """
    ended = aliased(Leg)
    over = (ended.kind == LegKind.CITIZEN, ended.state.in_((LegState.ENDED, LegState.SILENT)))
    entry = select(Call.id).where(Call.id == ended.call_id, *_unheard())
    return select(ended.id).where(*over, ended.seen_at > since, entry.exists())


_OVER = (Leg.kind == LegKind.CITIZEN, Leg.state.in_((LegState.ENDED, LegState.SILENT)))


def _unheard() -> tuple[ColumnElement[bool], ...]:
    live = select(Leg.call_id).where(
        Leg.call_id == Call.id, Leg.kind == LegKind.CITIZEN, Leg.state.in_(LIVE)
    )
    return (Call.state == CallState.WAITING, Call.kind == CallKind.CALL, ~live.exists())


def _stand_again(connection: Connection, call_ids: Sequence[int]) -> list[int]:
    """Let the call-backs among these entries stand again, free of the agent who had them."""
    stand = stands_again(connection, call_ids) if call_ids else []
    free = {"state": CallState.WAITING, "taken_by": None, "taken_at": None, "lease_until": None}
    connection.execute(update(Call).where(Call.id.in_(stand)).values(free))
    return stand


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheLine:
    """One connection for display, without the caller's number."""

    id: int
    kind: LegKind
    state: LegState
    line: str | None  # E.164
    began_at: datetime
    call_id: int | None
    agent: str | None
    language: str | None
    held: str | None  # the code of a reason why this card's person is not reached any more
    recording_ref: str | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def on_the_line(store: Store) -> list[OnTheLine]:
    """Return the connections that are live now, the longest first."""
    return _seen(store, Leg.state.in_(LIVE))


def messages(store: Store) -> list[OnTheLine]:
    """Return the voice messages that nobody has dealt with, the oldest first."""
    return _seen(
        store, Leg.recording_ref.is_not(None) & Call.state.in_((CallState.WAITING, CallState.TAKEN))
    )


def _seen(store: Store, which: ColumnElement[bool]) -> list[OnTheLine]:
    query = (
        select(
            Leg.id,
            Leg.kind,
            Leg.state,
            PhoneLine.number.label("line"),
            Leg.began_at,
            Leg.call_id,
            Leg.agent,
            Leg.language,
            Leg.held,
            Leg.recording_ref,
        )
        .outerjoin(PhoneLine, PhoneLine.id == Leg.line_id)
        .outerjoin(Call, Call.id == Leg.call_id)
        .where(which)
        .order_by(Leg.began_at, Leg.id)
    )
    with store.reading() as connection:
        return [OnTheLine(**row._asdict()) for row in connection.execute(query)]
