"""Addresses with too many adults for a household, and what a person decided about each."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, insert, or_, select

from people.addresses import PostalAddress
from people.house_numbers import printed_number
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_mixed
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
    house_designation: str | None
    lines: tuple[str, ...]
    adults: int

    @property
    def place(self) -> str:
        """Postcode and number, or the whole address where it has no number.

        It is empty for a secret address.
        """
        if self.house_number is None:
            return ", ".join(self.lines)
        number = printed_number(
            self.house_number,
            self.house_letter or "",
            self.house_addition or "",
            self.house_designation or "",
        )
        return f"{self.postcode} {number}"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def crowded(store: Store, *, now: datetime, above: int) -> list[CrowdedAddress]:
    """Return the undecided addresses with more than `above` adults, the fullest first.

    Whoever died or moved abroad does not live there; whose birth date is unknown counts as an adult. An address is
    spelled as of the person there who was known first.
    """
    with store.reading() as connection:
        rows = read_mixed(connection, _crowded(local_date(now), above))
        return [_shown(person, secret == 1, adults) for person, secret, adults in rows]


def _shown(person: Person, secret: bool, adults: int) -> CrowdedAddress:  # noqa: FBT001  a column
    home = None if secret else PostalAddress.stored(person)
    return CrowdedAddress(
        key=person.household_key or 0,
        postcode=home.postcode if home else None,
        house_number=home.house_number if home else None,
        house_letter=home.house_letter if home else None,
        house_addition=home.house_addition if home else None,
        house_designation=home.house_designation if home else None,
        lines=home.lines() if home else (),
        adults=adults,
    )


def _crowded(today: date, above: int) -> Select[Person, int, int]:
    adults = func.count()
    found = (
        select(
            func.max(case((Person.secret_address, 1), else_=0)).label("secret"),
            func.min(Person.id).label("first"),
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
        .subquery()
    )
    return (
        select(Person, found.c.secret, found.c.adults)
        .join(found, Person.id == found.c.first)
        .order_by(found.c.adults.desc(), Person.household_key)
    )


def key_of(
    postcode: str, house_number: str, letter: str = "", addition: str = "", designation: str = ""
) -> int:
    """Return the key of a Dutch address.

    Raises:
        BadInput: a part is wrong.
    """
    return PostalAddress.parse(
        street="-",
        town="-",
        postcode=postcode,
        house_number=house_number,
        house_letter=letter,
        house_addition=addition,
        house_designation=designation,
    ).household_key


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
