"""Results of agreements with one person, such as appointments, handovers and referrals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from installation.installation import Installation
from store.states import AppointmentState
from store.tables import Appointment, Handover, Referral, Slot

ENDED_STATES = (AppointmentState.KEPT, AppointmentState.MISSED, AppointmentState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Ended:
    """One agreement that has ended."""

    kind: str  # kept, missed, cancelled, done, referred: the key of a word
    at: datetime  # of an appointment the moment it was for, else when it ended
    subject: str  # the kind of help, or to whom
    result: str  # a street, what was done, or how it ended


def ended_of(installation: Installation, person_id: int) -> tuple[Ended, ...]:
    """Return the agreements with a person that have ended, the latest first.

    Ask only after the identity was checked.
    """
    with installation.store.reading() as connection:
        found = [
            each
            for read in (_appointments, _done, _referred)
            for each in read(connection, person_id)
        ]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def _appointments(connection: Connection, person_id: int) -> Iterator[Ended]:
    query = select(Appointment.state, Appointment.at, Appointment.kind, Slot.location)
    query = query.outerjoin(Slot, Slot.id == Appointment.slot_id)
    over = (Appointment.person_id == person_id, Appointment.state.in_(ENDED_STATES))
    for row in connection.execute(query.where(*over)):
        yield Ended(row.state.value, row.at, row.kind, row.location or "")


def _done(connection: Connection, person_id: int) -> Iterator[Ended]:
    query = select(Handover.done_at, Handover.done_by, Handover.done_what)
    over = (Handover.person_id == person_id, Handover.done_at.is_not(None))
    for row in connection.execute(query.where(*over)):
        yield Ended("done", row.done_at, row.done_by or "", row.done_what or "")


def _referred(connection: Connection, person_id: int) -> Iterator[Ended]:
    query = select(Referral.ended_at, Referral.to_whom, Referral.ended_how)
    over = (Referral.person_id == person_id, Referral.ended_at.is_not(None))
    for row in connection.execute(query.where(*over)):
        yield Ended("referred", row.ended_at, row.to_whom, row.ended_how or "")
