"""Overdue call-backs, objections, doubts and breaches, and lines that nobody can reach.

Each is late for somebody outside, so it stands before our own late work on every list.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from desk.cases.work_terms import READING, answer_by
from store.clock import local_date
from store.mapped_rows import read_all
from store.sentences import Sentence, in_terms
from store.states import CallState, LineTestKind, PromiseState
from store.tables import (
    Call,
    DataBreach,
    LineTest,
    Person,
    PhoneLine,
    PrivacyRequest,
    Promise,
    Suppression,
)

IN_DOUBT = "OBJECTION_IN_DOUBT"

PROMISED = frozenset(
    {
        *("promise", "handover", "appointment", "objection", "doubt", "line", "entry"),
        *("request", "breach"),
    }
)
"""Kinds of work that somebody outside waits for, which stand first on every list."""

UNFINISHED_AFTER = timedelta(hours=2)
"""How long an entry may be in an agent's hands without anything being done in it."""

OFFICER = "privacy officer"
"""Who answers the requests of citizens about their own data."""

EVERYBODY = "everybody"
"""The owner of what has no owner of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One overdue thing that somebody has to look at."""

    # promise, handover, appointment, objection, doubt, line, request, breach,
    # referral, signal, reminder, case, team_task, dialogue
    kind: str
    id: int
    whose: str  # who is asked
    person_ref: str | None
    since: datetime  # from when it is late
    what: str

    @property
    def promised(self) -> bool:
        """Whether somebody outside was promised this, by us or by the law."""
        return self.kind in PROMISED

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "promised": self.promised}


def late_promises(
    connection: Connection, now: datetime, closed: Collection[date]
) -> Iterator[Waits]:
    """Yield what is late for somebody outside and has no owner of its own."""
    yield from _doubts(connection, now, closed)
    yield from _objections(connection, now, closed)
    yield from _requests(connection, now)
    yield from _breaches(connection, now)
    yield from _call_backs(connection, now)
    yield from _lines(connection)
    yield from _unfinished(connection, now)


def unread_doubts(connection: Connection) -> list[tuple[int, datetime]]:
    """Return the messages that may be objections and were not read, as (first entry, received)."""
    waiting = (Suppression.reason == IN_DOUBT, Suppression.lifted_at.is_(None))
    query = select(func.min(Suppression.id), Suppression.starts_at).where(*waiting)
    grouped = query.group_by(Suppression.source, Suppression.starts_at)
    return [(key, at) for key, at in connection.execute(grouped)]


def waiting_objections(connection: Connection) -> list[tuple[int, str | None, datetime]]:
    """Return the objections whose scope nobody has asked, as (first entry, person, received)."""
    waiting = (Suppression.pending.is_(True), Suppression.lifted_at.is_(None))
    columns = (
        func.min(Suppression.id),
        func.max(Suppression.person_ref),
        Suppression.starts_at,
    )
    query = select(*columns).where(*waiting, Suppression.reason != IN_DOUBT)
    grouped = query.group_by(Suppression.source, Suppression.starts_at)
    return [(key, ref, at) for key, ref, at in connection.execute(grouped)]


def _objections(connection: Connection, now: datetime, closed: Collection[date]) -> Iterator[Waits]:
    for key, ref, received in waiting_objections(connection):
        if (since := READING.late_from(received, closed)) <= now:
            yield Waits(
                kind="objection",
                id=key,
                whose=EVERYBODY,
                person_ref=ref,
                since=since,
                what=Sentence(
                    "an objection: ask how far it goes, and answer by {day}",
                    day=local_date(answer_by(received)),
                ),
            )


