"""A person's identity for an explanation, without citizen number or secret address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, select

from campaigns.audience_language.condition_sentences import fact_clause
from outcomes.person_history import Portrait
from people.addresses import PostalAddress
from people.names import Name
from store.clock import local_date
from store.fact_words import described
from store.facts import DECIMAL_SCALE
from store.tables import FactColumn, Import, Person, PersonNumber
from store.written_dates import Language


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
    noble_title: str
    partner_noble_title: str
    partner_former: bool
    name_damaged: bool
    gender: str
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
    file, register = connection.execute(
        select(Import.file, Import.source).where(Import.id == person.import_id)
    ).one()
    facts = _facts(connection, person.facts)
    return Portrait(
        person_ref=person.person_ref,
        name=Name.of(person).called(),
        name_damaged=person.name_damaged,
        address=() if person.secret_address else _address(person),
        secret_address=person.secret_address,
        numbers=numbers,
        facts=facts,
        remarks=_remarks(person),
        imported_at=person.imported_at,
        updated_at=person.updated_at,
        source=file,
        register=register_name(register, file),
        facts_in_words=_facts_in_words(connection, facts, str(local_date(person.updated_at))),
        remarks_by_kind=_remarks_by_kind(person),
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


def _facts_in_words(
    connection: Connection, facts: dict[str, Any], known_on: str
) -> tuple[Mapping[Language, str], ...]:
    """Return the facts that are known as clauses, a day before `known_on` as past."""
    rows = connection.execute(select(FactColumn.name, FactColumn.type, FactColumn.words))
    declared = {name: (kind, words) for name, kind, words in rows}
    given = {name: words for name, (_, words) in declared.items() if words}
    return tuple(
        fact_clause(
            declared[name][0],
            value,
            described(name, given, past=declared[name][0] == "date" and str(value) < known_on),
        )
        for name, value in sorted(facts.items())
        if value is not None and name in declared
    )


def register_name(source: str | None, file: str) -> str:
    """Return the name of a source as it is said to people, of its register or else of its file."""
    return source or PurePath(file).name


def _remarks_by_kind(person: KnownPerson) -> dict[str, date | None]:
    kinds: dict[str, tuple[object, date | None]] = {
        "deceased": (person.deceased_on, person.deceased_on),
        "abroad": (person.moved_abroad_on, person.moved_abroad_on),
        "guardian": (person.guardian_ref, None),
        "investigation": (person.address_under_investigation, None),
    }
    return {name: day for name, (holds, day) in kinds.items() if holds}


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
