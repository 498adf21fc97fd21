"""Slots and the appointments in them, without whose they are."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import Caller, SeeingQueue, TakingCalls
from console.api.current_call import checked_person, existing
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.problems import Refused
from console.api.schemas import IdInPath, Key, Moment, Name, Shape
from desk.queue import appointment_slots, appointments
from desk.queue.calendar_files import calendar_file
from store.mapped_rows import read_one_or_none
from store.states import AppointmentState
from store.tables import Appointment, Call, PhoneLine
from store.tables import Slot as SlotRow

router = APIRouter(tags=["appointments"])
Kind = Literal["counter", "video", "phone", "support_point"]


class NewSlot(Shape):
    """Room for some people at one place and one moment."""

    location: Name = Field(
        description="A street and a number: no office's name.", examples=["Verzonnenlaan 1"]
    )
    kind: Kind
    starts_at: Moment
    minutes: int = Field(default=30, ge=1, le=appointment_slots.LONGEST)
    capacity: int = Field(default=1, ge=1, le=10_000)


class Opened(Shape):
    """Whether the slot is new, or was there already."""

    new: bool


class Slot(Shape):
    """A slot that has room."""

    id: Key
    location: str
    kind: str
    starts_at: Moment
    ends_at: Moment
    left: int


class NewAppointment(Shape):
    """Book the person of a call in your hands, whose identity was checked, into a slot."""

    call_id: Key
    slot_id: Key


class Move(Shape):
    """Move an appointment to another slot."""

    slot_id: Key


class End(Shape):
    """How an appointment ended."""

    how: Literal["kept", "missed", "cancelled"]


class Booked(Shape):
    """An appointment, without a word about whose."""

    id: Key
    slot_id: Key | None
    kind: str
    location: str | None = Field(description="Null where it was agreed outside of the slots.")
    starts_at: Moment
    ends_at: Moment | None
    state: AppointmentState


@router.get("/slots")
def list_slots(
    caller: SeeingQueue,
    page: Annotated[Asked, Depends(asked)],
    kind: Annotated[Kind | None, Query(description="Only this kind of help.")] = None,
    location: Annotated[
        str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="Only here.")
    ] = None,
) -> Page[Slot]:
    """List the slots to come that have room, the earliest first."""
    found = appointment_slots.open_slots(
        caller.installation.store, now=caller.now(), kind=kind, location=location
    )
    return page_of(page, found, _when, Slot.model_validate)


def _when(slot: appointment_slots.OpenSlot) -> tuple[int | str, ...]:
    return (int(slot.starts_at.timestamp() * 1_000_000), slot.id)


@post_once(router, "/slots")
def open_slot(caller: SeeingQueue, new: NewSlot) -> Opened:
    """Open a slot. One that is there already stays as it is."""
    made = appointment_slots.NewSlot(
        location=new.location,
        kind=new.kind,
        starts_at=new.starts_at,
        minutes=new.minutes,
        capacity=new.capacity,
    )
    closed = caller.installation.policy.hours.closed_days
    now = caller.now()
    new_slots = appointment_slots.offer(caller.installation.store, [made], closed=closed, now=now)
    return Opened(new=bool(new_slots))


@post_once(router, "/appointments")
def book_appointment(caller: TakingCalls, new: NewAppointment) -> Booked:
    """Book the person of a call. Of all who book at once, no more than fit get a place."""
    ref = checked_person(caller, new.call_id)
    store, now = caller.installation.store, caller.now()
    made = appointments.book(store, new.slot_id, ref, by=caller.name, now=now, call_id=new.call_id)
    return _booked(caller, made.appointment_id)


@router.get("/appointments/{appointment_id}")
def show_appointment(caller: SeeingQueue, appointment_id: IdInPath) -> Booked:
    """Return one appointment."""
    return _booked(caller, appointment_id)


@post_once(router, "/appointments/{appointment_id}/moves")
def move_appointment(caller: TakingCalls, appointment_id: IdInPath, to: Move) -> Booked:
    """Move an appointment, whole or not at all. The answer is the new one."""
    existing(caller, Appointment, appointment_id, "appointment")
    made = appointments.move_to(
        caller.installation.store, appointment_id, to.slot_id, by=caller.name, now=caller.now()
    )
    return _booked(caller, made.appointment_id)


@post_once(router, "/appointments/{appointment_id}/ends")
def end_appointment(caller: SeeingQueue, appointment_id: IdInPath, end: End) -> Booked:
    """Record how an appointment ended. The place of a cancelled one is free again."""
    existing(caller, Appointment, appointment_id, "appointment")
    how = AppointmentState(end.how)
    appointments.end(
        caller.installation.store, appointment_id, how, by=caller.decider(), now=caller.now()
    )
    return _booked(caller, appointment_id)


@router.get(
    "/appointments/{appointment_id}/calendar",
    response_class=Response,
    responses={
        200: {
            "description": "An iCalendar file (RFC 5545).",
            "content": {"text/calendar": {"schema": {"type": "string"}}},
        }
    },
)
def show_calendar(
    caller: SeeingQueue,
    appointment_id: IdInPath,
    language: Annotated[Literal["nl", "en"], Query()] = "nl",
) -> Response:
    """Return an appointment as a calendar file, with when and where, without what it is about.

    One that was moved or cancelled gives the same event with a higher sequence, so that a calendar follows.
    """
    row, slot, _ = _rows(caller, appointment_id)
    if slot is None:
        raise Refused(
            status=409,
            kind="no-slot",
            detail="this appointment was agreed outside of the slots: nobody wrote down where",
        )
    domain = (
        caller.installation.settings.public_url.removeprefix("https://").split("/")[0]
        or "kaartje.invalid"
    )
    file = calendar_file(
        caller.installation.store, row.id, domain=domain, language=language, now=caller.now()
    )
    return Response(file, media_type="text/calendar")


def _booked(caller: Caller, appointment_id: int) -> Booked:
    row, slot, _ = _rows(caller, appointment_id)
    return Booked(
        id=row.id,
        slot_id=row.slot_id,
        kind=row.kind,
        location=slot.location if slot else None,
        starts_at=row.at,
        ends_at=slot.ends_at if slot else None,
        state=row.state,
    )


def _rows(caller: Caller, appointment_id: int) -> tuple[Appointment, SlotRow | None, str | None]:
    row = existing(caller, Appointment, appointment_id, "appointment")
    line = (
        select(PhoneLine.number)
        .join(Call, Call.line_id == PhoneLine.id)
        .where(Call.id == row.call_id)
    )
    with caller.installation.store.reading() as connection:
        slot = read_one_or_none(connection, select(SlotRow).where(SlotRow.id == row.slot_id))
        return row, slot, connection.execute(line).scalar_one_or_none()
