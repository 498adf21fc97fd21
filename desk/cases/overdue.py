"""Overdue work of all kinds, with who has to look at it and since when."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select

from desk.cases.overdue_promises import Waits, late_promises
from desk.cases.work_terms import DECISION, RECEIPT, SILENCE
from store.clock import LOCAL, local_date
from store.engine import Store
from store.mapped_rows import read_all
from store.sentences import Sentence, in_terms
from store.states import AppointmentState, TeamTaskState
from store.tables import (
    Agent,
    Appointment,
    Case,
    Deviation,
    Handover,
    Person,
    Referral,
    Signal,
    TeamTask,
)

FEWEST = timedelta(days=1)
"""What is younger than this is late by no term, and need not be read."""


def overdue(store: Store, *, now: datetime, closed: Collection[date] = ()) -> list[Waits]:
    """Return everything that is overdue, what was promised first, then the longest.

    `closed` are days on which the house is closed, beside weekends and holidays (see `work_terms`).
    """
    with store.reading() as connection:
        found = [
            *_handovers(connection, now),
            *_referrals(connection, now, closed),
            *_appointments(connection, now),
            *_signals(connection, now, closed),
            *_cases(connection, now, closed),
            *_team_tasks(connection, now),
            *_dialogues(connection, now, closed),
            *late_promises(connection, now, closed),
        ]
    return sorted(found, key=lambda each: (not each.promised, each.since, each.kind, each.id))


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
    today = local_date(now)
    late = or_(Handover.deadline < today, Agent.left_on <= today)
    query = (
        select(
            Handover.id,
            Handover.to_whom,
            Person.person_ref,
            Handover.deadline,
            Handover.needed,
            Agent.left_on,
        )
        .join(Person, Person.id == Handover.person_id)
        .outerjoin(Agent, Agent.name == Handover.to_whom)
        .where(Handover.done_at.is_(None), late)
    )
    for key, to_whom, ref, deadline, needed, left_on in connection.execute(query):
        since = _start_of(deadline + timedelta(days=1))
        what: str = needed
        if left_on is not None and left_on <= today:
            since = min(since, _start_of(left_on))
            what = Sentence(
                "{whom} left: give it to somebody ({needed})", whom=to_whom, needed=needed
            )
        yield Waits(kind="handover", id=key, whose=to_whom, person_ref=ref, since=since, what=what)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def _referrals(connection: Connection, now: datetime, closed: Collection[date]) -> Iterator[Waits]:
    late = (
        Referral.received_at.is_(None),
        Referral.ended_at.is_(None),
        Referral.made_at < now - FEWEST,
    )
    query = (
        select(Referral.id, Referral.made_by, Person.person_ref, Referral.made_at, Referral.to_whom)
        .join(Person, Person.id == Referral.person_id)
        .where(*late)
    )
    for key, made_by, ref, made_at, to_whom in connection.execute(query):
        if (since := RECEIPT.late_from(made_at, closed)) <= now:
            yield Waits(
                kind="referral",
                id=key,
                whose=made_by,
                person_ref=ref,
                since=since,
                what=to_whom,
            )


def _appointments(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield past appointments in slots without an outcome."""
    late = (_agreed(), Appointment.slot_id.is_not(None), Appointment.at < now)
    query = (
        select(Appointment.id, Case.owner, Person.person_ref, Appointment.at, Appointment.kind)
        .join(Person, Person.id == Appointment.person_id)
        .join(Case, Case.person_id == Appointment.person_id)
        .where(*late)
    )
    for key, owner, ref, at, kind in connection.execute(query):
        yield Waits(kind="appointment", id=key, whose=owner, person_ref=ref, since=at, what=kind)


def _signals(connection: Connection, now: datetime, closed: Collection[date]) -> Iterator[Waits]:
    open_ = (Signal.decided_at.is_(None), Signal.merged_into.is_(None))
    old = select(Signal).where(*open_, Signal.reported_at < now - FEWEST)
    for signal in read_all(connection, old):
        if (since := DECISION.late_from(signal.reported_at, closed)) <= now:
            yield Waits(
                kind="signal",
                id=signal.id,
                whose=signal.escalated_to or signal.owner,
                person_ref=None,
                since=since,
                what=signal.what,
            )
    due = select(Signal).where(*open_, Signal.remind_on <= local_date(now))
    for signal in read_all(connection, due):
        yield Waits(
            kind="reminder",
            id=signal.id,
            whose=signal.escalated_to or signal.owner,
            person_ref=None,
            since=_start_of(signal.remind_on or local_date(now)),
            what=Sentence("waits for {what}", what=in_terms(signal.waits_for or "")),
        )


def _cases(connection: Connection, now: datetime, closed: Collection[date]) -> Iterator[Waits]:
    silent = (
        select(Case.id, Case.owner, Person.person_ref, Case.last_at)
        .join(Person, Person.id == Case.person_id)
        .where(Case.closed_at.is_(None), Case.last_at < now - FEWEST)
    )
    for key, owner, ref, last_at in connection.execute(silent):
        if (since := SILENCE.late_from(last_at, closed)) <= now:
            yield Waits(
                kind="case",
                id=key,
                whose=owner,
                person_ref=ref,
                since=since,
                what=Sentence("silent"),
            )
    orphaned = (
        select(Case.id, Case.owner, Person.person_ref, Agent.left_on)
        .join(Person, Person.id == Case.person_id)
        .join(Agent, Agent.name == Case.owner)
        .where(Case.closed_at.is_(None), Agent.left_on <= local_date(now))
    )
    for key, owner, ref, left_on in connection.execute(orphaned):
        yield Waits(
            kind="case",
            id=key,
            whose=owner,
            person_ref=ref,
            since=_start_of(left_on or local_date(now)),
            what=Sentence("its owner left: give it to somebody"),
        )


def _team_tasks(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield tasks that another team should have taken up by now, or refused."""
    going = (TeamTask.ended_at.is_(None), TeamTask.received_at.is_(None))
    late = or_(TeamTask.due_on < local_date(now), TeamTask.state == TeamTaskState.REFUSED)
    refs = dict(
        connection.execute(
            select(TeamTask.id, Person.person_ref)
            .join(Person, Person.id == TeamTask.person_id)
            .where(*going, late)
        ).all()
    )
    for task in read_all(connection, select(TeamTask).where(TeamTask.id.in_(refs))):
        refused = task.state is TeamTaskState.REFUSED
        status = "refused" if refused else "not taken up"
        yield Waits(
            kind="team_task",
            id=task.id,
            whose=task.asked_by,
            person_ref=refs[task.id],
            since=task.not_before if refused else _start_of(task.due_on + timedelta(days=1)),
            what=Sentence(
                "{place}: {status}{urgent}",
                place=in_terms(task.place),
                status=in_terms(status),
                urgent=Sentence(", urgent") if task.urgent else "",
            ),
        )


def _dialogues(connection: Connection, now: datetime, closed: Collection[date]) -> Iterator[Waits]:
    late = (
        Deviation.dialogue.is_(True),
        Deviation.discussed_at.is_(None),
        Deviation.made_at < now - FEWEST,
    )
    query = (
        select(
            Deviation.id, Deviation.made_by, Person.person_ref, Deviation.made_at, Deviation.rule
        )
        .outerjoin(Person, Person.id == Deviation.person_id)
        .where(*late)
    )
    for key, made_by, ref, made_at, rule in connection.execute(query):
        if (since := DECISION.late_from(made_at, closed)) <= now:
            yield Waits(
                kind="dialogue",
                id=key,
                whose=made_by,
                person_ref=ref,
                since=since,
                what=rule,
            )
