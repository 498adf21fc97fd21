"""What is still open after conversations: for everybody, for one colleague, for one person."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from desk.cases.overdue import DECISION_WITHIN, RECEIPT_WITHIN, SILENT_AFTER, failed_lines, overdue
from installation.installation import Installation
from store.clock import LOCAL
from store.states import AppointmentState
from store.tables import Appointment, Case, Handover, Person, Referral, Signal, Slot

SHOWN = 200  # on one page, the latest of them left out and counted


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One thing that somebody still has to do."""

    kind: str  # handover, referral, appointment, signal, case, line
    id: int
    whose: str
    what: str  # the core of it: what is needed, to whom, which kind of help
    due: datetime  # from then on it is late
    late: bool
    case_id: int | None = None
    person_ref: str | None = None
    told: tuple[tuple[str, str], ...] = ()  # more about it: the key of a word, and a text
    location: str | None = None  # of an appointment in a slot


def open_follow_ups(installation: Installation, *, whose: str | None = None) -> list[FollowUp]:
    """Return what is open, the longest late first; all of it, or what one colleague is asked to do.

    A line that cannot be reached is told to everybody.
    """
    with installation.store.reading() as connection:
        found = list(_all(connection, true()))
        found += _signals(connection)
        found += _silent_cases(connection, installation.now())
        lines = list(_failed_lines(connection))
    return _in_order(
        installation, [*lines, *(each for each in found if whose is None or each.whose == whose)]
    )


def of_person(installation: Installation, person_id: int) -> list[FollowUp]:
    """Return what is open for one person."""
    with installation.store.reading() as connection:
        return _in_order(installation, list(_all(connection, Person.id == person_id)))


def _in_order(installation: Installation, found: list[FollowUp]) -> list[FollowUp]:
    late = {(each.kind, each.id) for each in overdue(installation.store, now=installation.now())}
    told = [replace(each, late=(each.kind, each.id) in late) for each in found]
    return sorted(told, key=lambda each: (not each.late, each.due, each.kind, each.id))


def _all(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    yield from _handovers(connection, who)
    yield from _referrals(connection, who)
    yield from _appointments(connection, who)


def _handovers(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    query = select(Handover.__table__, Person.person_ref).join(
        Person, Person.id == Handover.person_id
    )
    for row in connection.execute(query.where(Handover.done_at.is_(None), who)):
        told = tuple(
            (name, getattr(row, name)) for name in ("situation", "asked", "promised", "made_by")
        )
        due = datetime.combine(row.deadline + timedelta(days=1), time(), LOCAL).astimezone(UTC)
        yield _follow_up("handover", row, row.to_whom, row.needed, due, told)


def _referrals(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    query = select(Referral.__table__, Person.person_ref).join(
        Person, Person.id == Referral.person_id
    )
    for row in connection.execute(query.where(Referral.ended_at.is_(None), who)):
        told = (("receipt", row.received_ref or "yes"),) if row.received_at else ()
        due = (
            row.made_at + RECEIPT_WITHIN
            if row.received_at is None
            else row.received_at + SILENT_AFTER
        )
        yield _follow_up("referral", row, row.made_by, row.to_whom, due, told)


def _appointments(connection: Connection, who: ColumnElement[bool]) -> Iterator[FollowUp]:
    columns = (
        Appointment.__table__,
        Person.person_ref,
        Slot.location,
        Case.owner,
        Case.id.label("case_id"),
    )
    query = (
        select(*columns)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Slot, Slot.id == Appointment.slot_id)
        .outerjoin(Case, Case.person_id == Appointment.person_id)
    )
    for row in connection.execute(query.where(Appointment.state == AppointmentState.AGREED, who)):
        yield FollowUp(
            "appointment", row.id, row.owner or "", row.kind, row.at, late=False, case_id=row.case_id,
            person_ref=row.person_ref, location=row.location,
        )  # fmt: skip


def _signals(connection: Connection) -> Iterator[FollowUp]:
    undecided = (Signal.decided_at.is_(None), Signal.merged_into.is_(None))
    for row in connection.execute(select(Signal.__table__).where(*undecided)):
        waits = (("waits_for", row.waits_for),) if row.waits_for else ()
        told = (
            ("affected", row.affected),
            ("cause", row.cause),
            ("made_by", row.reported_by),
            *waits,
        )
        due = row.reported_at + DECISION_WITHIN
        yield FollowUp("signal", row.id, row.owner, row.what, due, late=False, told=told)


def _silent_cases(connection: Connection, now: datetime) -> Iterator[FollowUp]:
    query = select(Case.__table__, Person.person_ref).join(Person, Person.id == Case.person_id)
    silent = (Case.closed_at.is_(None), Case.last_at < now - SILENT_AFTER)
    for row in connection.execute(query.where(*silent)):
        due = row.last_at + SILENT_AFTER
        yield FollowUp(
            "case",
            row.id,
            row.owner,
            "silent",
            due,
            late=True,
            case_id=row.id,
            person_ref=row.person_ref,
        )


def _failed_lines(connection: Connection) -> Iterator[FollowUp]:
    for row in failed_lines(connection):
        yield FollowUp("line", row.id, "", row.number, row.at, late=True)


def _follow_up(
    kind: str, row: Any, whose: str, what: str, due: datetime, told: tuple[tuple[str, str], ...]
) -> FollowUp:
    about = {"case_id": row.case_id, "person_ref": row.person_ref}
    return FollowUp(kind, row.id, whose, what, due, late=False, told=told, **about)
