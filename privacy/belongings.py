"""Rows of every table that belong to one person, found by keys and never by a scan.

`WAYS` says of each table by which keys its rows are somebody's. A test compares it with the classes of all columns, so
that a new table with data of people cannot be left out of access or erasure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, or_, select, true

from store.base import Table as Base
from store.tables import load_all

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Way:
    """Rows are somebody's whose column holds a value of a column of rows that are theirs."""

    column: str
    table: str
    key: str


def _ways(*written: str) -> tuple[Way, ...]:
    """Return ways written as `call_id=calls.id`."""
    found = []
    for each in written:
        column, _, source = each.partition("=")
        table, _, key = source.partition(".")
        found.append(Way(column, table, key))
    return tuple(found)


_PERSON, _REF = "person_id=people.id", "person_ref=people.person_ref"
_TOUCH, _CALL = "touch_id=touches.id", "call_id=calls.id"

WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    "people": (),
    "person_numbers": _ways(_PERSON),
    "obligations": _ways(_REF),
    "address_decisions": _ways("household_key=people.household_key"),
    "suppressions": _ways(
        _REF,
        "e164=person_numbers.e164",
        "household_key=people.household_key",
        "joint_hash=people.joint_hash",
    ),
    "consents": _ways(_REF),
    "audience_members": _ways(_PERSON),
    "decisions": _ways(_PERSON),
    "touches": _ways(_PERSON),
    "touch_events": _ways(_TOUCH),
    "response_codes": _ways(_TOUCH),
    "attempts": _ways(_TOUCH),
    "print_pieces": _ways(_TOUCH),
    "pulls": _ways("piece_id=print_pieces.id"),
    "replies": _ways(_PERSON, _REF, _TOUCH, "from_number=person_numbers.e164"),
    "calls": _ways(_PERSON, _TOUCH, "reply_id=replies.id", "number=person_numbers.e164"),
    "legs": _ways(_CALL, _TOUCH),
    "promises": _ways(_CALL, _PERSON),
    "call_topics": _ways(_CALL),
    "call_signs": _ways(_CALL),
    "drafts": _ways(_CALL),
    "cases": _ways(_PERSON),
    "handovers": _ways("case_id=cases.id"),
    "referrals": _ways("case_id=cases.id"),
    "deviations": _ways(_PERSON, "case_id=cases.id"),
    "team_tasks": _ways(_PERSON),
    "appointments": _ways(_PERSON),
    "authorisations": _ways(_PERSON, _CALL),
    "answers": _ways(_PERSON, "reply_id=replies.id", "e164=person_numbers.e164"),
    "provider_events": _ways(
        _TOUCH, "answer_id=answers.id", "reply_id=replies.id", "provider_ref=legs.ref"
    ),
    "outcomes": _ways(_REF),
    "privacy_requests": _ways(_PERSON),
    "audit_log": _ways(_REF),
}
"""Ways to the rows of each table, those it refers to before it."""

NOBODYS_IN_PARTICULAR: Final[Mapping[str, str]] = {
    "code_guesses": "a keyed hash of a visitor for some days, which leads to nobody",
    "journal_lines": "a number while its batch of texts is open, and nobody is erased then",
    "shop_answers": "what a print shop said of a run, by numbers of pieces that name nobody",
    "stops_of_everything": "why everything was held",
}
"""Tables with columns about people that belong to no person we know, and why."""


def belongings(connection: Connection, ref: str) -> dict[str, Rows]:
    """Return every row that belongs to the person of this reference, by table.

    A row that names another person is theirs, whatever else it shares. Empty where nobody has this reference.
    """
    load_all()
    tables = Base.metadata.tables
    people = tables["people"]
    found: dict[str, Rows] = {"people": _read(connection, people, people.c.person_ref == ref)}
    if not found["people"]:
        return {}
    for name, ways in WAYS.items():
        if name != "people":
            condition = _condition(tables[name], ways, found)
            found[name] = [] if condition is None else _read(connection, tables[name], condition)
    return found


def _read(connection: Connection, table: Table, which: ColumnElement[bool]) -> Rows:
    query = select(table).where(which).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def _condition(
    table: Table, ways: tuple[Way, ...], found: Mapping[str, Rows]
) -> ColumnElement[bool] | None:
    """Return the condition of the rows of a table that are theirs, or None if none can be."""
    held = [table.c[way.column].in_(values) for way in ways if (values := _values(way, found))]
    if not held:
        return None
    return or_(*held) & _nobody_elses(table, found)


def _values(way: Way, found: Mapping[str, Rows]) -> list[Any]:
    values = {row[way.key] for row in found.get(way.table, []) if row[way.key] is not None}
    return sorted(values)


def _nobody_elses(table: Table, found: Mapping[str, Rows]) -> ColumnElement[bool]:
    """Return the condition that a row names nobody, or them."""
    owners = _owners(table, found["people"][0])
    return or_(*owners) if _keys(table) else true()


def _keys(table: Table) -> list[str]:
    return [name for name in ("person_id", "person_ref") if name in table.c]


def _owners(table: Table, person: Mapping[str, Any]) -> Iterator[ColumnElement[bool]]:
    keys = {"person_id": person["id"], "person_ref": person["person_ref"]}
    names = _keys(table)
    for name in names:
        yield table.c[name] == keys[name]
    nobody: ColumnElement[bool] | None = None
    for name in names:
        missing = table.c[name].is_(None)
        nobody = missing if nobody is None else nobody & missing
    if nobody is not None:
        yield nobody
