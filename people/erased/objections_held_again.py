"""Suppression of people whom a file names again after they objected and were erased."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, insert, select

from people.erased.keys_of_erasures import key_for_erasing, keyed_hash
from store.mapped_rows import read_all
from store.states import SuppressionScope
from store.tables import KeptObjection, Person, PersonNumber, Suppression

SOURCE = "an objection from before an erasure"


def hold_erased(connection: Connection, secret: bytes, *, import_id: int, now: datetime) -> int:
    """Suppress again whom this import brought back after an erasure, as they objected before it.

    Returns how many entries were made. Where nobody was erased this reads one row.
    """
    kept = read_all(connection, select(KeptObjection))
    if not kept:
        return 0
    key = key_for_erasing(connection, secret)
    by_hash: dict[str, list[int]] = {}
    for place, each in enumerate(kept):
        by_hash.setdefault(each.key_hash, []).append(place)
    again = [
        (place, ref)
        for ref, text in _brought(connection, import_id)
        for place in by_hash.get(keyed_hash(key, text), ())
    ]
    return sum(_suppress(connection, kept[place], ref, now) for place, ref in again)


def _brought(connection: Connection, import_id: int) -> Iterator[tuple[str, str]]:
    """Yield the reference of everybody whom an import wrote, with it and with each of their numbers."""
    people = select(Person.person_ref).where(Person.import_id == import_id)
    for ref in connection.execute(people.execution_options(yield_per=10_000)).scalars():
        yield ref, ref
    numbers = (
        select(Person.person_ref, PersonNumber.e164)
        .join(PersonNumber, PersonNumber.person_id == Person.id)
        .where(Person.import_id == import_id)
    )
    for ref, e164 in connection.execute(numbers.execution_options(yield_per=10_000)):
        yield ref, e164


def _suppress(connection: Connection, kept: KeptObjection, ref: str, now: datetime) -> int:
    entry = f"erased:{kept.id}:{ref}"
    known = select(Suppression.id).where(Suppression.entry_key == entry)
    if connection.execute(known).first() is not None:
        return 0
    values = {
        "entry_key": entry,
        "scope": SuppressionScope.PERSON,
        "person_ref": ref,
        "reason": kept.reason,
        "channel": kept.channel,
        "purpose": kept.purpose,
        "subject": kept.subject,
        "source": SOURCE,
        "note": "",
        "starts_at": kept.starts_at,
        "ends_at": kept.ends_at,
        "added_at": now,
        "added_by": "import",
    }
    connection.execute(insert(Suppression).values(values))
    return 1
