"""Requests of citizens about their own data, from the day they came to the answer within a month.

Whoever prepared what goes out does not check it, and nothing is answered that was not checked.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from desk.cases.work_terms import answer_by
from installation.installation import Installation
from privacy.access_export import everything_about
from store.audit_log import About, Decider, Kind, record
from store.clock import month_later
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import RequestKind, RequestOutcome
from store.tables import Person, PrivacyRequest

ROADS = ("letter", "call", "counter", "page", "email")
"""How a request may come."""
LONGEST = 2_000  # characters of what was asked or answered


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A request as it came."""

    kind: RequestKind
    ref: str
    received_at: datetime
    road: str
    asked: str
    identity: str  # how it was made sure that it is their own request


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, with how far it is."""

    id: int
    kind: RequestKind
    person_ref: str
    received_at: datetime
    road: str
    asked: str
    identity: str
    due_at: datetime
    extended_at: datetime | None
    extended_why: str | None
    recorded_by: str
    prepared_at: datetime | None
    prepared_by: str | None
    checked_at: datetime | None
    checked_by: str | None
    answered_at: datetime | None
    answered_by: str | None
    outcome: RequestOutcome | None
    answer: str | None

    def is_late(self, now: datetime) -> bool:
        """Say whether its term is over without an answer."""
        return self.answered_at is None and self.due_at <= now

    @property
    def stage(self) -> str:
        """How far it is, in one word."""
        if self.answered_at is not None:
            return "answered"
        if self.checked_at is not None:
            return "checked"
        return "open" if self.prepared_at is None else "prepared"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "stage": self.stage}


_SHOWN = [
    *(PrivacyRequest.id, PrivacyRequest.kind, Person.person_ref, PrivacyRequest.received_at),
    *(PrivacyRequest.road, PrivacyRequest.asked, PrivacyRequest.identity, PrivacyRequest.due_at),
    *(PrivacyRequest.extended_at, PrivacyRequest.extended_why, PrivacyRequest.recorded_by),
    *(PrivacyRequest.prepared_at, PrivacyRequest.prepared_by, PrivacyRequest.checked_at),
    *(PrivacyRequest.checked_by, PrivacyRequest.answered_at, PrivacyRequest.answered_by),
    *(PrivacyRequest.outcome, PrivacyRequest.answer),
]


def record_request(store: Store, new: NewRequest, *, by: Decider, now: datetime) -> int:
    """Write down a request and return its number. Its term runs from the day it came.

    Raises:
        BadInput: nobody has this reference, it came after now, or something is not said.
    """
    _refuse_incomplete(new, now)
    with store.writing() as connection:
        found = select(Person.id).where(Person.person_ref == new.ref)
        person_id = connection.execute(found).scalar()
        if person_id is None:
            remedy = "look at the reference again; a request about nobody we know is answered so"
            raise BadInput("is not a known person", remedy, field=new.ref)
        values = {
            "kind": new.kind,
            "person_id": person_id,
            "received_at": new.received_at,
            "road": new.road,
            "asked": new.asked[:LONGEST],
            "identity": new.identity[:LONGEST],
            "due_at": answer_by(new.received_at),
            "recorded_at": now,
            "recorded_by": by.name,
        }
        made = insert(PrivacyRequest).values(values).returning(PrivacyRequest.id)
        number = int(connection.execute(made).scalar_one())
        record(connection, by, "record_request", _about(number), now=now, kind=new.kind.value)
    return number


def _refuse_incomplete(new: NewRequest, now: datetime) -> None:
    if new.received_at > now:
        raise BadInput("lies ahead", "give the day on which it came", field="received")
    if new.road not in ROADS:
        problem = Sentence("{road!r} is no way in which a request comes", road=new.road[:40])
        raise BadInput(problem, f"write {', '.join(ROADS)}", field="road")
    if not new.identity.strip():
        remedy = "say how you know that it is their own request, for example: passport seen"
        raise BadInput("is missing", remedy, field="identity")


def requests(store: Store, *, answered: bool = False) -> list[Request]:
    """Return the requests that wait, the one that is due first on top, or those that were answered."""
    moment = PrivacyRequest.answered_at
    which = moment.is_not(None) if answered else moment.is_(None)
    query = select(*_SHOWN).join(Person, Person.id == PrivacyRequest.person_id).where(which)
    order = moment.desc() if answered else PrivacyRequest.due_at
    with store.reading() as connection:
        rows = connection.execute(query.order_by(order, PrivacyRequest.id)).mappings()
        return [Request(**row) for row in rows]


def request_of(store: Store, number: int) -> Request:
    """Return one request.

    Raises:
        BadInput: there is none of this number.
    """
    with store.reading() as connection:
        return _request(connection, number)


def _request(connection: Connection, number: int) -> Request:
    query = select(*_SHOWN).join(Person, Person.id == PrivacyRequest.person_id)
    row = connection.execute(query.where(PrivacyRequest.id == number)).mappings().one_or_none()
    if row is None:
        problem = Sentence("there is no request {number}", number=number)
        raise BadInput(problem, "look at the list: kaartje privacy requests")
    return Request(**row)


def prepare(installation: Installation, number: int, *, by: Decider, now: datetime) -> Request:
    """Put together everything about the person of a request for access, to be checked.

    Preparing it again makes it anew, and then it is to be checked again.

    Raises:
        BadInput: there is no such open request, or it asks for something else.
    """
    store = installation.store
    found = open_request(store, number, RequestKind.ACCESS)
    with store.writing() as connection:  # preparing it is a look too, and stands in what is sent
        about = About(Kind.PRIVACY_REQUEST, number, found.person_ref)
        record(connection, by, "prepared_access", about, now=now)
    document = everything_about(installation, found.person_ref, now=now)
    values = {
        "prepared": json.dumps(document, ensure_ascii=False),
        "prepared_at": now,
        "prepared_by": by.name,
        "checked_at": None,
        "checked_by": None,
    }
    with store.writing() as connection:
        _change(connection, number, values)
    return request_of(store, number)


def prepared_document(store: Store, number: int) -> dict[str, Any]:
    """Return what was prepared for a request.

    Raises:
        BadInput: nothing was prepared, or it was answered.
    """
    with store.reading() as connection:
        query = select(PrivacyRequest).where(PrivacyRequest.id == number)
        row = read_one_or_none(connection, query)
    if row is None or row.prepared is None:
        problem = Sentence("nothing is prepared for request {number}", number=number)
        raise BadInput(problem, Sentence("kaartje privacy prepare {number}", number=number))
    return dict(json.loads(row.prepared))


def exported(store: Store, number: int, *, by: Decider, now: datetime) -> dict[str, Any]:
    """Return what was prepared for a request, and write down that it was read.

    Raises:
        BadInput: nothing was prepared, or it was answered.
    """
    document = prepared_document(store, number)
    with store.writing() as connection:
        record(connection, by, "exported_access", _about(number), now=now)
    return document


def check(store: Store, number: int, *, by: Decider, now: datetime) -> Request:
    """Write down that a second person read what goes out, or agrees that somebody is erased.

    Raises:
        BadInput: nothing was prepared, or this colleague prepared or recorded it.
    """
    found = _open(store, number)
    first = found.recorded_by
    if found.kind is RequestKind.ACCESS:
        prepared_document(store, number)
        first = found.prepared_by or ""
    if by.is_same(first):
        problem = Sentence("{name} prepared it", name=by.name)
        raise BadInput(problem, "somebody else checks what goes out")
    with store.writing() as connection:
        _change(connection, number, {"checked_at": now, "checked_by": by.name})
        record(connection, by, "checked_access", _about(number), now=now)
    return request_of(store, number)


def extend(store: Store, number: int, *, why: str, by: Decider, now: datetime) -> Request:
    """Take two months more, once and for a reason.

    Raises:
        BadInput: the reason is missing, it was extended before, or its month is over.
    """
    found = _open(store, number)
    if not why.strip():
        raise BadInput("is missing", "say why it takes longer; the citizen is told", field="why")
    if found.extended_at is not None or found.is_late(now):
        problem = Sentence("the term of request {number} cannot be extended", number=number)
        raise BadInput(problem, "that is possible once, within the first month")
    with store.writing() as connection:
        values = {
            "extended_at": now,
            "extended_why": why.strip()[:LONGEST],
            "due_at": month_later(found.received_at, 3),
        }
        _change(connection, number, values)
        record(connection, by, "extended_request", _about(number), now=now)
    return request_of(store, number)


def answer(
    store: Store,
    number: int,
    outcome: RequestOutcome,
    *,
    words: str,
    by: Decider,
    now: datetime,
) -> Request:
    """End a request with what was answered. What was prepared for it is not kept.

    Raises:
        BadInput: it was answered before, nothing was said, or it was not checked by a second person.
    """
    found = _open(store, number)
    if not words.strip():
        raise BadInput("is missing", "say what was answered", field="words")
    gives = outcome in (RequestOutcome.GRANTED, RequestOutcome.PARTLY)
    if found.kind is RequestKind.ACCESS and gives and found.checked_at is None:
        problem = Sentence("request {number} was not checked by a second person", number=number)
        raise BadInput(problem, Sentence("kaartje privacy check {number}", number=number))
    with store.writing() as connection:
        values = {
            "answered_at": now,
            "answered_by": by.name,
            "outcome": outcome,
            "answer": words.strip()[:LONGEST],
            "prepared": None,
        }
        _change(connection, number, values)
        record(connection, by, "answered_request", _about(number), now=now, outcome=outcome.value)
    return request_of(store, number)


def open_request(store: Store, number: int, kind: RequestKind) -> Request:
    """Return an open request of one kind.

    Raises:
        BadInput: there is none of this number.
    """
    found = _open(store, number)
    if found.kind is not kind:
        problem = Sentence("request {number} asks for something else", number=number)
        raise BadInput(problem, "look at the list: kaartje privacy requests")
    return found


def _open(store: Store, number: int) -> Request:
    found = request_of(store, number)
    if found.answered_at is not None:
        problem = Sentence("request {number} was answered", number=number)
        raise BadInput(problem, "record a new request if they asked again")
    return found


def _change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Change an open request.

    Raises:
        BadInput: somebody answered it meanwhile.
    """
    still = (PrivacyRequest.id == number, PrivacyRequest.answered_at.is_(None))
    if not connection.execute(update(PrivacyRequest).where(*still).values(**values)).rowcount:
        problem = Sentence("request {number} was answered", number=number)
        raise BadInput(problem, "somebody else did meanwhile")


def _about(number: int) -> About:
    return About(Kind.PRIVACY_REQUEST, number)
