"""Appointments as calendar files (RFC 5545), with time and place and no subject."""

from datetime import datetime

from icalendar import Calendar, Event, vText
from sqlalchemy import select

from desk.queue.appointments import Booked
from people.numbers import PhoneNumber
from store.engine import Store
from store.tables import Appointment, Call, PhoneLine

_WORDS = {
    "nl": ("Afspraak", "Verhinderd? Bel gratis {line}."),
    "en": ("Appointment", "Cannot come? Call for free: {line}."),
}
FALLBACK = "nl"


def line_to_cancel(store: Store, appointment_id: int) -> str:
    """Return the printed number to call to cancel, that of the appointment's call or of the first line."""
    of_call = (
        select(PhoneLine.number)
        .join(Call, Call.line_id == PhoneLine.id)
        .join(Appointment, Appointment.call_id == Call.id)
        .where(Appointment.id == appointment_id)
    )
    first = select(PhoneLine.number).order_by(PhoneLine.id).limit(1)
    with store.reading() as connection:
        e164 = connection.execute(of_call).scalar() or connection.execute(first).scalar()
    return PhoneNumber.parse(e164).printed() if e164 else ""


def as_ics(booked: Booked, *, line: str, domain: str, language: str, now: datetime) -> bytes:
    """Return an appointment as an iCalendar file (RFC 5545), in UTC.

    A housemate may share the calendar, so the file says nothing about the organisation or the reason.

    Args:
        booked: the appointment.
        line: the free number, as it is printed.
        domain: whose appointments these are, for a name that is unique: dichtbij.example.
        language: ISO 639-1. An unsupported language becomes Dutch.
        now: when it is written.
    """
    title, explained = _WORDS.get(language, _WORDS[FALLBACK])
    event = Event()
    event.add("uid", f"appointment-{booked.appointment_id}@{domain}")
    event.add("dtstamp", now)
    event.add("dtstart", booked.starts_at)
    event.add("dtend", booked.ends_at)
    event.add("summary", title)
    event.add("description", explained.format(line=line))
    event["location"] = vText(booked.location)
    calendar = Calendar()
    calendar.add("prodid", "-//Kaartje//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
