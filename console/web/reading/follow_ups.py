"""Open follow-ups after conversations, for all, for one colleague or for one person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, select, true

from desk.cases.overdue import overdue
from desk.cases.overdue_promises import (
    PROMISED,
    failed_lines,
    open_call_backs,
    unfinished,
    unread_doubts,
    waiting_objections,
)
from desk.cases.work_terms import DECISION, READING, RECEIPT, SILENCE, answer_by
from installation.installation import Installation
from store.clock import LOCAL, local_date
from store.mapped_rows import read_mixed
from store.states import AppointmentState
from store.tables import Appointment, Case, Handover, Person, Referral, Signal, Slot

SHOWN = 50  # on one page
SILENT = "case"


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """One task that is still open."""

    kind: str  # promise, handover, appointment, objection, doubt, line, referral, signal, case
    id: int
    owner: str  # who is asked to do it, or empty
    subject: str  # what is needed, to whom it was referred, or the kind of help
    due: datetime  # from then on it is late
    late: bool = False
    case_id: int | None = None
    person_ref: str | None = None
    details: tuple[tuple[str, str], ...] = ()  # the key of a word, and a text
    location: str | None = None  # of an appointment in a slot
    begins: datetime | None = None  # of a window that was promised

    def rank(self, now: datetime) -> int:
        """Return how soon somebody has to look at it: 0 is first.

        What was promised and is late, then what was promised for today, then our own late work. Cases
        that are only silent come last.
        """
        if self.kind == SILENT:
            return 4
        promised = self.kind in PROMISED
        if self.late:
            return 0 if promised else 2
        return 1 if promised and self.due <= _end_of_day(now) else 3


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUps:
    """One page of open follow-ups."""

    shown: list[FollowUp]
    count: int  # on all pages, of the kind that was asked for
    kinds: dict[str, int]  # of every kind
    page: int
    pages: int


def follow_ups_page(
    installation: Installation, *, owner: str | None, kind: str, number: int
) -> FollowUps:
    """Return one page of follow-ups of one kind, or of all where the kind is empty."""
    found = open_follow_ups(installation, owner=owner)
    kinds = dict(sorted(Counter(each.kind for each in found).items()))
    some = [each for each in found if not kind or each.kind == kind]
    pages = max(1, -(-len(some) // SHOWN))
    number = min(max(1, number), pages)
    return FollowUps(
        shown=some[(number - 1) * SHOWN : number * SHOWN],
        count=len(some),
        kinds=kinds,
        page=number,
        pages=pages,
    )


def open_follow_ups(installation: Installation, *, owner: str | None = None) -> list[FollowUp]:
    """Return open follow-ups of everybody or of one colleague or team, promises first.

    What nobody has yet (a call-back, an objection, a message that may be one, a line that cannot be reached)
    is in everybody's list.
    """
    with installation.store.reading() as connection:
        found = list(_all(connection, true()))
        found += _signals(connection)
        found += _silent_cases(connection, installation.now())
        found += _unfinished(connection, installation.now())
        shared = [
            *_failed_lines(connection),
            *_doubts(connection),
            *_objections(connection),
            *_call_backs(connection),
        ]
    return _in_order(
        installation, [*shared, *(each for each in found if owner is None or each.owner == owner)]
    )


def of_person(installation: Installation, person_id: int) -> list[FollowUp]:
    """Return the open follow-ups of one person."""
    with installation.store.reading() as connection:
        return _in_order(installation, list(_all(connection, Person.id == person_id)))


def _in_order(installation: Installation, found: list[FollowUp]) -> list[FollowUp]:
    now, closed = installation.now(), installation.policy.hours.closed_days
    found_late = overdue(installation.store, now=now, closed=closed)
    late = {(each.kind, each.id) for each in found_late}
    marked = [replace(each, late=(each.kind, each.id) in late) for each in found]
    return sorted(marked, key=lambda each: (each.rank(now), each.due, each.kind, each.id))


def _end_of_day(now: datetime) -> datetime:
    """Return the end of this day, as the deadline of a day that ends with it."""
    return datetime.combine(local_date(now) + timedelta(days=1), time(), LOCAL)


def _all(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    yield from _handovers(connection, who)
    yield from _referrals(connection, who)
    yield from _appointments(connection, who)


def _handovers(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    query = select(Handover, Person.person_ref).join(Person, Person.id == Handover.person_id)
    for handover, ref in read_mixed(connection, query.where(Handover.done_at.is_(None), who)):
        last = datetime.combine(handover.deadline + timedelta(days=1), time(), LOCAL)
        yield FollowUp(
            kind="handover",
            id=handover.id,
            owner=handover.to_whom,
            subject=handover.needed,
            due=last.astimezone(UTC),
            case_id=handover.case_id,
            person_ref=ref,
            details=(
                ("situation", handover.situation),
                ("asked", handover.asked),
                ("promised", handover.promised),
                ("made_by", handover.made_by),
            ),
        )


def _referrals(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    query = select(Referral, Person.person_ref).join(Person, Person.id == Referral.person_id)
    for referral, ref in read_mixed(connection, query.where(Referral.ended_at.is_(None), who)):
        received = referral.received_at
        yield FollowUp(
            kind="referral",
            id=referral.id,
            owner=referral.made_by,
            subject=referral.to_whom,
            due=SILENCE.late_from(received) if received else RECEIPT.late_from(referral.made_at),
            case_id=referral.case_id,
            person_ref=ref,
            details=(("receipt", referral.received_ref or "yes"),) if received else (),
        )


def _appointments(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    query = (
        select(Appointment, Person.person_ref, Slot, Case)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Slot, Slot.id == Appointment.slot_id)
        .outerjoin(Case, Case.person_id == Appointment.person_id)
        .where(Appointment.state == AppointmentState.AGREED, who)
    )
    for appointment, ref, slot, case in read_mixed(connection, query):
        yield FollowUp(
            kind="appointment",
            id=appointment.id,
            owner=case.owner if case else "",
            subject=appointment.kind,
            due=appointment.at,
            case_id=case.id if case else None,
            person_ref=ref,
            location=slot.location if slot else None,
        )


def _signals(connection: Connection) -> Iterator[FollowUp]:
    query = select(Signal).where(Signal.decided_at.is_(None), Signal.merged_into.is_(None))
    for (signal,) in read_mixed(connection, query):
        waits = (("waits_for", signal.waits_for),) if signal.waits_for else ()
        yield FollowUp(
            kind="signal",
            id=signal.id,
            owner=signal.owner,
            subject=signal.what,
            due=DECISION.late_from(signal.reported_at),
            details=(
                ("affected", signal.affected),
                ("cause", signal.cause),
                ("made_by", signal.reported_by),
                *waits,
            ),
        )


def _doubts(connection: Connection) -> Iterator[FollowUp]:
    for key, received in unread_doubts(connection):
        yield FollowUp(
            kind="doubt",
            id=key,
            owner="",
            subject=f"{answer_by(received):%Y-%m-%d}",
            due=READING.late_from(received),
        )


def _objections(connection: Connection) -> Iterator[FollowUp]:
    for key, ref, received in waiting_objections(connection):
        yield FollowUp(
            kind="objection",
            id=key,
            owner="",
            subject=f"{answer_by(received):%Y-%m-%d}",
            due=READING.late_from(received),
            person_ref=ref,
        )


def _call_backs(connection: Connection) -> Iterator[FollowUp]:
    for promise in open_call_backs(connection):
        if promise.ends is not None:
            yield FollowUp(
                kind="promise",
                id=promise.call_id,
                owner="",
                subject=promise.asked,
                due=promise.ends,
                begins=promise.begins,
            )


def _silent_cases(connection: Connection, now: datetime) -> Iterator[FollowUp]:
    query = select(Case, Person.person_ref).join(Person, Person.id == Case.person_id)
    silent = (Case.closed_at.is_(None), Case.last_at < now)
    for case, ref in read_mixed(connection, query.where(*silent)):
        if (due := SILENCE.late_from(case.last_at)) > now:
            continue
        yield FollowUp(
            kind="case",
            id=case.id,
            owner=case.owner,
            subject="silent",
            due=due,
            late=True,
            case_id=case.id,
            person_ref=ref,
        )


def _unfinished(connection: Connection, now: datetime) -> Iterator[FollowUp]:
    for entry in unfinished(connection, now):
        yield FollowUp(
            kind="entry", id=entry.id, owner=entry.agent, subject="", due=entry.since, late=True
        )


def _failed_lines(connection: Connection) -> Iterator[FollowUp]:
    for line in failed_lines(connection):
        yield FollowUp(
            kind="line", id=line.id, owner="", subject=line.number, due=line.at, late=True
        )
