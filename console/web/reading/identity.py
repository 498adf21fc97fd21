"""Is the caller the person the card was for? The agent asks, the console compares, and shows nothing before that."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from installation.installation import Installation
from people.addresses import PostalAddress
from people.names import Name
from store.states import CallKind, CallState, TouchState
from store.tables import Call, Campaign, Case, Person, Touch


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that went out to this person."""

    touch_id: int
    campaign: str
    channel: str
    handed_over_at: datetime | None
    state: TouchState


@dataclass(frozen=True, slots=True)
class Talk:
    """One earlier conversation with this person."""

    at: datetime
    agent: str
    disposition: str
    note: str


@dataclass(frozen=True, slots=True)
class Known:
    """Who somebody is and what they were sent, for an agent who made sure to be talking to them."""

    person_ref: str
    name: str
    address: tuple[str, ...]
    language: str
    sent: tuple[Sent, ...]
    talks: tuple[Talk, ...]  # the latest first
    owner: str | None  # of their case


def can_compare(installation: Installation, person_id: int) -> bool:
    """Say whether the register knows enough to compare with: a whole date of birth, and an address."""
    row = _person(installation, person_id)
    return (
        row is not None
        and row.birth_first is not None
        and row.birth_first == row.birth_last
        and bool(row.postcode)
    )


def is_same(installation: Installation, person_id: int, born: date | None, postcode: str) -> bool:
    """Say whether what the caller says is what the register knows.

    Args:
        installation: The installation.
        person_id: Whom the card was for.
        born: The date of birth as the caller gave it; None where it is no date.
        postcode: The postcode as the caller gave it, written anyhow.
    """
    row = _person(installation, person_id)
    said = "".join(postcode.split()).upper()
    return can_compare(installation, person_id) and bool(
        row.birth_first == born and row.postcode == said
    )


def known(installation: Installation, person_id: int) -> Known | None:
    """Return who this is; ask only after the identity was checked."""
    row = _person(installation, person_id)
    if row is None:
        return None
    name = Name.of(row).addressee()
    return Known(
        row.person_ref,
        name,
        _address(row),
        row.language,
        sent_to(installation, person_id),
        *_case(installation, person_id),
    )


def ref_of(installation: Installation, person_id: int) -> str | None:
    """Return the reference of a person."""
    row = _person(installation, person_id)
    return row.person_ref if row else None


def _address(row: Any) -> tuple[str, ...]:
    if row.household_key is None:
        return ()
    return PostalAddress(
        street=row.street,
        house_number=row.house_number,
        house_letter=row.house_letter or "",
        house_addition=row.house_addition or "",
        postcode=row.postcode,
        town=row.town,
        country=row.country,
    ).lines()


def sent_to(installation: Installation, person_id: int) -> tuple[Sent, ...]:
    """Return what went out to a person, the latest first; ask only after the identity was checked."""
    query = (
        select(Touch.id, Campaign.title, Touch.channel, Touch.handed_over_at, Touch.state)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(Touch.person_id == person_id, Touch.handed_over_at.is_not(None))
        .order_by(Touch.handed_over_at.desc())
    )
    with installation.store.reading() as connection:
        return tuple(Sent(*row) for row in connection.execute(query))


def _case(installation: Installation, person_id: int) -> tuple[tuple[Talk, ...], str | None]:
    """Return the earlier conversations with a person, and whose their case is."""
    # to prepare an appointment is to talk with nobody
    ended = (
        Call.person_id == person_id,
        Call.state == CallState.WRAPPED_UP,
        Call.kind != CallKind.PREPARE,
    )
    talks = select(Call.wrapped_up_at, Call.taken_by, Call.disposition, Call.note).where(*ended)
    owner = select(Case.owner).where(Case.person_id == person_id)
    with installation.store.reading() as connection:
        found = connection.execute(talks.order_by(Call.wrapped_up_at.desc(), Call.id.desc()))
        had: list[Any] = list(found)
        return tuple(Talk(*row) for row in had), connection.execute(owner).scalar_one_or_none()


def _person(installation: Installation, person_id: int) -> Any:
    with installation.store.reading() as connection:
        return connection.execute(
            select(Person.__table__).where(Person.id == person_id)
        ).one_or_none()
