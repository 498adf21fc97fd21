"""Addresses with too many adults for a household, and what a person decided about each."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, insert, or_, select

from people.addresses import PostalAddress
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.states import AddressKind
from store.tables import AddressDecision, Person
from suppression.year_spans import ADULT_AGE, years_before


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdedAddress:
    """One address with many adults. Of a secret address only the key is shown."""

    key: int
    postcode: str | None
    house_number: int | None
    house_letter: str | None
    house_addition: str | None
    adults: int

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def crowded(store: Store, *, now: datetime, above: int) -> list[CrowdedAddress]:
    """Return the undecided addresses with more than `above` adults, the fullest first.

    Whoever died or moved abroad does not live there; whose birth date is unknown counts as an adult.
    """
    with store.reading() as connection:
        found = connection.execute(_crowded(local_date(now), above))
        return [
            CrowdedAddress(
                key=row.key,
                postcode=None if row.secret else row.postcode,
                house_number=None if row.secret else row.house_number,
                house_letter=None if row.secret else row.house_letter,
                house_addition=None if row.secret else row.house_addition,
                adults=row.adults,
            )
            for row in found
        ]


def _crowded(today: date, above: int) -> Select[*tuple[Any, ...]]:
    adults = func.count()
    # everyone of one key has one postcode and number; their spelling of the letter may differ
    parts = (Person.postcode, Person.house_number, Person.house_letter, Person.house_addition)
    return (
        select(
            Person.household_key.label("key"),
            func.max(case((Person.secret_address, 1), else_=0)).label("secret"),
            *(func.max(part).label(part.key) for part in parts),
            adults.label("adults"),
        )
        .where(
            Person.household_key.is_not(None),
            Person.deceased_on.is_(None),
            Person.moved_abroad_on.is_(None),
            or_(Person.birth_last.is_(None), Person.birth_last <= years_before(today, ADULT_AGE)),
            ~exists().where(AddressDecision.household_key == Person.household_key),
        )
        .group_by(Person.household_key)
        .having(adults > above)
        .order_by(adults.desc(), Person.household_key)
    )


def key_of(postcode: str, house_number: str, letter: str = "", addition: str = "") -> int:
    """Return the key of a Dutch address.

    Raises:
        BadInput: a part is wrong.
    """
    parts = {"house_number": house_number, "house_letter": letter, "house_addition": addition}
    return PostalAddress.parse(street="-", town="-", postcode=postcode, **parts).household_key


def decide(store: Store, key: int, kind: AddressKind, *, why: str, by: str, now: datetime) -> int:
    """Record what an address is, and return how many people live there. The latest decision counts.

    Raises:
        BadInput: nobody said why, or no known person lives there.
    """
    if not why.strip():
        raise BadInput("has no reason", "write how you know, it is kept", field="why")
    with store.writing() as connection:
        living = connection.execute(
            select(func.count()).where(Person.household_key == key)
        ).scalar_one()
        if not living:
            raise BadInput(
                "no known person lives there", "look at the address again", field="address"
            )
        word = {
            "household_key": key,
            "kind": kind,
            "why": why.strip(),
            "decided_at": now,
            "decided_by": by,
        }
        connection.execute(insert(AddressDecision).values(word))
    return living
