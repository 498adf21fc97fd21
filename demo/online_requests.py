"""Simulated requests on the page behind the QR code, for an appointment or a call."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from demo.citizen_replies import Reply
from desk.queue.appointment_slots import NewSlot, offer, open_slots
from inbound.web_requests import WebRequest, make_appointment, take_request
from installation.installation import Installation
from store.clock import LOCAL
from store.errors import BadInput
from store.tables import Campaign
from suppression.days import is_working_day

PLACES = ("Stationsplein 10", "Marktplein 2")
HOURS = (9, 11, 13, 15)
ROOM = 4
WEEKS_AHEAD = 12
_NOTICE = timedelta(days=2)


def offer_slots(installation: Installation, start: date) -> int:
    """Open the counters' places of the coming weeks, and return how many there are."""
    days = (start + timedelta(days=day) for day in range(WEEKS_AHEAD * 7))
    slots = [
        NewSlot(
            location=place,
            kind="counter",
            starts_at=datetime.combine(day, time(hour), LOCAL),
            minutes=90,
            capacity=ROOM,
        )
        for day in days
        if is_working_day(day)
        for place in PLACES
        for hour in HOURS
    ]
    return offer(installation.store, slots)


def ask_online(installation: Installation, campaign: str, requests: Iterable[Reply]) -> int:
    """Make the requests in their order, each at its own time. Return how many appointments were made."""
    with installation.store.reading() as connection:
        query = select(Campaign.line_id).where(Campaign.name == campaign)
        line_id = connection.execute(query).scalar_one()
    booked = 0
    for reply in sorted(requests, key=lambda each: (each.at, each.code)):
        asked = WebRequest(
            key=f"{reply.code}:{reply.at.isoformat()}",
            line_id=line_id,
            text="",
            language="nl",
            code=reply.code,
        )
        slots = open_slots(installation.store, now=reply.at + _NOTICE)
        if reply.books and slots and _book(installation, asked, slots[0].id, reply.at):
            booked += 1
        elif not reply.books or not slots:
            take_request(installation, asked, now=reply.at)
    return booked


def _book(installation: Installation, asked: WebRequest, slot: int, now: datetime) -> bool:
    """Return whether an appointment was made. Where none can be, the page says to call."""
    try:
        make_appointment(installation, asked, slot, now=now)
    except BadInput:
        return False
    return True
