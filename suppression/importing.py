"""Import a suppression list from CSV, for people, addresses and numbers, known or not."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from people.cells.near_references import (
    in_other_capitals,
    in_other_spellings,
    known_widths,
    near_miss,
)
from people.sheet_imports import Taken, Watch, take_sheet, unwatched
from people.sheets import Refusals, Row, open_sheet
from store.engine import Store
from store.errors import BadInput
from suppression.columns import COLUMNS, HISTORY
from suppression.entries import NewEntry, list_entries
from suppression.list_rows import EntryReader
from suppression.list_writing import indexes_aside
from suppression.lists import mistaken_number


def import_list(
    store: Store,
    file: Path,
    *,
    now: datetime,
    by: str,
    channels: Collection[str] | None = None,
    source: str | None = None,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> Taken:
    """Import a suppression list in one transaction, in constant memory.

    The same line imported twice is one entry, also when it was lifted since. Lines that overlap are all kept: the
    person is held while any of them holds. A line about somebody unknown is kept, and holds when they appear.

    Columns: `reason` and, each where needed, those of `COLUMNS`. A row is about a person (`person_ref`), a number, an
    address (`postcode`, `house_number`, ...), or a person at one address. `from` and `until` are days, both included.
    An export comes back with its history: who listed an entry and when, and who lifted it.

    Args:
        store: The database.
        file: The CSV file.
        now: When it is imported; a row without `from` holds from this moment.
        by: Who imports it.
        channels: The channels of this installation. A row about another one is refused. None: any word is taken.
        source: Which list this is; a row that names no source of its own has this one.
        refused: Where the refused rows are written, if there are any.
        watch: Called with the progress.

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=["reason"], optional=(*COLUMNS, *HISTORY))
    widths: frozenset[int] | None = None
    reader = EntryReader(
        source or file.name, now, channels, exported=not set(sheet.columns).isdisjoint(HISTORY)
    )

    def take(connection: Connection, _import_id: int, rows: list[Row], refusals: Refusals) -> int:
        nonlocal widths
        if widths is None:
            widths = known_widths(connection)
        kept: list[Row] = []
        found: list[NewEntry] = []
        for row in rows:
            try:
                found.append(reader.read(row))
                kept.append(row)
            except BadInput as error:
                refusals.refuse(row, error)
        found = _of_known_people(connection, found)
        found = _of_nobody(connection, kept, found, widths, refusals)
        return list_entries(connection, found, by=by, now=now)

    return take_sheet(
        store,
        sheet,
        take,
        kind="suppressions",
        now=now,
        source=source,
        refused=refused,
        watch=watch,
        around=indexes_aside,
    )


def _of_nobody(
    connection: Connection,
    rows: list[Row],
    found: list[NewEntry],
    widths: Collection[int],
    refusals: Refusals,
) -> list[NewEntry]:
    """Refuse rows whose reference nobody has, and that mean somebody or something else.

    A spreadsheet takes leading zeros away, and a number stands in the wrong column. Such an entry would hold nobody,
    in silence.
    """
    refs = {entry.person_ref for entry in found if entry.person_ref and entry.known_key is None}
    near = in_other_spellings(connection, refs, widths)
    mistaken = {ref: each for ref in refs if (each := mistaken_number(ref, widths))}
    wrong = mistaken | {ref: near_miss(ref, known) for ref, known in near.items()}
    kept = []
    for row, entry in zip(rows, found, strict=True):
        if entry.known_key is None and (error := wrong.get(entry.person_ref or "")):
            refusals.refuse(row, error)
        else:
            kept.append(entry)
    return kept


def _of_known_people(connection: Connection, found: list[NewEntry]) -> list[NewEntry]:
    """Put entries for references in other capitals on the person who is known, and note it.

    Whoever wrote the list meant them, and holding somebody is the safe mistake.
    """
    refs = {entry.person_ref for entry in found if entry.person_ref and entry.known_key is None}
    meant = in_other_capitals(connection, refs)
    if not meant:
        return found
    return [
        replace(
            entry,
            person_ref=meant[entry.person_ref],
            note=f"{entry.note} (listed as {entry.person_ref})".strip(),
        )
        if entry.person_ref in meant
        else entry
        for entry in found
    ]
