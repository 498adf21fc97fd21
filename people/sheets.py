"""Small CSV files with columns of ours, read row by row, in which a bad row never stops the others.

The file is UTF-8 (a BOM is taken), with commas, semicolons or tabs between fields, any line end,
and line breaks within quotes. An error of the whole file is `BadInput`. An error of one row comes
back as a `Refused`. It is written to the refused file as it was, and can be corrected and imported
from there, because the two columns that the refused file adds are ignored.
"""

import csv
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from people.numbers import NotAPhoneNumber, PhoneNumber
from store.errors import BadInput
from store.sentences import Sentence

if TYPE_CHECKING:
    from _csv import Reader

REFUSED_COLUMNS = ("refused_line", "refused_because")
SHOWN_REFUSALS = 50
LONGEST_FIELD = 5_000  # characters
MOST_COLUMNS = 1_000
_DELIMITERS = (",", ";", "\t")
_KEPT_CONTROLS = frozenset("\n\r\t")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its first line (1 is the header) and its fields by column.

    Fields are stripped, absent columns are empty.
    """

    line: int
    fields: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")

    def number(self, column: str) -> str | None:
        """Read a field as a telephone number in E.164, or None where it is empty.

        Raises:
            NotAPhoneNumber: it is none that can be in use.
        """
        try:
            return PhoneNumber.parse(self[column]).e164 if self[column] else None
        except NotAPhoneNumber as error:
            error.field = column
            raise

    def day(self, column: str) -> date:
        """Read a field as a day.

        Raises:
            BadInput: it is none.
        """
        try:
            return date.fromisoformat(self[column])
        except ValueError:
            problem = (
                Sentence("{seen!r} is not a date", seen=self[column][:40])
                if self[column]
                else "is empty"
            )
            raise BadInput(problem, "write it as 2023-06-01", field=column) from None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, with its cells as they were and the reason."""

    line: int
    problem: str  # field, problem and remedy in one line
    cells: tuple[str, ...]
    field: str = ""  # the column that is wrong, where it is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A CSV file whose header was found good."""

    file: Path
    columns: tuple[str, ...]  # as they stand in the file
    delimiter: str
    sha256: str
    lines: int  # lines in the file, the header included: what progress is measured against
    encoding: str = "utf-8-sig"

    def rows(self) -> Iterator[Row | Refused]:
        """Yield every row that is not blank, in order."""
        with _opened(self.file, self.encoding) as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            next(reader)
            yield from self._read(reader)

    def _read(self, reader: "Reader") -> Iterator[Row | Refused]:
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Refused(
                    line,
                    Sentence(
                        "the quotes do not close: {error}; double every quote within a quoted field",
                        error=error,
                    ),
                    (),
                )
                continue
            except UnicodeDecodeError as error:
                raise not_utf8(self.file, line) from error
            if any(cell.strip() for cell in cells):
                yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row | Refused:
        problem = self._problem(cells)
        if problem:
            return Refused(line, problem, tuple(cells))
        fields = dict(zip(self.columns, map(str.strip, cells), strict=True))
        for column in REFUSED_COLUMNS:
            fields.pop(column, None)
        return Row(line, fields)

    def _problem(self, cells: Sequence[str]) -> str | None:
        if len(cells) != len(self.columns):
            return Sentence(
                "has {count} fields where the header has {width}; quote a field that holds a comma",
                count=len(cells),
                width=len(self.columns),
            )
        joined = "".join(cells)
        # most rows are found good at one glance
        if len(joined) <= LONGEST_FIELD and joined.isprintable():
            return None
        for column, cell in zip(self.columns, cells, strict=True):
            if len(cell) > LONGEST_FIELD:
                return Sentence(
                    "{column}: has {count} characters; the longest we take is {longest_field}",
                    column=column,
                    count=len(cell),
                    longest_field=LONGEST_FIELD,
                )
            if not cell.isprintable() and (odd := _control(cell)) is not None:
                return Sentence(
                    "{column}: holds the control character U+{code:04X}; take it out",
                    column=column,
                    code=ord(odd),
                )
        return None


def _control(cell: str) -> str | None:
    return next(
        (c for c in cell if unicodedata.category(c) == "Cc" and c not in _KEPT_CONTROLS), None
    )


def not_utf8(file: Path, line: int | None = None) -> BadInput:
    """Return the error for a file in another encoding."""
    return BadInput(
        "is not UTF-8 text", "save it as 'CSV UTF-8' and try again", file=str(file), line=line
    )


@contextmanager
def _opened(file: Path, encoding: str = "utf-8-sig") -> Iterator[TextIO]:
    with file.open(encoding=encoding, newline="") as text:
        yield text


