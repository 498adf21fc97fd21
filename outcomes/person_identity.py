"""A person's identity for an explanation, without citizen number or secret address."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from outcomes.person_history import Portrait
from people.addresses import PostalAddress
from people.names import Name
from store.facts import DECIMAL_SCALE
from store.tables import FactColumn, Import, Person, PersonNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person as explanations need them, with the columns of `people` of these names."""

    id: int
    person_ref: str
    joint_hash: str | None
    initials: str
    given_name: str
    prefix: str
    family_name: str
    name_use: str
    partner_prefix: str
    partner_name: str
    name_damaged: bool
    gender: str
    birth_first: date | None
    birth_last: date | None
    street: str | None
    house_number: int | None
    house_letter: str | None
    house_addition: str | None
    house_designation: str | None
    postcode: str | None
    town: str | None
    country: str
    household_key: int | None
    deceased_on: date | None
    moved_abroad_on: date | None
    address_under_investigation: bool
    secret_address: bool
    guardian_ref: str | None
    facts: dict[str, Any]
    import_id: int
    imported_at: datetime
    updated_at: datetime


def find_person(connection: Connection, ref: str) -> KnownPerson | None:
    """Return a person by their reference, or None."""
    columns = [getattr(Person, field.name) for field in fields(KnownPerson)]
    row = connection.execute(select(*columns).where(Person.person_ref == ref)).one_or_none()
    return None if row is None else KnownPerson(**row._asdict())


def numbers_of(connection: Connection, person_id: int) -> tuple[str, ...]:
    """Return a person's numbers (E.164), the first one first."""
    query = (
        select(PersonNumber.e164)
        .where(PersonNumber.person_id == person_id)
        .order_by(PersonNumber.position)
    )
    return tuple(connection.execute(query).scalars())


def portrait(connection: Connection, person: KnownPerson, numbers: tuple[str, ...]) -> Portrait:
    """Return what may be shown of a person."""
    source = connection.execute(
        select(Import.file).where(Import.id == person.import_id)
    ).scalar_one()
    return Portrait(
        person_ref=person.person_ref,
        name=Name.of(person).called(),
        name_damaged=person.name_damaged,
        birth=_birth(person.birth_first, person.birth_last),
        address=() if person.secret_address else _address(person),
        secret_address=person.secret_address,
        numbers=numbers,
        facts=_facts(connection, person.facts),
        remarks=_remarks(person),
        imported_at=person.imported_at,
        updated_at=person.updated_at,
        source=source,
    )


def _facts(connection: Connection, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts as the source wrote them. Decimals are stored in ten-thousandths."""
    decimals = set(
        connection.execute(select(FactColumn.name).where(FactColumn.type == "decimal")).scalars()
    )
    return {
        name: str(Decimal(value) / DECIMAL_SCALE)
        if name in decimals and value is not None
        else value
        for name, value in facts.items()
    }


def _birth(first: date | None, last: date | None) -> str:
    """Return the date of birth, or the certain part of a partial one."""
    if first is None or last is None:
        return ""
    if first == last:
        return first.isoformat()
    if first.year != last.year:
        return f"{first.year}-{last.year}"
    return f"{first:%Y-%m}" if first.month == last.month else str(first.year)


def _address(person: KnownPerson) -> tuple[str, ...]:
    whole = PostalAddress.stored(person)
    return whole.lines() if whole else ()


def _remarks(person: KnownPerson) -> tuple[str, ...]:
    remarks = (
        person.deceased_on and f"deceased on {person.deceased_on}",
        person.moved_abroad_on and f"moved abroad on {person.moved_abroad_on}",
        person.guardian_ref and "somebody else looks after this person's affairs",
        person.address_under_investigation and "the address is under investigation",
    )
    return tuple(remark for remark in remarks if remark)
