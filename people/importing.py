"""Import of people from a CSV file, with all good rows in one transaction and the others written out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from people.address_rekeying import match_keys, unmatched_keys
from people.cells.damaged_references import SAMPLE, References, fixed_width
from people.cells.findings import HEADER
from people.columns import FactDeclaration
from people.erased.objections_held_again import hold_erased
from people.hashed_numbers import recognise_numbers
from people.maps import read_map
from people.people_writing import Writer
from people.reading import Record, Source, Unreadable, open_source
from people.refused_rows import (
    Draft,
    Refusals,
    RefusedRow,
    is_refused_file,
    refused_header,
)
from people.rows import Parsed, RowParser
from people.shared_keys import JointKey
from people.sources import Layout, SourceMap, own_map
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import collecting_seldom
from store.sentences import Sentence
from store.tables import FactColumn, Import, Person

BATCH = 5_000  # rows written at once
SOME = 250  # rows read at once; if one of them is bad, they are read again, each alone
Watch = Callable[[str, int, int], None]


def _unwatched(phase: str, done: int, total: int) -> None:
    del phase, done, total


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Result of an import of people.

    Attributes:
        import_id: The row of `imports`.
        rows: Records in the file, blank lines left out; the sum of the next four.
        added: People who were new.
        updated: People of whom something changed.
        unchanged: People who are as they were: nothing was written.
        refused: Rows that were not taken.
        remarks: How often each kind of finding was made in a row that was taken: `nothing`, `not_a_name`,
            `spreadsheet_number`, `spreadsheet_date`, `number_with_note`, `unusable_number`,
            `bad_address`, `no_address`, `damaged_name`, `name_and_more`, `name_with_note`, `missing_name`,
            `missing_partner`, `unknown_title`, `unknown_country`, `unknown_language`, `bad_email`.
        refusals: The first twenty refused rows.
        refused_file: Where all of them stand; None without any, or where no file was asked for.
        remarks_file: Where all remarks stand; None as above.
        notes: What was left out of the file as a whole.
    """

    import_id: int
    rows: int
    added: int
    updated: int
    unchanged: int
    refused: int
    remarks: Mapping[str, int]
    refusals: tuple[RefusedRow, ...] = ()
    refused_file: Path | None = None
    remarks_file: Path | None = None
    notes: tuple[str, ...] = ()


def import_people(  # noqa: PLR0913  two keys, two files to write, and who watches
    store: Store,
    file: Path,
    *,
    key: bytes,
    joint: JointKey | None = None,
    now: datetime,
    map: SourceMap | Path | None = None,  # noqa: A002  the word of the command line
    named: str | None = None,
    refused: Path | None = None,
    remarks: Path | None = None,
    findings: Path | None = None,
    watch: Watch = _unwatched,
) -> ImportReport:
    """Import the people of `file` in one transaction.

    Wherever it is cut short, nothing has happened. Importing the same file twice changes nothing. A
    newer file updates the people it names, and its values replace what was known of them. Nobody is
    removed because a file no longer names them.

    Importing the same file twice changes nothing; a newer file updates whom it names, and everything it says of them
    replaces what was known. Nobody is removed because a file no longer names them.

    Args:
        store: The database.
        file: A CSV file in our own columns, or in a source's own with a map.
        key: The installation's key, by which an unchanged row and who was erased are known again.
        joint: The key shared with another body, where there is one: what it said of somebody without naming them holds
            from this import on.
        now: The moment of the import.
        map: How the source names its columns and writes its values.
        named: The name of the register that the file comes from, unless the map says it.
        refused: Where to write refused rows with their reasons; the file appears only if there are any.
        remarks: Where to write findings about rows that were taken.
        findings: The folder for them where no file is named: each import gets a file of its own there.
        watch: Gets the progress, in lines of the file.

    Raises:
        BadInput: the file or the map cannot be read as a whole; nothing was imported.
        OSError: a file cannot be read or written.
    """
    _refuse_own_name(file, refused, remarks)
    source_map = read_map(map) if isinstance(map, Path) else map
    source = _open(file, source_map)
    layout = (source_map or own_map(source)).layout(source)
    with (
        Draft(file=refused, header=refused_header(source.header)) as refused_draft,
        Draft(file=remarks, header=HEADER) as remarks_draft,
    ):
        refusals = Refusals(refused_draft, source.header, layout.bsn_index())
        importing = _Importing(
            source=source,
            layout=layout,
            refusals=refusals,
            remarked=remarks_draft,
            findings=None if remarks else findings,
            watch=watch,
            words=source_map.descriptions if source_map else {},
            register=named or (source_map.source if source_map else None),
        )
        with store.writing() as connection:
            report = importing.run(connection, key, joint, now)
    return report


