"""Appointments in slots: a place has room for so many at one moment, and nobody is booked beyond it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from desk.cases.cases import join, person_id_of
from desk.entries import appointment_confirmations
from desk.entries.queue_entries import NewCall, enter
from desk.queue.wrap_up import KINDS_OF_HELP
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.mapped_rows import read_one, read_one_or_none
from store.states import AnswerKind, AppointmentState, CallKind, CallState
from store.tables import Appointment, Call, Slot

PREPARED = timedelta(days=1)
"""How long before an appointment somebody prepares it."""
_ENDS = (AppointmentState.KEPT, AppointmentState.MISSED, AppointmentState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSlot:
    """Room for some people at one place and one moment."""

    location: str  # a street and a number: no office's name
    kind: str
    starts_at: datetime
    minutes: int
    capacity: int

    def __post_init__(self) -> None:
        if not self.location.strip():
            raise BadInput("a slot is somewhere", "write a street and a number", field="location")
        if self.kind not in KINDS_OF_HELP:
            raise BadInput(
                f"{self.kind!r} is no kind of help",
                f"write {', '.join(KINDS_OF_HELP)}",
                field="kind",
            )
        if self.minutes < 1 or self.capacity < 1:
            raise BadInput(
                "there is no room in it",
                "write at least one minute and one place",
                field="capacity",
            )

    def as_row(self) -> dict[str, Any]:
        """Return the row it becomes."""
        ends = self.starts_at + timedelta(minutes=self.minutes)
        row = {
            "location": self.location.strip(),
            "kind": self.kind,
            "starts_at": self.starts_at,
            "ends_at": ends,
        }
        return {**row, "capacity": self.capacity, "taken": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlot:
    """A slot that still has room."""

    id: int
    location: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    left: int

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An appointment that was made."""

    appointment_id: int
    location: str
    kind: str
    starts_at: datetime
    ends_at: datetime


def offer(store: Store, slots: Sequence[NewSlot]) -> int:
    """Open slots for booking; those that are there already stay as they are. Return how many are new."""
    with store.writing() as connection:
        return len(add_new(connection, Slot, [slot.as_row() for slot in slots], Slot.id))


def open_slots(
    store: Store, *, now: datetime, kind: str | None = None, location: str | None = None
) -> list[OpenSlot]:
    """Return the slots to come that have room, the earliest first."""
    left = (Slot.capacity - Slot.taken).label("left")
    query = (
        select(Slot.id, Slot.location, Slot.kind, Slot.starts_at, Slot.ends_at, left)
        .where(Slot.starts_at > now, Slot.taken < Slot.capacity)
        .order_by(Slot.starts_at, Slot.id)
    )
    if kind:
        query = query.where(Slot.kind == kind)
    if location:
        query = query.where(Slot.location == location)
    with store.reading() as connection:
        return [OpenSlot(**row._asdict()) for row in connection.execute(query)]


def book(
    store: Store,
    slot_id: int,
    person_ref: str,
    *,
    by: str,
    now: datetime,
    call_id: int | None = None,
    text: bool = False,
) -> Booked:
    """Book a person into a slot, in their case, and let an agent prepare it the day before.

    Args:
        store: the store.
        slot_id: the slot.
        person_ref: the person.
        by: who books it.
        now: the present moment.
        call_id: the call in which it was agreed.
        text: whether they want it by text; it goes with the next delivery.

    Raises:
        BadInput: the slot is full, past or unknown, nobody has this reference, they have this appointment already, or
            it cannot be told by text. Then nothing is booked.
    """
    with store.writing() as connection:
        person_id = person_id_of(connection, person_ref)
        booked = _book(connection, slot_id, person_id, call_id, by=by, now=now)
        if text:
            appointment_confirmations.notify(
                connection, booked.appointment_id, AnswerKind.APPOINTMENT, now=now
            )
        return booked


def booked(store: Store, appointment_id: int) -> Booked | None:
    """Return an appointment that was made in a slot, if there is one."""
    query = _BOOKED.where(Appointment.id == appointment_id)
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
        return Booked(**row._asdict()) if row else None


