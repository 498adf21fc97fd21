"""Making stored address keys anew, after the way in which they are made has changed.

Revision 0015 asks for it in the table `address_rekeying`. What names an address by its key alone (suppressions,
decisions about an address) goes first, while people still have the old keys that say which address it is. People follow
in batches of one transaction each. Where a process dies the next one goes on. Nothing is decided meanwhile, because
every process makes the keys anew before it does anything else.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, cast

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    literal_column,
    select,
    text,
    update,
)

from people.addresses import (
    KEY_HASH,
    OPPOSITE_ENDS,
    AddressFields,
    text_behind,
    without_opposite,
)
from people.house_numbers import parts_behind
from store.engine import Store
from store.mapped_rows import collecting_seldom
from store.tables import AddressDecision, AddressRekeying, Decision, Person, Suppression

BATCH = 10_000
# country, postcode and number are put together by the database, in half the time that it takes to read them one by one
COLUMNS = (
    *("id", "street", "country || '|' || postcode || '|' || house_number as front"),
    *("house_letter", "house_addition", "household_key"),
)
# only these can have another key than before: whoever has a bare number is not even read. Few streets have
# a later word with a t, and to look for that first is quicker than to look for three words in every street.
SPELLED = """
    household_key is not null and (house_letter <> '' or house_addition <> '' or (street like '% t%'
    and (street like '% t/o' or street like '% t.o.' or street like '% tegenover')))"""
NEW = ("house_letter", "house_addition", "house_designation", "household_key")
_ARRAYS = ", ".join(["%s::text[]"] * 3 + ["%s::bigint[]"] * 2)
_ENDS = frozenset(OPPOSITE_ENDS)
_FORMER_NUMBER = re.compile(
    r"0*([1-9][0-9]{0,4})(?:(?=[^0-9])[ ./-]*([^0-9 ./-].*|[0-9].*))?", re.ASCII
)


Stored = tuple[int, str, str, str, str, int]
"""The values of `COLUMNS`."""
Renewal = tuple[str, str, str, int, int]
"""The values of `NEW`, and the row's id."""


def renewals(stored: Iterable[Stored]) -> list[Renewal]:
    """Return what stored addresses of the former rules become, without those of which nothing changes."""
    found: list[Renewal] = []
    take, blank, number = found.append, KEY_HASH.copy, int.from_bytes
    # what `key_of` does stands here again: calling it for each of a million rows costs a tenth of all the time
    for row, street, front, letter, addition, key in stored:
        near = _designated_road(street)[1] if street[-1:] in _ENDS else ""
        new_letter, new_addition, near, behind = _renewed_behind(letter, addition, near)
        state = blank()
        state.update((front + behind).casefold().encode())
        renewed = number(state.digest(), "big") >> 1
        if renewed != key or new_addition != addition:
            take((new_letter, new_addition, near, renewed, row))
    return found


@lru_cache(maxsize=65_536)
def _designated_road(street: str) -> tuple[str, str]:
    return without_opposite(street, "")


@lru_cache(maxsize=65_536)
def _renewed_behind(letter: str, addition: str, near: str) -> tuple[str, str, str, str]:
    """Return what stands behind a number by the present rules, in parts and as the text of a key."""
    parts = parts_behind(letter, addition, near)
    return (*parts, text_behind(*parts))


def rekey(
    store: Store, *, batch: int = BATCH, watch: Callable[[int], None] = lambda _: None
) -> int:
    """Make every stored key of the former rules anew, and return how many people got another one.

    Args:
        store: The database.
        batch: How many people are read in one transaction.
        watch: Called after each transaction with the people renewed so far.
    """
    renewed = 0
    while True:
        with collecting_seldom(), store.writing() as connection:
            reached = _reached(connection)
            if reached is None:
                return renewed
            if reached == 0:
                _rekey_listed(connection)
            renewed += _rekey_some(connection, reached, batch)
        watch(renewed)


def _reached(connection: Connection) -> int | None:
    """Return the last person with a new key, or None where nothing is to be done. Others wait for the row."""
    query = select(AddressRekeying.reached).with_for_update()
    return connection.execute(query).scalar_one_or_none()


def _rekey_some(connection: Connection, reached: int, batch: int) -> int:
    stored = _read(connection, reached, batch)
    changed = renewals(stored)
    _rekey_decisions(connection, stored, changed)
    _write(connection, changed)
    _write_streets(connection, stored)
    if len(stored) < batch:
        connection.execute(delete(AddressRekeying))
    else:
        connection.execute(update(AddressRekeying).values(reached=stored[-1][0]))
    return len(changed)