def open_sheet(file: Path, *, required: Iterable[str], optional: Iterable[str] = ()) -> Sheet:
    """Check a file's header and hash the file.

    Raises:
        BadInput: the file is empty or not UTF-8, or a column is missing, unknown or there twice.
        OSError: the file cannot be read.
    """
    sheet = read_sheet(file)
    _check_columns(file, sheet.columns, list(required), list(optional))
    return sheet


def read_sheet(file: Path, *, encoding: str = "utf-8-sig") -> Sheet:
    """Read a file's header, whatever its columns are, and hash the file.

    Raises:
        BadInput: the file is empty or not in that encoding.
        OSError: the file cannot be read.
    """
    digest, breaks = _fingerprint(file)
    delimiter, columns = _header(file, encoding)
    return Sheet(
        file=file,
        columns=columns,
        delimiter=delimiter,
        sha256=digest,
        lines=breaks,
        encoding=encoding,
    )


def _fingerprint(file: Path) -> tuple[str, int]:
    digest, breaks = sha256(), 0
    with file.open("rb") as data:
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
            breaks += chunk.count(b"\n")
    return digest.hexdigest(), breaks


def read_header(file: Path) -> tuple[str, ...]:
    """Return the names of a file's columns, as they stand in its first line.

    Raises:
        BadInput: the file is empty or not UTF-8.
        OSError: it cannot be read.
    """
    return _header(file)[1]


def _header(file: Path, encoding: str = "utf-8-sig") -> tuple[str, tuple[str, ...]]:
    try:
        with _opened(file, encoding) as text:
            header = text.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise not_utf8(file) from error
    if not header.strip():
        raise BadInput("is empty", "its first line names the columns", file=str(file))
    delimiter = max(_DELIMITERS, key=header.count)
    if header.count(delimiter) >= MOST_COLUMNS:
        raise BadInput(
            Sentence("has more than {most} columns", most=MOST_COLUMNS),
            "keep those that are asked for",
            file=str(file),
            line=1,
        )
    try:
        columns = next(csv.reader([header], delimiter=delimiter))
    except csv.Error:  # one name longer than the reader takes
        raise BadInput(
            "names no columns", "its first line names the columns", file=str(file), line=1
        ) from None
    return delimiter, tuple(name.strip() for name in columns)


def _check_columns(
    file: Path, columns: Sequence[str], required: list[str], optional: list[str]
) -> None:
    known = [*required, *optional]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise BadInput(
            "stands twice in the header", "keep one of the two", file=str(file), line=1, field=twice
        )
    missing = [name for name in required if name not in columns]
    if missing:
        raise BadInput(
            Sentence("there is no column {missing}", missing=" or ".join(missing)),
            Sentence("columns: {known}", known=", ".join(known)),
            file=str(file),
            line=1,
        )
    odd = next(
        (name for name in columns if name not in known and name not in REFUSED_COLUMNS), None
    )
    if odd is not None:
        # a column spelled wrong would be passed over in silence, and with it, say, every objection
        raise BadInput(
            "is not a column of this file",
            Sentence("columns: {known}", known=", ".join(known)),
            file=str(file),
            line=1,
            field=odd or "(empty)",
        )


@dataclass(kw_only=True)
class Refusals:
    """Collects refused rows.

    It counts all, keeps the first fifty to show, and writes all to the refused file. The file gets
    its name only when the block ends well, so nobody reads half of it. Without refusals there is no
    file.
    """

    sheet: Sheet
    file: Path | None
    count: int = 0
    refused_values: int = 0  # those of the count whose shape was right
    shown: list[Refused] = field(default_factory=list)
    _text: TextIO | None = None

    def add(self, refused: Refused) -> None:
        """Add one refused row."""
        self.count += 1
        if len(self.shown) < SHOWN_REFUSALS:
            self.shown.append(refused)
        if self.file is not None:
            self._write(self.file, refused)

    def refuse(self, row: Row, error: BadInput) -> None:
        """Add a row whose values were refused."""
        cells = tuple(row[column] for column in self.sheet.columns)
        self.refused_values += 1
        self.add(Refused(row.line, error.sentence(), cells, error.field or ""))

    def _write(self, file: Path, refused: Refused) -> None:
        names = [name for name in self.sheet.columns if name not in REFUSED_COLUMNS]
        if self._text is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._text = self._draft(file).open("w", encoding="utf-8", newline="")
            csv.writer(self._text).writerow([*names, *REFUSED_COLUMNS])
        by_name = dict(zip(self.sheet.columns, refused.cells, strict=False))
        cells = [by_name.get(name, "") for name in names]
        csv.writer(self._text).writerow([*cells, refused.line, refused.problem])

    @staticmethod
    def _draft(file: Path) -> Path:
        return file.with_name(f".{file.name}.{os.getpid()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._text is None or self.file is None:
            return
        self._text.close()
        if kind is None:
            self._draft(self.file).replace(self.file)
        else:
            self._draft(self.file).unlink()
