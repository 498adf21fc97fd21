"""Reserve appointment slots for people, and move, cancel or close their appointments."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from desk.cases.cases import join, person_id_of
from desk.cases.work_terms import working_day_before
from desk.entries import appointment_confirmations
from desk.entries.queue_entries import NewCall, enter
from desk.queue.appointment_overlaps import Span, refuse_overlap
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one, read_one_or_none
from store.sentences import Sentence
from store.states import AnswerKind, AppointmentState, CallKind, CallState
from store.tables import Appointment, Call, Slot

_ENDS = (AppointmentState.KEPT, AppointmentState.MISSED, AppointmentState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An appointment that was booked."""

    appointment_id: int
    location: str
    kind: str
    starts_at: datetime
    ends_at: datetime


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
    """Reserve a slot for a person, in their case, and queue its preparation for the day before.

    Args:
        store: the store.
        slot_id: the slot.
        person_ref: the person.
        by: who books it.
        now: the present moment.
        call_id: the call in which it was agreed.
        text: whether the citizen wants it by text, sent with the next delivery.

    Raises:
        BadInput: the slot is full, past or unknown, no person has this reference, they have this appointment
            already, or no text can be sent about it. Then nothing is reserved.
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
    """Return an appointment that was booked in a slot, or None."""
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
    moved_from: int | None = None,
) -> Booked:
    slot = _take_a_place(connection, slot_id, now)
    refuse_overlap(connection, person_id, Span(slot.starts_at, slot.ends_at), but_not=slot_id)
    call = read_one_or_none(connection, select(Call).where(Call.id == call_id))
    if call_id is not None and call is None:
        raise BadInput(
            "there is no such call",
            "name the one in which it was agreed",
            field=Sentence("call {call_id}", call_id=call_id),
        )
    made = {
        "call_id": call_id,
        "person_id": person_id,
        "campaign_id": call.campaign_id if call else None,
        "kind": slot.kind,
        "at": slot.starts_at,
        "made_at": now,
        "slot_id": slot_id,
        "moved_from": moved_from,
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
            promised_from=max(now, working_day_before(slot.starts_at)),
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
    """Reserve a slot for the person a card was for, as asked on a public page.

    The preparation is queued. No conversation was held, so no case is opened. That happens when an agent prepares
    the appointment.

    Args:
        connection: in the transaction that books the reply.
        slot_id: where and when.
        asked: the card, line and reply. Its times and kind are set here.
        now: the present moment.

    Raises:
        BadInput: the slot is full, past or unknown, or they have another appointment then.
    """
    slot = _take_a_place(connection, slot_id, now)
    if asked.person_id is not None:
        span = Span(slot.starts_at, slot.ends_at)
        refuse_overlap(connection, asked.person_id, span, but_not=slot_id)
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
        promised_from=max(now, working_day_before(slot.starts_at)),
        promised_until=slot.starts_at,
    )
    enter(connection, [preparation])
    call_id = select(Call.id).where(Call.entry_key == key).scalar_subquery()
    connection.execute(
        update(Appointment).where(Appointment.id == appointment_id).values(call_id=call_id)
    )
    return _booked(appointment_id, slot)


def booked_in(connection: Connection, reply_id: int) -> Booked | None:
    """Return the coming appointment that was booked with this reply, or None."""
    query = _BOOKED.join(Call, Call.id == Appointment.call_id)
    made = (Call.reply_id == reply_id, Appointment.state == AppointmentState.AGREED)
    row = connection.execute(query.where(*made)).one_or_none()
    return Booked(**row._asdict()) if row else None


def _take_a_place(connection: Connection, slot_id: int, now: datetime) -> Slot:
    """Take one place in a slot, if there is one left.

    The update is conditional, so that no more people get a place than fit, however many book at once.
    """
    free = (Slot.id == slot_id, Slot.taken < Slot.capacity, Slot.starts_at > now)
    taking = update(Slot).where(*free).values(taken=Slot.taken + 1)
    got = connection.execute(taking).rowcount == 1
    slot = read_one_or_none(connection, select(Slot).where(Slot.id == slot_id))
    if slot is None:
        raise BadInput(
            "there is no such slot",
            "see which are open",
            field=Sentence("slot {slot_id}", slot_id=slot_id),
        )
    if got:
        return slot
    if slot.starts_at <= now:
        raise BadInput(
            "this moment has passed",
            "take a later one",
            field=Sentence("slot {slot_id}", slot_id=slot_id),
        )
    raise BadInput(
        "is full",
        "offer another moment or another place",
        field=Sentence("slot {slot_id}", slot_id=slot_id),
    )


def move_to(
    store: Store, appointment_id: int, slot_id: int, *, by: str, now: datetime, text: bool = False
) -> Booked:
    """Move an appointment to another slot, in one transaction.

    With `text` the citizen gets the new appointment by text.

    Raises:
        BadInput: the appointment has ended, or the new slot cannot be booked. Then the old one stands.
    """
    with store.writing() as connection:
        _lock(connection, appointment_id, slot_id)
        old = _end(connection, appointment_id, AppointmentState.MOVED, now)
        booked = _book(
            connection,
            slot_id,
            old.person_id,
            old.call_id,
            by=by,
            now=now,
            moved_from=appointment_id,
        )
        if text:
            appointment_confirmations.notify(
                connection, booked.appointment_id, AnswerKind.APPOINTMENT_MOVED, now=now
            )
        return booked


def _lock(connection: Connection, appointment_id: int, slot_id: int) -> None:
    """Lock both slots, always in the same order, so that two people who change places do not deadlock."""
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
    """Record how an appointment ended (kept, missed, cancelled). A cancelled place is free again.

    Args:
        store: the store.
        appointment_id: the appointment.
        how: kept, missed or cancelled.
        by: who says so.
        now: the present moment.
        text: whether the citizen wants a text, which is possible for a cancellation only.

    Raises:
        BadInput: it has ended already, it does not exist, `how` is not an outcome, or no text can be sent about it.
    """
    if how not in _ENDS:
        raise BadInput(
            Sentence("{how} is not an outcome of an appointment", how=how),
            Sentence("write {known}", known=", ".join(_ENDS)),
            field="state",
        )
    if text and how is not AppointmentState.CANCELLED:
        raise BadInput("only a cancellation is sent by text", "leave the text out", field="text")
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
            "is not a coming appointment",
            "see the person's case",
            field=Sentence("appointment {appointment_id}", appointment_id=appointment_id),
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
