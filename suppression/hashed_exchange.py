"""Exchange suppression lists with another body as keyed hashes, without names.

A file holds hashes, a reason, a channel, a purpose, a subject and days. No name, reference, number, address or note
leaves the installation, and nothing that came from an exchange is passed on.
"""

import csv
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Connection, or_, select

from people.hashed_numbers import recognise_numbers
from people.shared_keys import JointKey
from people.sheet_imports import Taken, Watch, take_sheet, unwatched
from people.sheets import Refusals, Row, Sheet, open_sheet
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import SuppressionScope
from store.tables import Person, Suppression
from suppression.entries import NewEntry, list_entries
from suppression.list_rows import EntryReader
from suppression.list_writing import indexes_aside
from suppression.lists import LISTABLE

COLUMNS = ("key", "kind", "hash", "reason", "channel", "purpose", "subject", "from", "until")
PERSON, NUMBER = SuppressionScope.PERSON.value, SuppressionScope.NUMBER.value
_FETCHED = 2_000  # rows held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """The part of an entry that another body gets, from columns of `suppressions`."""

    reason: str
    channel: str | None
    purpose: str | None
    subject: str | None
    starts_at: datetime
    ends_at: datetime | None

    def cells(self) -> tuple[str, ...]:
        """Return the cells from `reason` to `until`, the last day on which the entry still holds."""
        last = self.ends_at - timedelta(microseconds=1) if self.ends_at else None
        return (
            self.reason,
            self.channel or "",
            self.purpose or "",
            self.subject or "",
            local_date(self.starts_at).isoformat(),
            local_date(last).isoformat() if last else "",
        )


_SHARED = tuple(getattr(Suppression, field.name) for field in fields(_Shared))


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The result of importing another body's file."""

    taken: Taken
    recognised: int  # entries about a number that is ours

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.taken.as_data(), "recognised": self.recognised}


def joint_key(key: JointKey | None) -> JointKey:
    """Return the joint key, if it is set.

    Raises:
        BadInput: there is none.
    """
    if key is None:
        remedy = "agree on a key with the other body, set it, and import the people again"
        raise BadInput(
            "is not set, so nothing can be exchanged", remedy, field="KAARTJE_JOINT_SECRET"
        )
    return key


def export_exchange(store: Store, text: TextIO, key: JointKey, *, now: datetime) -> int:
    """Write the entries in force for people with a known citizen number and for numbers.

    Return how many rows.

    Days are written, not moments: when exactly somebody said it is nobody else's business.
    """
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    fingerprint, count = key.fingerprint(), 0
    with store.reading() as connection:
        for row in chain(_persons(connection, now), _numbers(connection, key, now)):
            writer.writerow((fingerprint, *row))
            count += 1
    return count


def _persons(connection: Connection, now: datetime) -> Iterator[tuple[str | None, ...]]:
    # in the order of the hashes: the order in which people objected says who is who to somebody who was there
    query = (
        select(Person.joint_hash, *_SHARED)
        .join(Person, Person.person_ref == Suppression.person_ref)
        .where(
            Suppression.scope == SuppressionScope.PERSON, Person.joint_hash.is_not(None), *_own(now)
        )
        .distinct()
        .order_by(Person.joint_hash)
    )
    for row in connection.execution_options(yield_per=_FETCHED).execute(query):
        columns = row._asdict()
        yield (PERSON, columns.pop("joint_hash"), *_Shared(**columns).cells())


def _numbers(connection: Connection, key: JointKey, now: datetime) -> Iterator[tuple[str, ...]]:
    hashed = key.numbers()
    query = (
        select(Suppression.e164, *_SHARED)
        .where(
            Suppression.scope == SuppressionScope.NUMBER, Suppression.e164.is_not(None), *_own(now)
        )
        .distinct()
        .order_by(Suppression.e164)
    )
    for row in connection.execution_options(yield_per=_FETCHED).execute(query):
        columns = row._asdict()
        yield (NUMBER, hashed(columns.pop("e164")), *_Shared(**columns).cells())


def _own(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for entries that are in force and did not come from another body."""
    return (
        Suppression.joint_hash.is_(None),
        Suppression.reason.in_([reason.value for reason in LISTABLE]),
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= now,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
    )


def import_exchange(  # noqa: PLR0913  whose file it is, who takes it, and who watches
    store: Store,
    file: Path,
    key: JointKey,
    *,
    source: str,
    by: str,
    now: datetime,
    channels: Collection[str] | None = None,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> Exchanged:
    """Import another body's file. It applies to people and numbers known now or later.

    Importing a newer file adds what is new. What the other body lifted since stays here until a person lifts it: a file
    that was cut short must open nobody.

    Args:
        store: The database.
        file: What the other body's `export_exchange` wrote.
        key: The key that both have.
        source: Who it is from.
        by: Who imports it.
        now: When it is imported.
        channels: The channels of this installation. A row about another one is refused.
        refused: Where the refused rows are written, if there are any.
        watch: Called with the progress.

    Raises:
        BadInput: it is no such file, or was made with another key.
    """
    sheet = open_sheet(file, required=COLUMNS)
    _check_key(sheet, key)
    reader = EntryReader(source, now, channels, exported=True)
    recognised = 0

    def take(connection: Connection, _import_id: int, rows: list[Row], refusals: Refusals) -> int:
        found = []
        for row in rows:
            try:
                found.append(_entry(reader, row, key.fingerprint()))
            except BadInput as error:
                refusals.refuse(row, error)
        return list_entries(connection, found, by=by, now=now)

    @contextmanager
    def around(connection: Connection) -> Iterator[None]:
        nonlocal recognised
        with indexes_aside(connection):
            yield
        recognised = recognise_numbers(connection, key)

    kept = take_sheet(
        store,
        sheet,
        take,
        kind="suppressions",
        now=now,
        source=source,
        refused=refused,
        watch=watch,
        around=around,
    )
    return Exchanged(kept, recognised)


def _check_key(sheet: Sheet, key: JointKey) -> None:
    """Refuse a file that was made with another key, as its hashes would match nobody."""
    first = next(iter(sheet.rows()), None)
    if isinstance(first, Row) and first["key"] != key.fingerprint():
        problem = Sentence(
            "was made with another key ({key}) than ours ({fingerprint})",
            key=first["key"][:16],
            fingerprint=key.fingerprint(),
        )
        remedy = "compare KAARTJE_JOINT_SECRET with the other body's, and export again"
        raise BadInput(problem, remedy, file=str(sheet.file), line=first.line, field="key")


def _entry(reader: EntryReader, row: Row, fingerprint: str) -> NewEntry:
    if row["key"] != fingerprint:
        raise BadInput(
            "is another key than that of the first row",
            "import each body's file by itself",
            field="key",
        )
    if row["kind"] not in (PERSON, NUMBER):
        raise BadInput(
            Sentence("{seen!r} is not a kind of entry", seen=row["kind"][:40]),
            Sentence("write {person} or {number}", person=PERSON, number=NUMBER),
            field="kind",
        )
    if not row["hash"]:
        raise BadInput("is empty", "leave it as it was exported", field="hash")
    said = {column: row[column] for column in COLUMNS[3:]}
    return reader.read(Row(row.line, {**said, "scope": row["kind"], "joint_hash": row["hash"]}))
