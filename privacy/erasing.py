"""Erasure of one person: what says who it was goes, what was counted stays under a pseudonym.

The pseudonym is random, so nobody has a key to it. An objection outlives the person as a keyed hash: a file that
names them again does not make anybody reach them.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, delete, insert, select, update

from campaigns.looking_back.retention import read_periods
from campaigns.touches.touch_states import move
from desk.cases.overdue import open_of_case
from installation.installation import Installation
from people.cells.findings_files import findings_folder
from people.erased.keys_of_erasures import key_for_erasing, keyed_hash
from privacy.belongings import WAYS, Rows, belongings
from privacy.emptied_columns import REMOVED, emptied
from privacy.erasure_list import ErasedPerson, append_to_list
from privacy.findings_of_person import drop_findings
from privacy.print_files import RunFiles, runs_of_touches
from privacy.requests import open_request
from privacy.sqlite_leftovers import empty_journal, overwrite_removed
from store.audit_log import About, Decider, Kind, record
from store.base import Table
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallState, RequestKind, TouchState
from store.tables import (
    Campaign,
    Erasure,
    KeptObjection,
    Person,
    PersonNumber,
    Reflection,
    Touch,
)
from suppression.reasons import Reason

_UNDER_WAY: Final = frozenset({TouchState.CLAIMED, TouchState.UNKNOWN})
_AT_HAND: Final = frozenset({CallState.WAITING, CallState.TAKEN})
_SHARED: Final = ("replies", "calls", "answers")
"""Tables whose rows may be somebody's by their number alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Result of an erasure."""

    pseudonym: str
    rows: Mapping[str, int]  # by table, emptied or removed
    kept_objections: int
    files: tuple[RunFiles, ...]  # print files that still hold them, with others

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def erase(installation: Installation, number: int, *, by: Decider, now: datetime) -> Erased:
    """Erase the person of a request, once a second officer checked it.

    Raises:
        BadInput: there is no such open request, it was not checked, or something about the person is under way or
            must be kept.
    """
    found = open_request(installation.store, number, RequestKind.ERASURE)
    if found.checked_at is None:
        problem = Sentence("request {number} was not checked by a second person", number=number)
        raise BadInput(problem, Sentence("kaartje privacy check {number}", number=number))
    pseudonym = new_pseudonym()
    return erase_person(installation, found.person_ref, pseudonym, by=by, now=now, request=number)


def new_pseudonym() -> str:
    """Return a random pseudonym, which leads to nobody."""
    return f"erased-{secrets.token_hex(8)}"


def erase_person(
    installation: Installation,
    ref: str,
    pseudonym: str,
    *,
    by: Decider,
    now: datetime,
    request: int | None = None,
) -> Erased:
    """Erase one person under this pseudonym, in one transaction, and add them to the list of erasures.

    Raises:
        BadInput: something about the person is under way or must be kept.
    """
    held = read_periods(installation).legal_hold
    secret = installation.settings.key()
    with installation.store.writing() as connection:
        overwrite_removed(connection)
        rows = _alone(connection, belongings(connection, ref))
        _refuse_open(connection, rows, held)
        key = key_for_erasing(connection, secret)
        kept = _keep_objections(connection, rows, key)
        counts = _empty_all(connection, rows, pseudonym, now)
        files = runs_of_touches(connection, installation, [row["id"] for row in rows["touches"]])
        values = {"pseudonym": pseudonym, "request_id": request, "rows": counts}
        connection.execute(insert(Erasure).values(**values, erased_at=now, erased_by=by.name))
        about = About(Kind.PERSON, person_ref=pseudonym)
        record(connection, by, "erased_person", about, now=now, request=request)
        numbers = [keyed_hash(key, row["e164"]) for row in rows["person_numbers"]]
        line = ErasedPerson(
            pseudonym=pseudonym,
            ref_hash=keyed_hash(key, ref),
            number_hashes=tuple(numbers),
            erased_at=now,
            erased_by=by.name,
        )
        append_to_list(
            installation, connection, line
        )  # before the commit: once too often is no harm
    drop_findings(findings_folder(installation.settings.shared_folder), ref)
    empty_journal(installation.store)
    return Erased(pseudonym=pseudonym, rows=counts, kept_objections=kept, files=files)


def _alone(connection: Connection, rows: dict[str, Rows]) -> dict[str, Rows]:
    """Leave out what came from a number that somebody else has too, and names nobody."""
    numbers = [row["e164"] for row in rows["person_numbers"]]
    person_id = rows["people"][0]["id"]
    others = select(PersonNumber.e164).where(
        PersonNumber.e164.in_(numbers), PersonNumber.person_id != person_id
    )
    shared = set(connection.execute(others).scalars())
    columns = {"replies": "from_number", "calls": "number", "answers": "e164"}
    for table in _SHARED:
        rows[table] = [
            row
            for row in rows[table]
            if row["person_id"] == person_id or row[columns[table]] not in shared
        ]
    alone = _lives_alone(connection, rows["people"][0])
    rows["suppressions"] = [
        row
        for row in rows["suppressions"]
        if row["person_ref"] is not None
        or (row["e164"] and row["e164"] not in shared)
        or (row["household_key"] and alone)
    ]
    rows["address_decisions"] = rows["address_decisions"] if alone else []
    return rows


