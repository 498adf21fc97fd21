"""Appointments as calendar files (RFC 5545), with time and place and no subject."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vText
from sqlalchemy import Connection, select

from desk.queue.appointments import Booked, booked
from people.numbers import PhoneNumber
from store.engine import Store
from store.states import AppointmentState
from store.tables import Appointment, Call, Campaign, PhoneLine

_WORDS = {
    "nl": ("Afspraak", "Verhinderd? Bel gratis {line}."),
    "en": ("Appointment", "Cannot come? Call for free: {line}."),
}
FALLBACK = "nl"


def line_to_cancel(store: Store, appointment_id: int) -> str:
    """Return the printed number to cancel at, of the appointment's call, campaign or the first line."""
    of_call = (
        select(PhoneLine.number)
        .join(Call, Call.line_id == PhoneLine.id)
        .join(Appointment, Appointment.call_id == Call.id)
        .where(Appointment.id == appointment_id)
    )
    of_campaign = (
        select(PhoneLine.number)
        .join(Campaign, Campaign.line_id == PhoneLine.id)
        .join(Appointment, Appointment.campaign_id == Campaign.id)
        .where(Appointment.id == appointment_id)
    )
    first = select(PhoneLine.number).order_by(PhoneLine.id).limit(1)
    with store.reading() as connection:
        for query in (of_call, of_campaign, first):
            if e164 := connection.execute(query).scalar():
                return PhoneNumber.parse(e164).printed()
    return ""


@dataclass(frozen=True, slots=True)
class Version:
    """Where an appointment stands in the history of its calendar event."""

    first: int  # the appointment that was made first, before any move: it names the event
    sequence: int  # one more with each move and with a cancellation
    cancelled: bool = False


def calendar_file(
    store: Store,
    appointment_id: int,
    *,
    domain: str,
    language: str,
    now: datetime,
    line: str = "",
) -> bytes | None:
    """Return the calendar file of an appointment as it stands now, or None where it has no slot.

    An appointment that was moved gives the file of the moment it was moved to, under the same name.
    """
    with store.reading() as connection:
        latest = _latest(connection, appointment_id)
        version = _version(connection, latest)
    made = booked(store, latest)
    if made is None:
        return None
    number = line or line_to_cancel(store, latest)
    return as_ics(made, version, line=number, domain=domain, language=language, now=now)


def _latest(connection: Connection, appointment_id: int) -> int:
    """Return the appointment that this one was moved to, or itself."""
    moved = select(Appointment.id).where(Appointment.moved_from == appointment_id)
    while (later := connection.execute(moved).scalar()) is not None:
        appointment_id = later
        moved = select(Appointment.id).where(Appointment.moved_from == appointment_id)
    return appointment_id


def _version(connection: Connection, appointment_id: int) -> Version:
    def row(number: int) -> tuple[int | None, AppointmentState] | None:
        columns = (Appointment.moved_from, Appointment.state)
        found = connection.execute(select(*columns).where(Appointment.id == number)).one_or_none()
        return (found.moved_from, found.state) if found else None

    here = row(appointment_id)
    cancelled = here is not None and here[1] is AppointmentState.CANCELLED
    first, moves = appointment_id, 0
    while here is not None and here[0] is not None:
        first, moves = here[0], moves + 1
        here = row(first)
    return Version(first, moves + cancelled, cancelled)


def as_ics(
    made: Booked, version: Version, *, line: str, domain: str, language: str, now: datetime
) -> bytes:
    """Return an appointment as an iCalendar file (RFC 5545), in UTC.

    A housemate may share the calendar, so the file says nothing about the organisation or the reason.

    Args:
        made: the appointment.
        version: its place in the history of the event, so that a calendar replaces what it has.
        line: the free number, as it is printed.
        domain: whose appointments these are, for a name that is unique: dichtbij.example.
        language: ISO 639-1. An unsupported language becomes Dutch.
        now: when it is written.
    """
    title, explained = _WORDS.get(language, _WORDS[FALLBACK])
    event = Event()
    event.add("uid", f"appointment-{version.first}@{domain}")
    event.add("sequence", version.sequence)
    event.add("status", "CANCELLED" if version.cancelled else "CONFIRMED")
    event.add("dtstamp", now)
    event.add("dtstart", made.starts_at)
    event.add("dtend", made.ends_at)
    event.add("summary", title)
    event.add("description", explained.format(line=line))
    event["location"] = vText(made.location)
    calendar = Calendar()
    calendar.add("prodid", "-//Kaartje//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
