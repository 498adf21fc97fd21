"""Import of a CSV sheet with columns of ours, in batches and in one transaction.

Each import is recorded as a row of `imports`.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, update

from people.cells.near_references import in_other_spellings, known_widths, near_miss
from people.sheets import Refusals, Refused, Row, Sheet
from store.engine import Store
from store.tables import Import

BATCH = 2_000  # rows; keeps every IN list below what either database takes
Watch = Callable[[str, int, int], None]
"""A progress callback, called with the phase, how many are done and how many there are."""


def unwatched(phase: str, done: int, total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Result of an import, with the counts of its rows."""

    file: str
    import_id: int
    rows: int
    added: int
    unchanged: int
    refused: int
    refusals: tuple[Refused, ...]  # the first fifty
    # where all of them were written; None where there were none, or no file was named
    refused_file: str | None
    updated: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for `--json`."""
        refusals = [{"line": each.line, "problem": each.problem} for each in self.refusals]
        return {**asdict(self), "refusals": refusals}


TakeBatch = Callable[[Connection, int, list[Row], Refusals], int]
"""Takes one batch of rows into the database under the import's id; returns how many were new."""

Around = Callable[[Connection], AbstractContextManager[None]]
"""A context manager round all batches, in the same transaction."""


class Written(NamedTuple):
    """Counts of rows that were new, and of rows that changed something."""

    added: int = 0
    updated: int = 0


Finish = Callable[[Connection, int, Refusals], Written]
"""Called once every batch was taken, for results that need the whole file."""


def _nothing_more(_connection: Connection, _import_id: int, _refusals: Refusals) -> Written:
    return Written()


def _nothing_around(connection: Connection) -> AbstractContextManager[None]:
    del connection
    return nullcontext()


def take_sheet(  # noqa: PLR0913  what a sheet is, and who watches
    store: Store,
    sheet: Sheet,
    take: TakeBatch,
    *,
    kind: str,
    now: datetime,
    source: str | None = None,
    refused: Path | None = None,
    watch: Watch = unwatched,
    finish: Finish = _nothing_more,
    around: Around = _nothing_around,
    of_people: bool = False,
) -> Taken:
    """Import every good row of `sheet` in one transaction, and record the import with its counts.

    `source` names the register or list that it is, under the name by which its age is agreed. With `of_people` a row
    is refused whose `person_ref` nobody has, and somebody has with other zeros or capitals: it would be about nobody.
    """
    rows = added = 0
    with (
        Refusals(sheet=sheet, file=refused) as refusals,
        store.writing() as connection,
        around(connection),
    ):
        import_id = _open(connection, sheet, kind=kind, source=source, now=now)
        widths = known_widths(connection) if of_people else frozenset[int]()
        for batch in _batches(sheet, refusals, watch):
            rows += len(batch)
            known = _tied(connection, batch, refusals, widths) if widths else batch
            added += take(connection, import_id, known, refusals)
        whole = finish(connection, import_id, refusals)
        taken = _taken(
            sheet,
            import_id=import_id,
            read=rows,
            made=Written(added + whole.added, whole.updated),
            refusals=refusals,
        )
        _close(connection, taken, now)
    return taken


def _tied(
    connection: Connection, rows: list[Row], refusals: Refusals, widths: Collection[int]
) -> list[Row]:
    """Return the rows without those that are about nobody, and were surely meant for somebody."""
    refs = {row.fields.get("person_ref", "") for row in rows} - {""}
    near = in_other_spellings(connection, refs, widths)
    if not near:
        return rows
    tied = []
    for row in rows:
        ref = row.fields.get("person_ref", "")
        if ref in near:
            refusals.refuse(row, near_miss(ref, near[ref]))
        else:
            tied.append(row)
    return tied


def _open(
    connection: Connection, sheet: Sheet, *, kind: str, source: str | None, now: datetime
) -> int:
    row = {
        "kind": kind,
        "source": source,
        "file": sheet.file.name,
        "sha256": sheet.sha256,
        "started_at": now,
    }
    return connection.execute(insert(Import).values(row).returning(Import.id)).scalar_one()


def _close(connection: Connection, taken: Taken, now: datetime) -> None:
    names = ("rows", "added", "updated", "unchanged", "refused")
    counts = {name: getattr(taken, name) for name in names}
    connection.execute(
        update(Import).where(Import.id == taken.import_id).values(finished_at=now, **counts)
    )


def _batches(sheet: Sheet, refusals: Refusals, watch: Watch) -> Iterator[list[Row]]:
    batch: list[Row] = []
    line = 0
    for row in sheet.rows():
        if isinstance(row, Refused):
            refusals.add(row)
            continue
        batch.append(row)
        if len(batch) == BATCH:
            watch("reading", line := row.line, sheet.lines)
            yield batch
            batch = []
    if batch:
        yield batch
    if line < sheet.lines:
        watch("reading", sheet.lines, sheet.lines)


def _taken(sheet: Sheet, *, import_id: int, read: int, made: Written, refusals: Refusals) -> Taken:
    good = read - refusals.refused_values
    written = str(refusals.file.absolute()) if refusals.file and refusals.count else None
    return Taken(
        file=str(sheet.file),
        import_id=import_id,
        rows=good + refusals.count,
        added=made.added,
        updated=made.updated,
        unchanged=good - made.added - made.updated,
        refused=refusals.count,
        refusals=tuple(sorted(refusals.shown, key=lambda each: each.line)),
        refused_file=written,
    )
