"""The entries of the free phone line's queue, listed, taken by an agent and put back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
    update,
)

from desk.entries.queue_entries import QUIET, line_id_of
from desk.queue.in_hand import refuse_more
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallKind, CallState, ReplyKind
from store.tables import Call, Campaign, Person, PhoneLine, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCall:
    """One entry of the queue, as agents see it before they take it."""

    id: int
    line: str  # E.164
    state: CallState
    received_at: datetime
    kind: ReplyKind | None
    campaign: str | None
    person_ref: str | None  # None: the person is not known yet
    from_number: str | None
    text: str
    taken_by: str | None
    why: CallKind  # somebody called, asked to be called, or a campaign asks to call
    number: str | None  # E.164: to call back on
    promised_from: datetime | None
    promised_until: datetime | None
    start_by: datetime | None  # when it must be taken at the latest, to keep the promise
    skill: str
    language: str | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def waiting(
    store: Store, line: str | None = None, *, now: datetime | None = None
) -> list[QueuedCall]:
    """Return the waiting entries of all lines, or of one by its number (E.164), in their order.

    Without a moment they are listed as if every window were open and none were late.
    """
    query = _QUEUED.where(Call.state == CallState.WAITING).order_by(*in_order(now))
    with store.reading() as connection:
        if line is not None:
            query = query.where(Call.line_id == line_id_of(connection, line))
        return [QueuedCall(**row._asdict()) for row in connection.execute(query)]


def in_order(now: datetime | None) -> tuple[SQLColumnExpression[Any], ...]:
    """Return the order in which entries are taken, for lists.

    Promises that cannot wait, then callers, then promises with time to spare, then outbound calls, then promises whose
    window has not opened.
    """
    waits = Call.promised_from.is_(None)
    opened = or_(waits, Call.promised_from <= now) if now else true()
    start_by = func.coalesce(Call.due_by, Call.start_by, Call.promised_until, Call.promised_from)
    late = and_(opened, start_by <= now) if now else false()
    place = case(
        (late, 0),
        (and_(waits, Call.rank == 0), 1),
        (waits, 3),
        (opened, 2),
        else_=4,
    )
    moment = case((place == 1, Call.received_at), (place == 3, Call.received_at), else_=start_by)  # noqa: PLR2004
    return (place, moment, Call.received_at, Call.id)


def call_of(connection: Connection, call_id: int) -> QueuedCall:
    """Return one entry."""
    row = connection.execute(_ONE, {"entry": call_id}).one()
    return QueuedCall(**row._asdict())


_QUEUED = (
    select(
        Call.id,
        PhoneLine.number.label("line"),
        Call.state,
        Call.received_at,
        Reply.kind,
        Campaign.name.label("campaign"),
        Person.person_ref,
        Reply.from_number,
        func.coalesce(Reply.text, "").label("text"),
        Call.taken_by,
        Call.kind.label("why"),
        Call.number,
        Call.promised_from,
        Call.promised_until,
        func.coalesce(Call.due_by, Call.start_by, Call.promised_until, Call.promised_from).label(
            "start_by"
        ),
        Call.skill,
        Call.language,
    )
    .join(PhoneLine, PhoneLine.id == Call.line_id)
    .outerjoin(Reply, Reply.id == Call.reply_id)
    .outerjoin(Campaign, Campaign.id == Call.campaign_id)
    .outerjoin(Person, Person.id == Call.person_id)
)
"""The columns of a `QueuedCall`, by the names of its fields."""
_ONE = _QUEUED.where(Call.id == bindparam("entry"))


def take(
    store: Store, call_id: int, by: str, now: datetime, *, limited: bool = False
) -> QueuedCall:
    """Take a waiting entry. Of two agents who take it at once, one gets it.

    Args:
        store: the database.
        call_id: the entry.
        by: the agent.
        now: the present moment.
        limited: refuse it to an agent who has enough in hand.

    Raises:
        BadInput: there is no such call, or it waits no more, or the agent has enough in hand.
    """
    values = {"state": CallState.TAKEN, "taken_by": by, "taken_at": now, "lease_until": now + QUIET}
    with store.writing() as connection:
        if limited:
            refuse_more(connection, by)
        change(connection, call_id, values, origin=CallState.WAITING)
        return call_of(connection, call_id)


def put_back(store: Store, call_id: int, by: str) -> None:
    """Put an entry this agent took back at its old place in the queue.

    Raises:
        BadInput: there is no such call, or it is not taken by this agent.
    """
    values = {"state": CallState.WAITING, "taken_by": None, "taken_at": None, "lease_until": None}
    with store.writing() as connection:
        change(connection, call_id, values, origin=CallState.TAKEN, agent=by)


def change(
    connection: Connection,
    call_id: int,
    values: dict[str, Any],
    *,
    origin: CallState,
    agent: str | None = None,
) -> None:
    """Update an entry only while it is in the expected state, so that of two who try one succeeds."""
    conditions = [Call.id == call_id, Call.state == origin]
    if agent is not None:
        conditions.append(Call.taken_by == agent)
    if connection.execute(update(Call).where(*conditions).values(values)).rowcount == 1:
        return
    found = connection.execute(
        select(Call.state, Call.taken_by).where(Call.id == call_id)
    ).one_or_none()
    if found is None:
        raise BadInput(
            "there is no such call",
            "see who waits in the queue",
            field=Sentence("call {call_id}", call_id=call_id),
        )
    whose = f" by {found.taken_by}" if found.taken_by else ""
    problem = Sentence("is {state}{whose}", state=found.state.replace("_", " "), whose=whose)
    remedy = "take the next one" if origin is CallState.WAITING else "take it first"
    raise BadInput(problem, remedy, field=Sentence("call {call_id}", call_id=call_id))
