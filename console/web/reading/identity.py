"""Check a caller's identity against the register, and read what may be shown after it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from installation.installation import Installation
from people.addresses import PostalAddress
from people.names import Name
from store.mapped_rows import read_by_key
from store.states import CallKind, CallState, TouchState
from store.tables import Call, Campaign, Case, Person, Touch


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """One message that was sent to a person."""

    touch_id: int
    campaign: str
    channel: str
    handed_over_at: datetime | None
    state: TouchState


@dataclass(frozen=True, slots=True)
class Conversation:
    """One earlier conversation with this person."""

    at: datetime
    agent: str
    disposition: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A person and what they were sent, to show after the identity check."""

    person_ref: str
    name: str
    address: tuple[str, ...]
    language: str
    sent: tuple[Sent, ...]
    conversations: tuple[Conversation, ...]  # the latest first
    owner: str | None  # of their case


def can_compare(installation: Installation, person_id: int) -> bool:
    """Say whether the register has a full date of birth and a postcode to compare with."""
    person = _person(installation, person_id)
    return person is not None and _is_complete(person)


def is_same(installation: Installation, person_id: int, born: date | None, postcode: str) -> bool:
    """Say whether what the caller says matches the register.

    Args:
        installation: The installation.
        person_id: Whom the card was for.
        born: The date of birth as the caller gave it; None where it is no date.
        postcode: The postcode as the caller gave it, written anyhow.
    """
    person = _person(installation, person_id)
    given = "".join(postcode.split()).upper()
    return person is not None and (
        _is_complete(person) and person.birth_first == born and person.postcode == given
    )


def known(installation: Installation, person_id: int) -> Known | None:
    """Return who this is. Ask only after the identity was checked."""
    person = _person(installation, person_id)
    if person is None:
        return None
    conversations, owner = _case(installation, person_id)
    return Known(
        person_ref=person.person_ref,
        name=Name.of(person).addressee(),
        address=_address(person),
        language=person.language,
        sent=sent_to(installation, person_id),
        conversations=conversations,
        owner=owner,
    )


def ref_of(installation: Installation, person_id: int) -> str | None:
    """Return the reference of a person."""
    person = _person(installation, person_id)
    return person.person_ref if person else None


def _address(person: Person) -> tuple[str, ...]:
    whole = PostalAddress.stored(person)
    return whole.lines() if whole else ()


def sent_to(installation: Installation, person_id: int) -> tuple[Sent, ...]:
    """Return what was sent to a person, the latest first.

    Ask only after the identity was checked.
    """
    query = (
        select(
            Touch.id.label("touch_id"),
            Campaign.title.label("campaign"),
            Touch.channel,
            Touch.handed_over_at,
            Touch.state,
        )
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(Touch.person_id == person_id, Touch.handed_over_at.is_not(None))
        .order_by(Touch.handed_over_at.desc())
    )
    with installation.store.reading() as connection:
        return tuple(Sent(**row) for row in connection.execute(query).mappings())


def _case(
    installation: Installation, person_id: int
) -> tuple[tuple[Conversation, ...], str | None]:
    """Return the earlier conversations with a person, and the owner of their case."""
    # to prepare an appointment is to talk with nobody
    ended = (
        Call.person_id == person_id,
        Call.state == CallState.WRAPPED_UP,
        Call.kind != CallKind.PREPARE,
    )
    query = (
        select(Call.wrapped_up_at, Call.taken_by, Call.disposition, Call.note)
        .where(*ended)
        .order_by(Call.wrapped_up_at.desc(), Call.id.desc())
    )
    owner = select(Case.owner).where(Case.person_id == person_id)
    with installation.store.reading() as connection:
        found = tuple(
            Conversation(at, agent or "", disposition or "", note)
            for at, agent, disposition, note in connection.execute(query)
            if at is not None
        )
        return found, connection.execute(owner).scalar_one_or_none()


def _is_complete(person: Person) -> bool:
    whole = person.birth_first is not None and person.birth_first == person.birth_last
    return whole and bool(person.postcode)


def _person(installation: Installation, person_id: int) -> Person | None:
    with installation.store.reading() as connection:
        return read_by_key(connection, Person, person_id)
