"""Reminders of appointments by text, on the last day before them on which somebody may be texted."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from desk.entries.appointment_confirmations import notify
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.states import AnswerKind, AppointmentState
from store.tables import Answer, Appointment
from suppression.contact_hours import Hours, is_open, open_hours

AHEAD = timedelta(days=10)
"""How far ahead appointments are looked at, which is longer than any row of closed days."""
_CONFIRMED_BY = (AnswerKind.APPOINTMENT, AnswerKind.APPOINTMENT_MOVED)


def write_reminders(installation: Installation, *, now: datetime) -> int:
    """Write the reminders that are due now, one an appointment, and return how many.

    Only who asked for the appointment by text is reminded, and not on the day on which it was agreed.
    """
    hours = installation.policy.hours
    if not is_open(now, hours):
        return 0
    with installation.store.writing() as connection:
        due = [
            number
            for number, at, made_at in _not_reminded(connection, now)
            if (moment := reminder_moment(at, hours)) <= now
            and local_date(now) < local_date(at)
            and local_date(made_at) < local_date(moment)
        ]
        return sum(_write(connection, number, now) for number in due)


def reminder_moment(at: datetime, hours: Hours) -> datetime:
    """Return when the reminder of an appointment may go, on the last open day before it."""
    day = local_date(at) - timedelta(days=1)
    while (opening := open_hours(day, hours)) is None:
        day -= timedelta(days=1)
    return opening[0]


def _not_reminded(connection: Connection, now: datetime) -> list[tuple[int, datetime, datetime]]:
    """Return the coming appointments whose people asked for a text and were not reminded yet."""
    confirmed, reminder = aliased(Answer), aliased(Answer)
    reminded = and_(
        reminder.appointment_id == Appointment.id, reminder.kind == AnswerKind.APPOINTMENT_REMINDER
    )
    query = (
        select(Appointment.id, Appointment.at, Appointment.made_at)
        .join(
            confirmed,
            and_(confirmed.appointment_id == Appointment.id, confirmed.kind.in_(_CONFIRMED_BY)),
        )
        .outerjoin(reminder, reminded)
        .where(
            Appointment.state == AppointmentState.AGREED,
            Appointment.slot_id.is_not(None),
            Appointment.at > now,
            Appointment.at < now + AHEAD,
            reminder.id.is_(None),
        )
        .distinct()
        .order_by(Appointment.id)
    )
    return [(number, at, made_at) for number, at, made_at in connection.execute(query)]


def _write(connection: Connection, appointment_id: int, now: datetime) -> bool:
    try:
        notify(connection, appointment_id, AnswerKind.APPOINTMENT_REMINDER, now=now)
    except BadInput:  # their number went away since: an agent keeps the appointment all the same
        return False
    return True
