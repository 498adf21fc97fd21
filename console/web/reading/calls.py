"""The queue of calls as it stands, and one call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from campaigns.house import House
from store.states import CallKind, CallState
from store.tables import Call, Campaign, PhoneLine, Reply

SHOWN = 100  # waiting calls of one line on the page; the rest are counted


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call, without a word about who calls."""

    id: int
    line_id: int
    line: str
    campaign: str | None
    received_at: datetime
    state: CallState
    taken_by: str | None
    taken_at: datetime | None
    kind: str | None  # how the reply came: called, texted, counter
    text: str | None
    from_number: str | None
    touch_id: int | None
    person_id: int | None
    why: CallKind  # somebody called, asked to be called, or a campaign asks to call
    number: str | None  # E.164: to call back on
    promised_from: datetime | None
    promised_until: datetime | None


@dataclass(frozen=True, slots=True)
class LineQueue:
    """Who waits on one line, the longest first, and what is being talked about."""

    id: int
    name: str
    number: str
    waiting_count: int
    waiting: tuple[CallLine, ...]
    taken: tuple[CallLine, ...]


def queues(house: House) -> list[LineQueue]:
    """Return every line with its queue."""
    with house.store.reading() as connection:
        lines = connection.execute(select(PhoneLine.__table__).order_by(PhoneLine.name, PhoneLine.id)).all()
        counts = _waiting_counts(connection)
        return [
            LineQueue(
                line.id,
                line.name,
                line.number,
                counts.get(line.id, 0),
                _in_state(connection, line.id, CallState.WAITING),
                _in_state(connection, line.id, CallState.TAKEN),
            )
            for line in lines
        ]


def call_of(house: House, call_id: int) -> CallLine | None:
    """Return one call, or None."""
    with house.store.reading() as connection:
        row = connection.execute(_calls().where(Call.id == call_id)).one_or_none()
        return CallLine(*row) if row else None


def _waiting_counts(connection: Any) -> dict[int, int]:
    query = select(Call.line_id, func.count()).where(Call.state == CallState.WAITING).group_by(Call.line_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _in_state(connection: Any, line_id: int, state: CallState) -> tuple[CallLine, ...]:
    query = _calls().where(Call.line_id == line_id, Call.state == state)
    return tuple(CallLine(*row) for row in connection.execute(query.order_by(Call.received_at, Call.id).limit(SHOWN)))


def _calls() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Call.id,
            Call.line_id,
            PhoneLine.name,
            Campaign.title,
            Call.received_at,
            Call.state,
            Call.taken_by,
            Call.taken_at,
            Reply.kind,
            Reply.text,
            Reply.from_number,
            Call.touch_id,
            Call.person_id,
            Call.kind.label("why"),
            Call.number,
            Call.promised_from,
            Call.promised_until,
        )
        .join(PhoneLine, PhoneLine.id == Call.line_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(Reply, Reply.id == Call.reply_id)
    )