def _lives_alone(connection: Connection, person: Mapping[str, Any]) -> bool:
    """Say whether nobody else is known at their address."""
    others = select(Person.id).where(
        Person.household_key == person["household_key"], Person.id != person["id"]
    )
    return connection.execute(others.limit(1)).first() is None


def _refuse_open(connection: Connection, rows: Mapping[str, Rows], held: frozenset[str]) -> None:
    """Refuse to erase somebody with whom something is under way, or whose data must be kept.

    Raises:
        BadInput: that is so.
    """
    if rows["people"][0]["erased_at"] is not None:
        raise BadInput("was erased before", "there is nothing left to erase")
    texts = [row["state"] for row in rows["answers"]]
    moving = any(row["state"] in _UNDER_WAY for row in rows["touches"])
    if moving or any(state in (*_UNDER_WAY, TouchState.PLANNED) for state in texts):
        raise BadInput("a message to them is on its way", "wait for the next pass: kaartje deliver")
    if any(row["state"] in _AT_HAND for row in rows["calls"]):
        raise BadInput("a call of theirs waits or is being held", "wrap it up first")
    left = [what for row in rows["cases"] for what in open_of_case(connection, row["id"])]
    if left or any(row["closed_at"] is None for row in rows["cases"]):
        raise BadInput("their case is open", "end what is open in it and close it first")
    numbers = {row["campaign_id"] for row in rows["decisions"]}
    names = select(Campaign.name).where(Campaign.id.in_(numbers), Campaign.name.in_(held))
    if (name := connection.execute(names).scalar()) is not None:
        problem = Sentence("campaign {name} is under a legal hold", name=name)
        raise BadInput(problem, "wait until the hold is lifted, and tell them so")


def _keep_objections(connection: Connection, rows: Mapping[str, Rows], key: bytes) -> int:
    """Keep what must go on holding as keyed hashes, of the person and of each number."""
    standing = [row for row in rows["suppressions"] if row["lifted_at"] is None]
    ref = rows["people"][0]["person_ref"]
    values = []
    for row in standing:
        rule = {name: row[name] for name in ("reason", "channel", "purpose", "subject")}
        times = {"starts_at": row["starts_at"], "ends_at": row["ends_at"]}
        hashed = {"key_hash": keyed_hash(key, ref), "of_number": False}
        values.append({**hashed, **rule, **times})
        if row["e164"]:
            number = {"key_hash": keyed_hash(key, row["e164"]), "of_number": True}
            values.append({**number, **rule, **times})
    if values:
        connection.execute(insert(KeptObjection), values)
    return len(values)


def _empty_all(
    connection: Connection, rows: Mapping[str, Rows], pseudonym: str, now: datetime
) -> dict[str, int]:
    """Empty or remove every row, and return how many of each table."""
    _withhold_planned(connection, rows, now)
    _empty_neighbours(connection, rows, pseudonym)
    for name in WAYS:
        table = Table.metadata.tables[name]
        for row in rows[name]:
            which = sa.and_(*(key == row[key.name] for key in table.primary_key.columns))
            if name in REMOVED:
                connection.execute(delete(table).where(which))
            elif values := emptied(table, row, pseudonym):
                connection.execute(update(table).where(which).values(values))
    person = update(Person).where(Person.id == rows["people"][0]["id"])
    connection.execute(person.values(erased_at=now))
    return {name: len(found) for name, found in rows.items() if found}


def _withhold_planned(connection: Connection, rows: Mapping[str, Rows], now: datetime) -> None:
    """Withhold what was planned for them, as for somebody who is on a list."""
    move(
        connection,
        Touch.person_id == rows["people"][0]["id"],
        TouchState.WITHHELD,
        origin=TouchState.PLANNED,
        now=now,
        reason=Reason.SUPPRESSED.value,
    )


def _empty_neighbours(connection: Connection, rows: Mapping[str, Rows], pseudonym: str) -> None:
    """Empty what others wrote of them: reflections on their calls, and whose guardian they are."""
    calls = [row["id"] for row in rows["calls"]]
    words = {"went_well": "", "was_hard": "", "next_time": ""}
    connection.execute(update(Reflection).where(Reflection.call_id.in_(calls)).values(words))
    ref = rows["people"][0]["person_ref"]
    guarded = update(Person).where(Person.guardian_ref == ref)
    connection.execute(guarded.values(guardian_ref=pseudonym))
