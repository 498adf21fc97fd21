"""The queue of the free phone line: who waits, who is being helped, and what came of it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from desk.calls import NewCall, enter, line_id_of
from desk.confirming import TextWanted, confirm
from desk.holding import hold
from store.engine import Store
from store.errors import BadInput
from store.states import CallState, ReplyKind
from store.tables import Appointment, Call, Campaign, Person, PhoneLine, Reply
from suppression.entries import objections
from suppression.reasons import Reason

__all__ = ["Disposition", "NewAppointment", "NewCall", "QueuedCall", "enter", "put_back", "take", "waiting", "wrap_up"]

LONGEST_NOTE = 1_000  # characters: what the casework standard of Dutch municipalities takes
KINDS_OF_HELP = ("counter", "video", "phone", "support_point")


class Disposition(StrEnum):
    """What came of a call."""

    HELPED = "helped"
    APPOINTMENT = "appointment"
    CALL_BACK = "call_back"  # nobody picked up, or asked to be called another time
    REFERRED = "referred"  # to a colleague or another organisation
    NOT_FOR_US = "not_for_us"
    OBJECTS = "objects"  # asks not to be reached any more


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """One call as the agents see it in the queue: what for, not yet who."""

    id: int
    line: str  # E.164
    state: CallState
    received_at: datetime
    kind: ReplyKind | None
    campaign: str | None
    person_ref: str | None  # None: nobody knows yet who this is
    from_number: str | None
    text: str
    taken_by: str | None
    number: str | None = None  # E.164: to call back on, for this call only
    promised_from: datetime | None = None
    promised_until: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """A moment of help that was agreed: at the counter, by video, by phone, or at a support point nearby."""

    kind: str
    at: datetime

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_HELP:
            raise BadInput(f"{self.kind!r} is no kind of help", f"write {', '.join(KINDS_OF_HELP)}", field="kind")


def waiting(store: Store, line: str | None = None) -> list[QueuedCall]:
    """Return the calls that wait: what was promised first, by its window, then the longest waiting first.

    Of every line, or of the one with this number (E.164).
    """
    promised_first = (Call.promised_from.is_(None), Call.promised_from, Call.received_at, Call.id)
    query = _calls().where(Call.state == CallState.WAITING).order_by(*promised_first)
    with store.reading() as connection:
        if line is not None:
            query = query.where(Call.line_id == line_id_of(connection, line))
        return [_queued(*row) for row in connection.execute(query)]


def _calls() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Call.id,
            PhoneLine.number,
            Call.state,
            Call.received_at,
            Reply.kind,
            Campaign.name,
            Person.person_ref,
            Reply.from_number,
            Reply.text,
            Call.taken_by,
            Call.number,
            Call.promised_from,
            Call.promised_until,
        )
        .join(PhoneLine, PhoneLine.id == Call.line_id)
        .outerjoin(Reply, Reply.id == Call.reply_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(Person, Person.id == Call.person_id)
    )


def _queued(*row: Any) -> QueuedCall:
    call = QueuedCall(*row)
    return replace(call, text=call.text or "")


def take(store: Store, call_id: int, by: str, now: datetime) -> QueuedCall:
    """Take a waiting call. Of two agents who press at once, one gets it.

    Raises:
        BadInput: there is no such call, or it waits no more.
    """
    values = {"state": CallState.TAKEN, "taken_by": by, "taken_at": now}
    with store.writing() as connection:
        _change(connection, call_id, CallState.WAITING, None, values)
        return _queued(*connection.execute(_calls().where(Call.id == call_id)).one())


def put_back(store: Store, call_id: int, by: str) -> None:
    """Put a call that this agent took back in the queue, at its old place.

    Raises:
        BadInput: there is no such call, or it is not in this agent's hands.
    """
    values = {"state": CallState.WAITING, "taken_by": None, "taken_at": None}
    with store.writing() as connection:
        _change(connection, call_id, CallState.TAKEN, by, values)


def wrap_up(
    store: Store,
    call_id: int,
    by: str,
    disposition: Disposition | str,
    note: str,
    now: datetime,
    appointment: NewAppointment | None = None,
    text: TextWanted | None = None,
) -> None:
    """Close a call that this agent took: what came of it, a note for a colleague, and an appointment if one was made.

    Whoever wants the appointment by text gets it with the next delivery.

    Whoever said not to want to be reached any more is held at once, on every channel.

    Raises:
        BadInput: the call is not in this agent's hands, the disposition is none, the note is too long, or nobody knows
            whom the appointment or the objection is for; or a text cannot be sent about it.
    """
    came_of_it = _disposition(disposition)
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"has {len(note)} characters", f"say it in {LONGEST_NOTE}", field="note")
    values = {"state": CallState.WRAPPED_UP, "wrapped_up_at": now, "disposition": came_of_it.value, "note": note}
    with store.writing() as connection:
        _change(connection, call_id, CallState.TAKEN, by, values)
        call = connection.execute(select(Call.__table__).where(Call.id == call_id)).one()
        if call.person_id is None and (appointment or came_of_it is Disposition.OBJECTS):
            raise BadInput("nobody knows yet who this is", "match the reply to a person first", field=f"call {call_id}")
        if appointment:
            _agree(connection, call, appointment, now)
            if text:
                confirm(connection, call, appointment.kind, appointment.at, text, now=now)
        if came_of_it is Disposition.OBJECTS:
            _object(connection, call, by, now)


def _disposition(text: str) -> Disposition:
    try:
        return Disposition(text)
    except ValueError:
        words = ", ".join(Disposition)
        raise BadInput(f"{text!r} does not say what came of it", f"write {words}", field="disposition") from None


def _agree(connection: Connection, call: Any, appointment: NewAppointment, now: datetime) -> None:
    made = {"call_id": call.id, "person_id": call.person_id, "campaign_id": call.campaign_id, "made_at": now}
    connection.execute(insert(Appointment).values(**asdict(appointment), **made))


def _object(connection: Connection, call: Any, by: str, now: datetime) -> None:
    ref = connection.execute(select(Person.person_ref).where(Person.id == call.person_id)).scalar_one()
    said = objections(ref, None, source="phone line", heard_at=now, repeat=f"call {call.id}")
    hold(connection, said, Reason.OBJECTION, by=by, now=now)


def _change(connection: Connection, call_id: int, origin: CallState, by: str | None, values: dict[str, Any]) -> None:
    """Change a call only if it is still as we think it is; so of two who try, one does."""
    conditions = [Call.id == call_id, Call.state == origin]
    if by is not None:
        conditions.append(Call.taken_by == by)
    if connection.execute(update(Call).where(*conditions).values(values)).rowcount == 1:
        return
    found = connection.execute(select(Call.state, Call.taken_by).where(Call.id == call_id)).one_or_none()
    if found is None:
        raise BadInput("there is no such call", "see who waits in the queue", field=f"call {call_id}")
    whose = f" by {found.taken_by}" if found.taken_by else ""
    problem = f"is {found.state.replace('_', ' ')}{whose}"
    remedy = "take the next one" if origin is CallState.WAITING else "take it first"
    raise BadInput(problem, remedy, field=f"call {call_id}")