def _open(file: Path, source_map: SourceMap | None) -> Source:
    """Read the header in the form that the map says.

    A file of refused rows has a form of its own, whatever the source's is.
    """
    if source_map is None or is_refused_file(file):
        return open_source(file)
    return open_source(file, encoding=source_map.encoding, delimiter=source_map.delimiter)


def _free_name(folder: Path, stem: str, import_id: int) -> Path:
    """Return a file for the findings of this import, so that those of an earlier one stay."""
    first = folder / f"{stem}.csv"
    return folder / f"{stem}-{import_id}.csv" if first.exists() else first


def _refuse_own_name(file: Path, *written: Path | None) -> None:
    for other in written:
        if other is not None and other.absolute() == file.absolute():
            raise BadInput(
                "would be overwritten by what is written about it",
                "give that another name",
                file=str(file),
            )


@dataclass(kw_only=True)
class _Importing:
    source: Source
    layout: Layout
    refusals: Refusals
    remarked: Draft
    watch: Watch
    words: Mapping[str, Mapping[str, str]]
    register: str | None
    findings: Path | None = None
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _seen: dict[str, int] = field(default_factory=dict)

    def run(
        self, connection: Connection, key: bytes, joint: JointKey | None, now: datetime
    ) -> ImportReport:
        _declare(connection, self.layout.facts, now, self.source.file)
        _describe(connection, self.words)
        fresh = self._is_new(connection)
        import_id = self._begin(connection, now)
        if self.findings:
            self.remarked.file = _free_name(self.findings, self.source.file.stem, import_id)
        writer = Writer(connection=connection, import_id=import_id, now=now, fresh=fresh)
        parser = self.layout.parser(self.source, key, local_date(now).isoformat(), joint)
        parser.unmatched = unmatched_keys(connection)
        parser.references = References(width=self._reference_width(connection))
        with collecting_seldom():
            for batch in self._batches(parser):
                writer.write(batch)
        match_keys(connection, parser.matched)
        self._seen.clear()  # the indexes want the memory now
        writer.finish()
        hold_erased(connection, key, import_id=import_id, now=now)
        if joint is not None:
            recognise_numbers(connection, joint, import_id=import_id)
        remarks_file = self.remarked.finish()
        self._end(connection, import_id, writer, now)
        return ImportReport(
            import_id=import_id,
            rows=self.rows,
            added=writer.added,
            updated=writer.updated,
            unchanged=writer.unchanged,
            refused=self.refusals.count,
            remarks=dict(sorted(self.counts.items())),
            refusals=tuple(self.refusals.shown),
            refused_file=self.refusals.draft.finish(),
            remarks_file=remarks_file,
            notes=self.source.notes(),
        )

    def _reference_width(self, connection: Connection) -> int | None:
        """Return the digits of a reference, by the map, the file's first rows or people known."""
        if self.layout.reference_width is not None:
            return self.layout.reference_width or None
        place = self.layout.indexes["person_ref"]
        sample = islice(self.source.records(), SAMPLE)
        cells = (record.cells for record in sample if isinstance(record, Record))
        width = fixed_width(row[place].strip() for row in cells if place < len(row))
        if width is not None:
            return width
        padded = select(Person.person_ref).where(Person.person_ref >= "0", Person.person_ref < "1")
        return fixed_width(connection.scalars(padded.limit(50)))

    def _is_new(self, connection: Connection) -> bool:
        """Say whether this file was never read before."""
        same = (
            select(Import.id)
            .where(Import.kind == "people", Import.sha256 == self.source.sha256)
            .limit(1)
        )
        return connection.execute(same).first() is None

    def _begin(self, connection: Connection, now: datetime) -> int:
        values = {
            "kind": "people",
            "file": str(self.source.file.absolute()),
            "sha256": self.source.sha256,
            "source": self.register,
        }
        made = connection.execute(
            insert(Import).values(started_at=now, **values).returning(Import.id)
        )
        return made.scalar_one()

    def _end(self, connection: Connection, import_id: int, writer: Writer, now: datetime) -> None:
        connection.execute(
            update(Import)
            .where(Import.id == import_id)
            .values(
                finished_at=now,
                rows=self.rows,
                added=writer.added,
                updated=writer.updated,
                unchanged=writer.unchanged,
                refused=self.refusals.count,
                findings=dict(sorted(self.counts.items())),
                findings_file=self.remarked.file.name
                if self.findings and self.remarked.rows and self.remarked.file
                else None,
            )
        )

    def _batches(self, parser: RowParser) -> Iterator[list[Parsed]]:
        batch: list[Parsed] = []
        line = 0
        records = self.source.records()
        while some := list(islice(records, SOME)):
            self.rows += len(some)
            batch += self._read_some(parser, some)
            if len(batch) >= BATCH:
                yield batch
                self.watch("import", line := some[-1].line, self.source.lines)
                batch = []
        if batch:
            yield batch
        if line < self.source.lines:
            self.watch("import", self.source.lines, self.source.lines)

    def _read_some(self, parser: RowParser, records: Sequence[Record | Unreadable]) -> list[Parsed]:
        """Read some records at once, or each alone if one of them cannot be taken."""
        good = [record for record in records if isinstance(record, Record)]
        if len(good) == len(records):
            try:
                rows = parser.parse_many([record.cells for record in good])
            except BadInput:
                pass
            else:
                lines = {row.ref: record.line for row, record in zip(rows, good, strict=True)}
                if len(lines) == len(rows) and self._seen.keys().isdisjoint(lines):
                    self._seen.update(lines)
                    self._take_remarks(rows, good)
                    return rows
        return [row for record in records if (row := self._read(parser, record))]

    def _take_remarks(self, rows: Sequence[Parsed], records: Sequence[Record]) -> None:
        for row, record in zip(rows, records, strict=True):
            for found in row.findings:
                self.counts[found.kind] += 1
                self.remarked.write((str(record.line), row.ref, *found))

    def _read(self, parser: RowParser, record: Record | Unreadable) -> Parsed | None:
        if isinstance(record, Unreadable):
            remedy = 'a quote within a quoted field is written twice ("")'
            self.refusals.add(
                RefusedRow(
                    line=record.line,
                    record=record.number,
                    field="",
                    reason=record.problem,
                    remedy=remedy,
                ),
                (),
            )
            return None
        try:
            row = parser.parse(record.cells)
            if self._seen.setdefault(row.ref, record.line) != record.line:
                self._refuse_again(row, parser.names["person_ref"])
        except BadInput as error:
            found = RefusedRow(
                line=record.line,
                record=record.number,
                field=error.field or "",
                reason=error.problem,
                remedy=error.remedy,
            )
            self.refusals.add(found, record.cells)
            return None
        self._take_remarks([row], [record])
        return row

    def _refuse_again(self, row: Parsed, name: str) -> None:
        problem = Sentence(
            "{ref} stands on line {line} already, and that row was taken",
            ref=row.ref,
            line=self._seen[row.ref],
        )
        raise BadInput(problem, "keep one of the two", field=name)


def _declare(
    connection: Connection, facts: tuple[FactDeclaration, ...], now: datetime, file: Path
) -> None:
    """Declare the facts that are new.

    A fact keeps its type for ever.

    Raises:
        BadInput: a fact was declared with another type.
    """
    known = {
        row.name: row.type for row in connection.execute(select(FactColumn.name, FactColumn.type))
    }
    for fact in facts:
        declared = known.get(fact.name)
        if declared is None:
            connection.execute(
                insert(FactColumn).values(name=fact.name, type=fact.type, declared_at=now)
            )
        elif declared != fact.type:
            problem = Sentence(
                "was declared as {declared} by an earlier file and keeps that type",
                declared=declared,
            )
            remedy = Sentence(
                "declare it as {name}:{declared}, or give it another name",
                name=fact.name,
                declared=declared,
            )
            raise BadInput(problem, remedy, file=str(file), field=f"{fact.name}:{fact.type}")


def _describe(connection: Connection, words: Mapping[str, Mapping[str, str]]) -> None:
    """Keep the descriptions of facts, of which the newest holds."""
    for name, by_language in words.items():
        connection.execute(
            update(FactColumn).where(FactColumn.name == name).values(words=dict(by_language))
        )