def _requests(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield requests of citizens about their own data whose term is over."""
    query = (
        select(PrivacyRequest.id, PrivacyRequest.kind, PrivacyRequest.due_at, Person.person_ref)
        .join(Person, Person.id == PrivacyRequest.person_id)
        .where(PrivacyRequest.answered_at.is_(None), PrivacyRequest.due_at <= now)
    )
    for key, kind, due, ref in connection.execute(query):
        yield Waits(
            kind="request",
            id=key,
            whose=OFFICER,
            person_ref=ref,
            since=due,
            what=Sentence("asked for {kind}, which the law gives a month", kind=in_terms(kind)),
        )


def _breaches(connection: Connection, now: datetime) -> Iterator[Waits]:
    """Yield what may be a breach of personal data and was not reported or settled within 72 hours."""
    query = select(DataBreach.id, DataBreach.due_at, DataBreach.what).where(
        DataBreach.settled_at.is_(None), DataBreach.due_at <= now
    )
    for key, due, what in connection.execute(query):
        yield Waits(
            kind="breach",
            id=key,
            whose=OFFICER,
            person_ref=None,
            since=due,
            what=Sentence("perhaps a breach, to be reported within 72 hours: {what}", what=what),
        )


def open_call_backs(connection: Connection) -> list[Promise]:
    """Return the call-backs that were promised for a window and are not kept yet."""
    waiting = (Promise.state == PromiseState.OPEN, Promise.ends.is_not(None))
    return read_all(connection, select(Promise).where(*waiting).order_by(Promise.ends))


def _call_backs(connection: Connection, now: datetime) -> Iterator[Waits]:
    refs = {row.id: row.person_ref for row in connection.execute(_promised_to())}
    for promise in open_call_backs(connection):
        if promise.ends is not None and promise.ends < now:
            yield Waits(
                kind="promise",
                id=promise.call_id,
                whose=EVERYBODY,
                person_ref=refs.get(promise.id),
                since=promise.ends,
                what=Sentence("a call-back was promised: entry {call}", call=promise.call_id),
            )


def _promised_to() -> Select[int, str]:
    open_ = Promise.state == PromiseState.OPEN
    return (
        select(Promise.id, Person.person_ref)
        .join(Person, Person.id == Promise.person_id)
        .where(open_)
    )


def _doubts(connection: Connection, now: datetime, closed: Collection[date]) -> Iterator[Waits]:
    for key, received in unread_doubts(connection):
        if (since := READING.late_from(received, closed)) <= now:
            yield Waits(
                kind="doubt",
                id=key,
                whose=EVERYBODY,
                person_ref=None,
                since=since,
                what=Sentence(
                    "perhaps an objection: read it, and answer by {day}",
                    day=local_date(answer_by(received)),
                ),
            )


def _lines(connection: Connection) -> Iterator[Waits]:
    for row in failed_lines(connection):
        yield Waits(
            kind="line",
            id=row.id,
            whose=EVERYBODY,
            person_ref=None,
            since=row.at,
            what=Sentence("the test call to {number} failed", number=row.number),
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


@dataclass(frozen=True, slots=True)
class UnfinishedEntry:
    """An entry that an agent took long ago and did nothing in since, such as a talk without its end."""

    id: int
    agent: str
    since: datetime
    person_ref: str | None


def unfinished(connection: Connection, now: datetime) -> list[UnfinishedEntry]:
    """Return the entries in agents' hands in which nothing was done for long."""
    quiet = (
        Call.state == CallState.TAKEN,
        Call.taken_at <= now - UNFINISHED_AFTER,
        or_(Call.acted_at.is_(None), Call.acted_at <= now - UNFINISHED_AFTER),
    )
    query = (
        select(Call.id, Call.taken_by, Call.taken_at, Person.person_ref)
        .outerjoin(Person, Person.id == Call.person_id)
        .where(*quiet)
    )
    return [
        UnfinishedEntry(key, agent or EVERYBODY, (taken_at or now) + UNFINISHED_AFTER, ref)
        for key, agent, taken_at, ref in connection.execute(query)
    ]


def _unfinished(connection: Connection, now: datetime) -> Iterator[Waits]:
    for entry in unfinished(connection, now):
        yield Waits(
            kind="entry",
            id=entry.id,
            whose=entry.agent,
            person_ref=entry.person_ref,
            since=entry.since,
            what=Sentence("entry {call} was taken and not wrapped up", call=entry.id),
        )