_BOOKED = select(
    Appointment.id.label("appointment_id"),
    Slot.location,
    Slot.kind,
    Slot.starts_at,
    Slot.ends_at,
).join(Slot, Slot.id == Appointment.slot_id)


def _book(
    connection: Connection,
    slot_id: int,
    person_id: int,
    call_id: int | None,
    *,
    by: str,
    now: datetime,
) -> Booked:
    slot = _take_a_place(connection, slot_id, now)
    call = read_one_or_none(connection, select(Call).where(Call.id == call_id))
    if call_id is not None and call is None:
        raise BadInput(
            "there is no such call", "name the one in which it was agreed", field=f"call {call_id}"
        )
    made = {
        "call_id": call_id,
        "person_id": person_id,
        "campaign_id": call.campaign_id if call else None,
        "kind": slot.kind,
        "at": slot.starts_at,
        "made_at": now,
        "slot_id": slot_id,
    }
    appointment_id = _appoint(connection, made)
    join(connection, person_id, by, now)
    if call:
        preparation = NewCall(
            line_id=call.line_id,
            reply_id=None,
            received_at=now,
            campaign_id=call.campaign_id,
            person_id=person_id,
            promised_from=max(now, slot.starts_at - PREPARED),
            promised_until=slot.starts_at,
            kind=CallKind.PREPARE,
            entry_key=f"appointment:{appointment_id}",
            skill=call.skill,
        )
        enter(connection, [preparation])
    return _booked(appointment_id, slot)


def _booked(appointment_id: int, slot: Slot) -> Booked:
    return Booked(
        appointment_id=appointment_id,
        location=slot.location,
        kind=slot.kind,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )


def _appoint(connection: Connection, made: dict[str, Any]) -> int:
    try:
        added = (
            insert(Appointment)
            .values(**made, state=AppointmentState.AGREED)
            .returning(Appointment.id)
        )
        return int(connection.execute(added).scalar_one())
    except IntegrityError:
        raise BadInput(
            "they have this appointment already", "nothing needs to be done", field="slot"
        ) from None


def book_by_card(connection: Connection, slot_id: int, asked: NewCall, *, now: datetime) -> Booked:
    """Book whoever a card was for, as somebody who holds it asked on a public page; an agent prepares it.

    No conversation was held, so no case is opened: that comes with the agent who prepares it.

    Args:
        connection: in the transaction that books the reply.
        slot_id: where and when.
        asked: whose card, on which line, and the reply; its times and its kind are set here.
        now: the present moment.

    Raises:
        BadInput: the slot is full, past or unknown.
    """
    slot = _take_a_place(connection, slot_id, now)
    made = {
        "person_id": asked.person_id,
        "campaign_id": asked.campaign_id,
        "kind": slot.kind,
        "at": slot.starts_at,
    }
    appointment_id = _appoint(connection, {**made, "made_at": now, "slot_id": slot_id})
    key = f"appointment:{appointment_id}"
    preparation = replace(
        asked,
        kind=CallKind.PREPARE,
        entry_key=key,
        promised_from=max(now, slot.starts_at - PREPARED),
        promised_until=slot.starts_at,
    )
    enter(connection, [preparation])
    call_id = select(Call.id).where(Call.entry_key == key).scalar_subquery()
    connection.execute(
        update(Appointment).where(Appointment.id == appointment_id).values(call_id=call_id)
    )
    return _booked(appointment_id, slot)


def booked_in(connection: Connection, reply_id: int) -> Booked | None:
    """Return the appointment that was made with this reply, while it is to come."""
    query = _BOOKED.join(Call, Call.id == Appointment.call_id)
    made = (Call.reply_id == reply_id, Appointment.state == AppointmentState.AGREED)
    row = connection.execute(query.where(*made)).one_or_none()
    return Booked(**row._asdict()) if row else None


