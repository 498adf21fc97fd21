"""Overdue work of all kinds, with who has to look at it and since when."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from store.base import UtcDateTime
from store.clock import LOCAL, local_date
from store.engine import Store
from store.states import AppointmentState, LineTestKind, TeamTaskState
from store.tables import (
    Agent,
    Appointment,
    Case,
    Deviation,
    Handover,
    LineTest,
    Person,
    PhoneLine,
    Referral,
    Signal,
    TeamTask,
)

RECEIPT_WITHIN = timedelta(days=5)
"""How long another organisation may take to confirm a referral."""
DECISION_WITHIN = timedelta(days=30)
SILENT_AFTER = timedelta(days=28)
"""How long an open case may go without a conversation before its owner looks at it."""

EVERYBODY = "everybody"
"""The owner of what has no owner of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One overdue thing that somebody has to look at."""

    kind: str  # handover, referral, appointment, signal, case, team_task, dialogue, line
    id: int
    whose: str  # who is asked
    person_ref: str | None
    since: datetime  # from when it is late
    what: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def overdue(store: Store, *, now: datetime) -> list[Waits]:
    """Return everything that is overdue, the longest first."""
    with store.reading() as connection:
        found = [
            *_handovers(connection, now),
            *_referrals(connection, now),
            *_appointments(connection, now),
            *_signals(connection, now),
            *_cases(connection, now),
            *_team_tasks(connection, now),
            *_dialogues(connection, now),
            *_lines(connection),
        ]
    return sorted(found, key=lambda each: (each.since, each.kind, each.id))


@dataclass(frozen=True, slots=True)
class Owned:
    """Counts of the open cases of one owner."""

    owner: str
    cases: int
    oldest_days: int
    late: int  # things that this owner has to look at


@dataclass(frozen=True, slots=True)
class Ages:
    """The age of open cases by owner, and what is overdue."""

    owners: tuple[Owned, ...]
    late: tuple[Waits, ...]

    @property
    def late_by_kind(self) -> dict[str, int]:
        """The number of overdue things by kind."""
        return dict(Counter(each.kind for each in self.late))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "late_by_kind": self.late_by_kind}


def ages(store: Store, *, now: datetime) -> Ages:
    """Return the age of open cases by owner, and everything that is overdue."""
    late = overdue(store, now=now)
    whose = Counter(each.whose for each in late)
    columns = (Case.owner, func.count(), func.min(Case.opened_at, type_=UtcDateTime()))
    query = (
        select(*columns).where(Case.closed_at.is_(None)).group_by(Case.owner).order_by(Case.owner)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return Ages(
        tuple(Owned(row[0], row[1], (now - row[2]).days, whose[row[0]]) for row in rows),
        tuple(late),
    )


def open_of_case(connection: Connection, case_id: int) -> list[str]:
    """Return what in a case is still open, in words."""
    person = select(Case.person_id).where(Case.id == case_id).scalar_subquery()
    waits = {
        "a handover": select(Handover.id).where(
            Handover.case_id == case_id, Handover.done_at.is_(None)
        ),
        "a referral": select(Referral.id).where(
            Referral.case_id == case_id, Referral.ended_at.is_(None)
        ),
        "an appointment": select(Appointment.id).where(
            Appointment.person_id == person, Appointment.slot_id.is_not(None), _agreed()
        ),
    }
    waits["a task of another team"] = select(TeamTask.id).where(
        TeamTask.case_id == case_id, TeamTask.ended_at.is_(None)
    )
    waits["a case dialogue"] = select(Deviation.id).where(
        Deviation.case_id == case_id, Deviation.dialogue.is_(True), Deviation.discussed_at.is_(None)
    )
    return [name for name, query in waits.items() if connection.execute(query.limit(1)).first()]


def _agreed() -> ColumnElement[bool]:
    return Appointment.state == AppointmentState.AGREED


def _handovers(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (Handover.done_at.is_(None), Handover.deadline < local_date(now))
    query = select(Handover.__table__, Person.person_ref).join(
        Person, Person.id == Handover.person_id
    )
    for row in connection.execute(query.where(*late)):
        yield Waits(
            kind="handover",
            id=row.id,
            whose=row.to_whom,
            person_ref=row.person_ref,
            since=_day_after(row.deadline),
            what=row.needed,
        )


def _day_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def _referrals(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (
        Referral.received_at.is_(None),
        Referral.ended_at.is_(None),
        Referral.made_at < now - RECEIPT_WITHIN,
    )
    query = select(Referral.__table__, Person.person_ref).join(
        Person, Person.id == Referral.person_id
    )
    for row in connection.execute(query.where(*late)):
        yield Waits(
            kind="referral",
            id=row.id,
            whose=row.made_by,
            person_ref=row.person_ref,
            since=row.made_at + RECEIPT_WITHIN,
            what=row.to_whom,
        )


def _appointments(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield past appointments in slots without an outcome."""
    late = (_agreed(), Appointment.slot_id.is_not(None), Appointment.at < now)
    query = select(Appointment.__table__, Person.person_ref, Case.owner).join(
        Person, Person.id == Appointment.person_id
    )
    for row in connection.execute(
        query.join(Case, Case.person_id == Appointment.person_id).where(*late)
    ):
        yield Waits(
            kind="appointment",
            id=row.id,
            whose=row.owner,
            person_ref=row.person_ref,
            since=row.at,
            what=row.kind,
        )


