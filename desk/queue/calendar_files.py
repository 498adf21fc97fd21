"""An appointment as a file that any calendar takes. It says when and where, never what it is about."""

from datetime import datetime

from icalendar import Calendar, Event, vText

from desk.queue.appointment_slots import Booked

_WORDS = {
    "nl": ("Afspraak", "Verhinderd? Bel gratis {line}."),
    "en": ("Appointment", "Cannot come? Call for free: {line}."),
}
FALLBACK = "nl"


def as_ics(booked: Booked, *, line: str, domain: str, language: str, now: datetime) -> bytes:
    """Return an appointment as an iCalendar file (RFC 5545), in UTC.

    A housemate may share the calendar: there is no word in it about whose appointment it is, or why.

    Args:
        booked: the appointment.
        line: the free number, as it is printed.
        domain: whose appointments these are, for a name that is unique: dichtbij.example.
        language: ISO 639-1; one we do not write becomes Dutch.
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
