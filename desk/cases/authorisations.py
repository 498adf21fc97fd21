"""Authorisations of helpers who call on behalf of somebody else.

Without an authorisation a helper's call has no person, and only general information is given. A revoked or expired
authorisation closes the person again, also during a call.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from channels.codes import is_response_code
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import CallState
from store.tables import Authorisation, Call, Person, ResponseCode, Touch

SEEN = ("written", "digital", "on_the_line")
"""Kinds of authorisation (a signed letter, a registered one, or the person's own word on the line)."""
LONGEST = timedelta(days=366)
"""The longest validity of an authorisation."""
LONGEST_NAME = 100  # characters


@dataclass(frozen=True, slots=True)
class NewAuthorisation:
    """An authorisation that an agent saw, with its helper, kind and end."""

    helper: str
    organisation: str
    seen: str  # one of SEEN
    valid_until: date  # inclusive

    def __post_init__(self) -> None:
        for field in ("helper", "organisation"):
            if not 1 <= len(getattr(self, field).strip()) <= LONGEST_NAME:
                raise BadInput(
                    "is empty or too long",
                    Sentence("write 1 to {longest_name} characters", longest_name=LONGEST_NAME),
                    field=field,
                )
        if self.seen not in SEEN:
            raise BadInput(
                Sentence("{seen!r} is not a kind of authorisation", seen=self.seen),
                Sentence("write {known}", known=", ".join(SEEN)),
                field="seen",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAuthorisation:
    """One recorded authorisation."""

    id: int
    call_id: int
    person_ref: str
    helper: str
    organisation: str
    seen: str
    valid_until: date
    recorded_at: datetime
    recorded_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_why: str | None

    def counts(self, now: datetime) -> bool:
        """Return whether it is valid at this moment."""
        return self.revoked_at is None and local_date(now) <= self.valid_until

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def authorise(
    store: Store, call_id: int, about: str, new: NewAuthorisation, *, by: str, now: datetime
) -> int:
    """Record an authorisation seen in a call, and give the call its person. Return the key.

    The identity of the person is checked afterwards, as in every call.

    Args:
        store: the store.
        call_id: the call, taken by `by`, without a person or with this one.
        about: the code on the person's card, or their reference.
        new: the authorisation.
        by: the agent.
        now: the present moment.

    Raises:
        BadInput: the call is not taken by this agent or is about somebody else, no person is found, or the end is
            in the past or too far away. The error does not disclose who it could be.
    """
    today = local_date(now)
    if not today <= new.valid_until <= today + LONGEST:
        remedy = Sentence("write a day from today, at most {days} days from now", days=LONGEST.days)
        raise BadInput(
            Sentence("{valid_until} cannot be its end", valid_until=new.valid_until),
            remedy,
            field="valid_until",
        )
    with store.writing() as connection:
        found = _person(connection, about.strip())
        mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == by)
        free = Call.person_id.is_(None) | (Call.person_id == found["person_id"])
        if not connection.execute(update(Call).where(*mine, free).values(found)).rowcount:
            raise BadInput(
                "is not taken by you, or is about somebody else",
                "take it first",
                field=Sentence("call {call_id}", call_id=call_id),
            )
        row = {
            **asdict(new),
            "helper": new.helper.strip(),
            "organisation": new.organisation.strip(),
            "person_id": found["person_id"],
            "call_id": call_id,
            "recorded_at": now,
            "recorded_by": by,
        }
        return int(
            connection.execute(
                insert(Authorisation).values(row).returning(Authorisation.id)
            ).scalar_one()
        )


def _person(connection: Connection, about: str) -> dict[str, int]:
    """Return the values that give a call its person, and its card when it was found by a card."""
    digits = "".join(about.split())
    if is_response_code(digits):
        carded = select(Touch).join(ResponseCode, ResponseCode.touch_id == Touch.id)
        touch = read_one_or_none(connection, carded.where(ResponseCode.code == digits))
        if touch is not None:
            about_card = {"campaign_id": touch.campaign_id, "touch_id": touch.id}
            return {"person_id": touch.person_id, **about_card}
    else:
        by_ref = select(Person.id).where(Person.person_ref == about)
        person_id = connection.execute(by_ref).scalar_one_or_none()
        if person_id is not None:
            return {"person_id": person_id}
    raise BadInput(
        "is not the code or reference of anybody",
        "ask for the code on the card once more",
        field="about",
    )


def revoke(store: Store, authorisation_id: int, *, by: str, why: str, now: datetime) -> None:
    """Revoke an authorisation. A call that goes on under it loses its person.

    Raises:
        BadInput: the reason is missing, there is no such authorisation, or it was revoked before.
    """
    if not why.strip():
        raise BadInput("the reason is missing", "write who took it back", field="why")
    this = (Authorisation.id == authorisation_id, Authorisation.revoked_at.is_(None))
    values = {"revoked_at": now, "revoked_by": by, "revoked_why": why.strip()}
    with store.writing() as connection:
        if not connection.execute(update(Authorisation).where(*this).values(values)).rowcount:
            raise BadInput(
                "is not valid any more",
                "see kaartje desk helpers",
                field=Sentence(
                    "authorisation {authorisation_id}", authorisation_id=authorisation_id
                ),
            )
        of_call = select(Authorisation.call_id).where(Authorisation.id == authorisation_id)
        goes_on = (Call.id.in_(of_call), Call.state.in_((CallState.TAKEN, CallState.WAITING)))
        connection.execute(
            update(Call).where(*goes_on).values(person_id=None, touch_id=None, prefers=None)
        )


def authorisations(store: Store, ref: str | None = None) -> list[RecordedAuthorisation]:
    """Return recorded authorisations, the latest first, of everybody or of one person."""
    query = _RECORDED if ref is None else _RECORDED.where(Person.person_ref == ref)
    with store.reading() as connection:
        return [RecordedAuthorisation(**row._asdict()) for row in connection.execute(query)]


def in_call(store: Store, call_id: int) -> list[RecordedAuthorisation]:
    """Return the authorisations recorded in a call, the latest first."""
    query = _RECORDED.where(Authorisation.call_id == call_id)
    with store.reading() as connection:
        return [RecordedAuthorisation(**row._asdict()) for row in connection.execute(query)]


def may_discuss(seen: Collection[RecordedAuthorisation], now: datetime) -> bool:
    """Return whether a person may be discussed in a call with these authorisations.

    People who call about their own card have none, and may be spoken with.
    """
    return not seen or any(each.counts(now) for each in seen)


_RECORDED = (
    select(
        Person.person_ref,
        *(
            getattr(Authorisation, each.name)
            for each in fields(RecordedAuthorisation)
            if each.name != "person_ref"
        ),
    )
    .join(Person, Person.id == Authorisation.person_id)
    .order_by(Authorisation.id.desc())
)