def _signals(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (
        Signal.decided_at.is_(None),
        Signal.merged_into.is_(None),
        Signal.reported_at < now - DECISION_WITHIN,
    )
    for row in connection.execute(select(Signal.__table__).where(*late)):
        whose = row.escalated_to or row.owner
        yield Waits(
            kind="signal",
            id=row.id,
            whose=whose,
            person_ref=None,
            since=row.reported_at + DECISION_WITHIN,
            what=row.what,
        )
    look = (
        Signal.decided_at.is_(None),
        Signal.merged_into.is_(None),
        Signal.remind_on <= local_date(now),
    )
    for row in connection.execute(select(Signal.__table__).where(*look)):
        since = datetime.combine(row.remind_on, time(), LOCAL).astimezone(UTC)
        yield Waits(
            kind="reminder",
            id=row.id,
            whose=row.escalated_to or row.owner,
            person_ref=None,
            since=since,
            what=f"waits for {row.waits_for}",
        )


def _cases(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (Case.closed_at.is_(None), Case.last_at < now - SILENT_AFTER)
    query = select(Case.__table__, Person.person_ref).join(Person, Person.id == Case.person_id)
    for row in connection.execute(query.where(*late)):
        yield Waits(
            kind="case",
            id=row.id,
            whose=row.owner,
            person_ref=row.person_ref,
            since=row.last_at + SILENT_AFTER,
            what="silent",
        )
    gone = select(Agent.name, Agent.left_on).where(Agent.left_on <= local_date(now)).subquery()
    orphaned = query.add_columns(gone.c.left_on).join(gone, gone.c.name == Case.owner)
    for row in connection.execute(orphaned.where(Case.closed_at.is_(None))):
        since = datetime.combine(row.left_on, time(), LOCAL).astimezone(UTC)
        yield Waits(
            kind="case",
            id=row.id,
            whose=row.owner,
            person_ref=row.person_ref,
            since=since,
            what="its owner left: give it to somebody",
        )


def _team_tasks(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield what another team should have taken up by now, and what it does not take."""
    query = select(TeamTask.__table__, Person.person_ref).join(
        Person, Person.id == TeamTask.person_id
    )
    going = (TeamTask.ended_at.is_(None), TeamTask.received_at.is_(None))
    late = or_(TeamTask.due_on < local_date(now), TeamTask.state == TeamTaskState.REFUSED)
    for row in connection.execute(query.where(*going, late)):
        refused = row.state is TeamTaskState.REFUSED
        since = row.not_before if refused else _day_after(row.due_on)
        said = f"{row.place}: {'refused' if refused else 'not taken up'}{', urgent' if row.urgent else ''}"
        yield Waits(
            kind="team_task",
            id=row.id,
            whose=row.asked_by,
            person_ref=row.person_ref,
            since=since,
            what=said,
        )


def _dialogues(connection: Connection, now: datetime) -> Iterator[Waits]:
    late = (
        Deviation.dialogue.is_(True),
        Deviation.discussed_at.is_(None),
        Deviation.made_at < now - DECISION_WITHIN,
    )
    query = select(Deviation.__table__, Person.person_ref).outerjoin(
        Person, Person.id == Deviation.person_id
    )
    for row in connection.execute(query.where(*late)):
        yield Waits(
            kind="dialogue",
            id=row.id,
            whose=row.made_by,
            person_ref=row.person_ref,
            since=row.made_at + DECISION_WITHIN,
            what=row.rule,
        )


def _lines(connection: Connection) -> Iterator[Waits]:
    for row in failed_lines(connection):
        yield Waits(
            kind="line",
            id=row.id,
            whose=EVERYBODY,
            person_ref=None,
            since=row.at,
            what=f"the test call to {row.number} failed",
        )


@dataclass(frozen=True, slots=True)
class FailedLine:
    """A line that the last test call did not reach."""

    id: int  # of the test
    at: datetime
    number: str  # E.164


def failed_lines(connection: Connection) -> list[FailedLine]:
    """Return every line that the last test call did not reach.

    People who dial the number on a card may reach nobody.
    """
    automatic = LineTest.kind == LineTestKind.AUTOMATIC
    latest = select(func.max(LineTest.id)).where(automatic).group_by(LineTest.line_id)
    query = select(LineTest.id, LineTest.at, PhoneLine.number).join(
        PhoneLine, PhoneLine.id == LineTest.line_id
    )
    failed = query.where(LineTest.id.in_(latest), LineTest.passed.is_(False))
    return [FailedLine(*row) for row in connection.execute(failed)]
