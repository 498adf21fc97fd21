"""The call queue of each line, and single calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, func, select

from desk.queue.queues import in_order
from installation.installation import Installation
from store.states import CallKind, CallState, LegKind, LegState
from store.tables import Call, Campaign, Leg, PhoneLine, Reply

SHOWN = 25  # waiting calls of one line on the page; the rest are counted


@dataclass(frozen=True, kw_only=True, slots=True)
class CallLine:
    """One call, without personal data of the caller beyond their number and text."""

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
    skill: str  # what an agent must be trained for; "any" is nothing in particular
    language: str | None  # ISO 639-1

    def as_data(self) -> dict[str, Any]:
        """Return the call as data that may be shown before anybody takes it.

        Nothing in it is personal, not even the number or the text.
        """
        return {
            "id": self.id,
            "state": self.state.value,
            "why": self.why.value,
            "kind": self.kind,
            "campaign": self.campaign,
            "received_at": self.received_at,
            "promised_from": self.promised_from,
            "promised_until": self.promised_until,
            "language": self.language,
            "skill": self.skill,
            "taken_by": self.taken_by,
            "taken_at": self.taken_at,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class LineQueue:
    """The queue of one line, next call first, and the calls that are taken."""

    id: int
    name: str
    number: str
    waiting_count: int
    waiting: tuple[CallLine, ...]
    taken: tuple[CallLine, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "name": self.name,
            "number": self.number,
            "waiting_count": self.waiting_count,
            "waiting": [call.as_data() for call in self.waiting],
            "taken": [call.as_data() for call in self.taken],
        }


def queues(installation: Installation) -> list[LineQueue]:
    """Return every line with its queue."""
    now = installation.now()
    with installation.store.reading() as connection:
        lines = connection.execute(
            select(PhoneLine.id, PhoneLine.name, PhoneLine.number).order_by(
                PhoneLine.name, PhoneLine.id
            )
        ).all()
        counts = _waiting_counts(connection)
        return [
            LineQueue(
                id=line_id,
                name=name,
                number=number,
                waiting_count=counts.get(line_id, 0),
                waiting=_in_state(connection, line_id, CallState.WAITING, now),
                taken=_in_state(connection, line_id, CallState.TAKEN, now),
            )
            for line_id, name, number in lines
        ]


def call_of(installation: Installation, call_id: int) -> CallLine | None:
    """Return one call, or None."""
    with installation.store.reading() as connection:
        return next(iter(_calls(connection, Call.id == call_id)), None)


def is_connected(installation: Installation, call_id: int) -> bool:
    """Say whether an agent's telephone rings for the caller, or they are talking."""
    theirs = (Leg.call_id == call_id, Leg.kind == LegKind.CITIZEN)
    talking = Leg.state.in_((LegState.CONNECTING, LegState.TALKING))
    with installation.store.reading() as connection:
        return (
            connection.execute(select(Leg.id).where(*theirs, talking).limit(1)).first() is not None
        )


def subject_of_campaign(installation: Installation, call_id: int) -> str | None:
    """Return the subject of the campaign of a call, where it names one."""
    query = (
        select(Campaign.subject)
        .join(Call, Call.campaign_id == Campaign.id)
        .where(Call.id == call_id)
    )
    with installation.store.reading() as connection:
        return connection.execute(query).scalar()


def _waiting_counts(connection: Connection) -> dict[int, int]:
    query = (
        select(Call.line_id, func.count())
        .where(Call.state == CallState.WAITING)
        .group_by(Call.line_id)
    )
    return {line_id: count for line_id, count in connection.execute(query)}  # noqa: C416  rows are not pairs to dict()


def _in_state(
    connection: Connection, line_id: int, state: CallState, now: datetime
) -> tuple[CallLine, ...]:
    """Return the calls of a line in this state, in the order in which they are taken."""
    return _calls(connection, Call.line_id == line_id, Call.state == state, order=in_order(now))


def _calls(
    connection: Connection,
    *which: ColumnElement[bool],
    order: Sequence[SQLColumnExpression[Any]] = (),
) -> tuple[CallLine, ...]:
    query = (
        select(
            Call.id,
            Call.line_id,
            PhoneLine.name.label("line"),
            Campaign.title.label("campaign"),
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
            Call.skill,
            Call.language,
        )
        .join(PhoneLine, PhoneLine.id == Call.line_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(Reply, Reply.id == Call.reply_id)
        .where(*which)
        .order_by(*order)
        .limit(SHOWN)
    )
    return tuple(CallLine(**row) for row in connection.execute(query).mappings())