def _take_a_place(connection: Connection, slot_id: int, now: datetime) -> Slot:
    """Take one place, only if there is one: of two hundred who book at once, no more than fit get it."""
    free = (Slot.id == slot_id, Slot.taken < Slot.capacity, Slot.starts_at > now)
    taking = update(Slot).where(*free).values(taken=Slot.taken + 1)
    got = connection.execute(taking).rowcount == 1
    slot = read_one_or_none(connection, select(Slot).where(Slot.id == slot_id))
    if slot is None:
        raise BadInput("there is no such slot", "see which are open", field=f"slot {slot_id}")
    if got:
        return slot
    if slot.starts_at <= now:
        raise BadInput("this moment has passed", "take a later one", field=f"slot {slot_id}")
    raise BadInput("is full", "offer another moment or another place", field=f"slot {slot_id}")


def move_to(
    store: Store, appointment_id: int, slot_id: int, *, by: str, now: datetime, text: bool = False
) -> Booked:
    """Move an appointment to another slot, whole or not at all: nobody ends with none. `text`: they want it by text.

    Raises:
        BadInput: the appointment has ended, or the new slot cannot be booked. Then the old one stands.
    """
    with store.writing() as connection:
        _lock(connection, appointment_id, slot_id)
        old = _end(connection, appointment_id, AppointmentState.MOVED, now)
        booked = _book(connection, slot_id, old.person_id, old.call_id, by=by, now=now)
        if text:
            appointment_confirmations.notify(
                connection, booked.appointment_id, AnswerKind.APPOINTMENT_MOVED, now=now
            )
        return booked


def _lock(connection: Connection, appointment_id: int, slot_id: int) -> None:
    """Hold both slots, in one order: two people who change places must not wait for each other."""
    old = select(Appointment.slot_id).where(Appointment.id == appointment_id)
    both = or_(Slot.id == slot_id, Slot.id.in_(old))
    connection.execute(select(Slot.id).where(both).order_by(Slot.id).with_for_update()).all()


def end(
    store: Store,
    appointment_id: int,
    how: AppointmentState,
    *,
    by: Decider,
    now: datetime,
    text: bool = False,
) -> None:
    """Note how an appointment ended: kept, missed or cancelled. A cancelled place is free again.

    Args:
        store: the store.
        appointment_id: the appointment.
        how: kept, missed or cancelled.
        by: who says so.
        now: the present moment.
        text: whether they want a text that it is cancelled; about nothing else one is sent.

    Raises:
        BadInput: it has ended already, there is none, this is no end, or it cannot be told by text.
    """
    if how not in _ENDS:
        raise BadInput(
            f"{how} is no end of an appointment", f"write {', '.join(_ENDS)}", field="state"
        )
    if text and how is not AppointmentState.CANCELLED:
        raise BadInput("only what is cancelled is told by text", "leave the text out", field="text")
    with store.writing() as connection:
        _end(connection, appointment_id, how, now)
        record(
            connection,
            by,
            "appointment end",
            About(Kind.APPOINTMENT, appointment_id),
            now=now,
            how=how.value,
        )
        if text:
            appointment_confirmations.notify(
                connection, appointment_id, AnswerKind.APPOINTMENT_CANCELLED, now=now
            )


def _end(
    connection: Connection, appointment_id: int, how: AppointmentState, now: datetime
) -> Appointment:
    agreed = (Appointment.id == appointment_id, Appointment.state == AppointmentState.AGREED)
    ended = update(Appointment).where(*agreed).values(state=how, ended_at=now)
    if not connection.execute(ended).rowcount:
        raise BadInput(
            "is no appointment to come",
            "see the person's case",
            field=f"appointment {appointment_id}",
        )
    unprepared = (
        Call.entry_key == f"appointment:{appointment_id}",
        Call.state == CallState.WAITING,
    )
    gone = {"state": CallState.ABANDONED, "disposition": how.value, "wrapped_up_at": now}
    connection.execute(update(Call).where(*unprepared).values(gone))
    old = read_one(connection, select(Appointment).where(Appointment.id == appointment_id))
    if how in {AppointmentState.MOVED, AppointmentState.CANCELLED} and old.slot_id is not None:
        connection.execute(update(Slot).where(Slot.id == old.slot_id).values(taken=Slot.taken - 1))
    return old