def _read(connection: Connection, reached: int, batch: int) -> list[Stored]:
    spelled = SPELLED.replace(" like ", " ilike ") if _shared(connection) else SPELLED
    query = f"select {', '.join(COLUMNS)} from people where id > :reached and {spelled} order by id limit :batch"
    found = connection.execute(text(query), {"reached": reached, "batch": batch})
    # plain tuples: a row object for each would cost as much as all the rest
    return cast("list[Stored]", cast("Any", found.cursor).fetchall())


def _shared(connection: Connection) -> bool:
    return connection.dialect.name != "sqlite"


def _write(connection: Connection, changed: Sequence[Renewal]) -> None:
    if not changed:
        return
    if not _shared(connection):
        sets = ", ".join(f"{name} = ?" for name in NEW)
        connection.exec_driver_sql(f"update people set {sets} where id = ?", list(changed))
        return
    sets = ", ".join(f"{name} = new.{name}" for name in NEW)
    connection.exec_driver_sql(
        f"update people set {sets} from unnest({_ARRAYS}) as new({', '.join(NEW)}, id) where people.id = new.id",
        tuple(map(list, zip(*changed, strict=True))),
    )


def _write_streets(connection: Connection, stored: Sequence[Stored]) -> None:
    """Take the designation out of the streets that ended in one, which are few."""
    ending = [each[:2] for each in stored if each[1][-1:] in _ENDS]
    streets = [
        {"row": row, "road": road}
        for row, street in ending
        if (road := _designated_road(street)[0]) != street
    ]
    if streets:
        connection.execute(
            update(Person).where(Person.id == bindparam("row")).values(street=bindparam("road")),
            streets,
        )


def _rekey_decisions(
    connection: Connection, stored: Sequence[Stored], changed: Sequence[Renewal]
) -> None:
    """Give the ledger's rows of these people the new key of the address that they still have."""
    if not changed or connection.execute(select(Decision.person_id).limit(1)).first() is None:
        return
    former = {each[0]: each[-1] for each in stored}
    connection.execute(
        update(Decision)
        .where(
            Decision.person_id == bindparam("person"), Decision.household_key == bindparam("old")
        )
        .values(household_key=bindparam("new")),
        [{"person": row[-1], "old": former[row[-1]], "new": row[-2]} for row in changed],
    )


def _rekey_listed(connection: Connection) -> None:
    """Make the keys of listed addresses anew, as far as somebody known lives there."""
    for table in (Suppression, AddressDecision):
        _rekey_table(connection, table)


def _rekey_table(connection: Connection, table: type[Suppression] | type[AddressDecision]) -> None:
    listed = select(table.household_key).where(table.household_key.is_not(None))
    columns: list[Any] = [literal_column(name) for name in COLUMNS]
    people = select(*columns).select_from(Person)
    rows = connection.execute(people.where(Person.household_key.in_(listed)))
    keys = {
        row.household_key: found[-2]
        for row in rows
        for found in renewals([cast("Stored", tuple(row))])
    }
    _move(connection, table, keys)


def _move(
    connection: Connection,
    table: type[Suppression] | type[AddressDecision],
    keys: Mapping[int, int],
) -> None:
    moved = [{"old": old, "new": new} for old, new in keys.items() if old != new]
    if moved:
        connection.execute(
            update(table)
            .where(table.household_key == bindparam("old"))
            .values(household_key=bindparam("new")),
            moved,
        )


def unmatched_keys(connection: Connection) -> frozenset[int]:
    """Return the listed keys of addresses where nobody known lives.

    Some of them may be of the former rules.
    """
    key = Suppression.household_key
    query = select(key).where(key.is_not(None), ~exists().where(Person.household_key == key))
    return frozenset(found for found in connection.execute(query).scalars() if found is not None)


def match_keys(connection: Connection, keys: Mapping[int, int]) -> None:
    """Give listed addresses of the former rules their new keys, now that somebody there is known."""
    _move(connection, Suppression, keys)


def former_key(fields: AddressFields) -> int | None:
    """Return the key that an address had before revision 0015, as it was spelled, or None if it had none.

    A line of a list is known again by it, and an address on a list, of somebody who was not known then, is found.
    """
    if fields.house_designation or fields.location:
        return None
    found = _FORMER_NUMBER.fullmatch(fields.house_number)
    if found is None:
        return None
    letter, addition, rest = fields.house_letter, fields.house_addition, (found[2] or "").strip()
    if rest:
        letter, addition = (rest, "") if len(rest) == 1 and rest.isalpha() else ("", rest)
    said = f"{fields.country}|{fields.postcode}|{int(found[1])}|{letter}|{addition}".casefold()
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big") >> 1
