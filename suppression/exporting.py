"""Export the suppression lists as CSV, in the form that the import takes back."""

import csv
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Connection, or_, select

from people.sheets import LONGEST_FIELD
from store.engine import Store, fsync_folder
from store.tables import Suppression
from suppression.columns import EXPORTED, hidden, token
from suppression.entries import Entry, content

FETCHED = 2_000  # rows held at once
_COLUMNS = tuple(getattr(Suppression, name) for name in Entry.__dataclass_fields__)


def export_list(
    store: Store,
    text: TextIO,
    *,
    now: datetime,
    everything: bool = False,
    source: str | None = None,
) -> int:
    """Write the entries that are in force now or later, and return how many.

    Args:
        store: The database.
        text: An open text file (`newline=""`).
        now: The moment; an entry that has ended by then is left out.
        everything: Also what was lifted or has ended.
        source: Only the entries of this source.
    """
    writer = csv.writer(text)
    writer.writerow(EXPORTED)
    count = 0
    with store.reading() as connection:
        for key, entry in _entries(connection, _which(now, everything, source)):
            writer.writerow(_cells(key, entry))
            count += 1
    return count


@contextmanager
def drafted(file: Path) -> Iterator[TextIO]:
    """Open a file that gets its name only if the block succeeds."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as text:
            yield text
            text.flush()
            os.fsync(text.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    fsync_folder(file.absolute().parent)


def _which(now: datetime, everything: bool, source: str | None) -> list[ColumnElement[bool]]:  # noqa: FBT001  said once
    conditions: list[ColumnElement[bool]] = []
    if not everything:
        conditions += [
            Suppression.lifted_at.is_(None),
            or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
        ]
    if source is not None:
        conditions.append(Suppression.source == source)
    return conditions


def _entries(
    connection: Connection, which: list[ColumnElement[bool]]
) -> Iterator[tuple[str, Entry]]:
    query = select(*_COLUMNS, Suppression.entry_key).where(*which).order_by(Suppression.id)
    for row in connection.execution_options(yield_per=FETCHED).execute(query):
        values = row._asdict()
        yield values.pop("entry_key"), Entry(**values)


def _cells(key: str, entry: Entry) -> list[str]:
    said: dict[str, Any] = {
        "id": entry.id,
        "entry": token(key, *content(entry)),
        "number": entry.e164,
        "address_key": entry.household_key,
        "from": entry.starts_at,
        "until": entry.ends_at,
        "pending": "yes" if entry.pending else "",
        "note": _readable(entry.note),
    }
    return [_cell(said[name] if name in said else getattr(entry, name)) for name in EXPORTED]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case _:
            return hidden(str(value))


def _readable(note: str) -> str:
    """Return a note that the import accepts, without control characters and not too long."""
    kept = "".join(
        " " if unicodedata.category(c) == "Cc" and c not in "\n\r\t" else c for c in note
    )
    return kept[: LONGEST_FIELD - 1]
