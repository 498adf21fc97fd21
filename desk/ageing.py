"""What waits, for whom, and for how long: nothing silently ends."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from store.clock import LOCAL, local_date
from store.engine import Store
from store.states import AppointmentState
from store.tables import Appointment, Case, Handover, Person, Referral, Signal

RECEIPT_WITHIN = timedelta(days=5)
"""How long another organisation may take to say that it has a referral."""
DECISION_WITHIN = timedelta(days=30)
SILENT_AFTER = timedelta(days=28)
"""How long an open case may be silent before its owner looks at it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that somebody has to look at."""

    kind: str  # handover, referral, appointment, signal, case
    id: int
    whose: str  # who is asked
    person_ref: str | None
    since: datetime  # from when it is late
    what: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def overdue(store: Store, *, now: datetime) -> list[Waits]:
    """Return everything that is late, the longest first."""
    with store.reading() as connection:
        found = [
            *_handovers(connection, now),
            *_referrals(connection, now),
            *_appointments(connection, now),
            *_signals(connection, now),
            *_cases(connection, now),
        ]
    return sorted(found, key=lambda each: (each.since, each.kind, each.id))


def open_of_case(connection: Connection, case_id: int) -> list[str]:
    """Return what of a case still waits, in words: what must end before it can."""
    person = select(Case.person_id).where(Case.id == case_id).scalar_subquery()
    waits = {
        "a handover": select(Handover.id).where(Handover.case_id == case_id, Handover.done_at.is_(None)),
        "a referral": select(Referral.id).where(Referral.case_id == case_id, Referral.ended_at.is_(None)),
        "an appointment": select(Appointment.id).where(
            Appointment.person_id == person, Appointment.slot_id.is_not(None), _agreed()
        ),
    }
    return [what for what, query in waits.items() if connection.execute(query.limit(1)).first()]


def _agreed() -> Any:
    return Appointment.state == AppointmentState.AGREED


def _handovers(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (Handover.done_at.is_(None), Handover.deadline < local_date(now))
    query = select(Handover.__table__, Person.person_ref).join(Person, Person.id == Handover.person_id)
    for row in connection.execute(query.where(*late)):
        yield Waits("handover", row.id, row.to_whom, row.person_ref, _day_after(row.deadline), row.needed)


def _day_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def _referrals(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (Referral.received_at.is_(None), Referral.ended_at.is_(None), Referral.made_at < now - RECEIPT_WITHIN)
    query = select(Referral.__table__, Person.person_ref).join(Person, Person.id == Referral.person_id)
    for row in connection.execute(query.where(*late)):
        yield Waits("referral", row.id, row.made_by, row.person_ref, row.made_at + RECEIPT_WITHIN, row.to_whom)


def _appointments(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield the appointments in slots that are past, and of which nobody said whether somebody came."""
    late = (_agreed(), Appointment.slot_id.is_not(None), Appointment.at < now)
    query = select(Appointment.__table__, Person.person_ref, Case.owner).join(
        Person, Person.id == Appointment.person_id
    )
    for row in connection.execute(query.join(Case, Case.person_id == Appointment.person_id).where(*late)):
        yield Waits("appointment", row.id, row.owner, row.person_ref, row.at, row.kind)


def _signals(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (Signal.decided_at.is_(None), Signal.merged_into.is_(None), Signal.reported_at < now - DECISION_WITHIN)
    for row in connection.execute(select(Signal.__table__).where(*late)):
        yield Waits("signal", row.id, row.owner, None, row.reported_at + DECISION_WITHIN, row.what)


def _cases(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (Case.closed_at.is_(None), Case.last_at < now - SILENT_AFTER)
    query = select(Case.__table__, Person.person_ref).join(Person, Person.id == Case.person_id)
    for row in connection.execute(query.where(*late)):
        yield Waits("case", row.id, row.owner, row.person_ref, row.last_at + SILENT_AFTER, "silent")
