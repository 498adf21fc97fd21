"""Reading of a CSV file of people, with its hash, its header and its records by line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from people.cells.headers import (
    LOOKED_AT,
    lines_before_header,
    split_names,
    without_unnamed,
)
from people.columns import MOST_COLUMNS, find_twice
from store.errors import BadInput
from store.sentences import Sentence

DELIMITERS = (",", ";", "\t", "|")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1 << 20


class Record(NamedTuple):
    """A record with its first line, its number (the first after the header is 1) and its fields."""

    line: int
    number: int
    cells: list[str]


class Unreadable(NamedTuple):
    """A record whose quotes make no sense."""

    line: int
    number: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A CSV file whose header was read.

    Attributes:
        file: Where it stands.
        encoding: As Python names it.
        delimiter: One character.
        header: The columns' names, stripped.
        sha256: Hexadecimal, over the file's bytes.
        lines: How many lines it has, for the progress bar.
        skipped: Lines before the header: blank ones, titles, and Excel's `sep=;`.
        unnamed: The places of columns without a name, which must be empty and are dropped.
    """

    file: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    sha256: str
    lines: int
    skipped: int = 0
    unnamed: tuple[int, ...] = ()

    def notes(self) -> tuple[str, ...]:
        """Return what was left out of the file as a whole."""
        said: list[str] = []
        if self.skipped:
            said.append(Sentence("the header is on line {line}", line=self.skipped + 1))
        if self.unnamed:
            remedy = "{count} columns without a name were empty and are left out"
            said.append(Sentence(remedy, count=len(self.unnamed)))
        return tuple(said)

    def records(self) -> Iterator[Record | Unreadable]:
        """Yield every record that is not blank.

        Raises:
            BadInput: the bytes are not of this encoding, or a quote is never closed.
        """
        with self.file.open(encoding=self.encoding, newline="") as text:
            for _ in range(self.skipped):
                text.readline()
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            next(reader)
            number, line = 0, self.skipped + reader.line_num + 1
            while True:
                try:
                    for cells in reader:
                        if cells:
                            number += 1
                            if self.unnamed:
                                cells = self._named(line, cells)  # noqa: PLW2901  a shorter record
                            yield Record(line, number, cells)
                        line = self.skipped + reader.line_num + 1
                except csv.Error as error:
                    number += 1
                    yield self._unreadable(line, number, str(error))
                    line = self.skipped + reader.line_num + 1
                except UnicodeError as error:
                    raise _undecodable(self.file, self.encoding) from error
                else:
                    return

    def _named(self, line: int, cells: list[str]) -> list[str]:
        """Return the cells of the columns that have a name."""
        named = without_unnamed(cells, self.unnamed, len(self.header) + len(self.unnamed))
        if named is not None:
            return named
        place = next(index for index in self.unnamed if cells[index].strip())
        raise BadInput(
            Sentence("column {index} has no name and is not empty here", index=place + 1),
            Sentence("name it in line {line}, or take it out", line=self.skipped + 1),
            file=str(self.file),
            line=line,
        )

    def _unreadable(self, line: int, number: int, problem: str) -> Unreadable:
        if "field limit" in problem or "unexpected end" in problem:
            raise BadInput(
                "a quote is opened here or below and never closed",
                'close it; a quote within a quoted field is written twice ("")',
                file=str(self.file),
                line=line,
            )
        return Unreadable(line, number, "the quotes make no sense")


def open_source(file: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Source:
    """Hash a file and read its header.

    Raises:
        BadInput: it is empty, no CSV, in another encoding, or its header has no name, a name twice, or too many.
        OSError: it cannot be read.
    """
    digest, lines = _fingerprint(file, encoding)
    skipped, header = _header_line(file, encoding)
    delimiter = delimiter or max(DELIMITERS, key=header.count)
    names = _names(file, header, delimiter, skipped + 1)
    return Source(
        file=file,
        encoding=encoding,
        delimiter=delimiter,
        header=tuple(filter(None, names)),
        sha256=digest,
        lines=lines,
        skipped=skipped,
        unnamed=tuple(index for index, name in enumerate(names) if not name),
    )


def _fingerprint(file: Path, encoding: str) -> tuple[str, int]:
    digest, lines, last = sha256(), 0, b"\n"
    with file.open("rb") as data:
        start = data.read(4)
        _refuse_strange(file, start, encoding)
        data.seek(0)
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    return digest.hexdigest(), lines + (last != b"\n")


def _refuse_strange(file: Path, start: bytes, encoding: str) -> None:
    if not start.strip():
        raise BadInput("is empty", "its first line names the columns", file=str(file))
    if start.startswith(_WORKBOOKS):
        raise BadInput(
            "is a spreadsheet, not a CSV file",
            "save it as 'CSV UTF-8' and try again",
            file=str(file),
        )
    if start.startswith(_WIDE) and "16" not in encoding and "32" not in encoding:
        raise BadInput(
            "is UTF-16, not UTF-8",
            Sentence("save it as UTF-8, or {otherwise}", otherwise=_MAP_IT),
            file=str(file),
        )


_MAP_IT = "let `kaartje people map FILE` propose a map that says so"


def _header_line(file: Path, encoding: str) -> tuple[int, str]:
    """Return the number of lines before the header, and the header's record."""
    try:
        with file.open(encoding=encoding, newline="") as text:
            first = list(islice(text, LOOKED_AT))
            skipped = lines_before_header(first, DELIMITERS) if first else 0
            text.seek(0)
            for _ in range(skipped):
                text.readline()
            line = text.readline()
            while line.count('"') % 2 and (more := text.readline()):
                line += more
    except UnicodeError as error:
        raise _undecodable(file, encoding) from error
    if not line.strip():
        raise BadInput("is empty", "its first line names the columns", file=str(file))
    return skipped, line


def _names(file: Path, header: str, delimiter: str, line: int) -> tuple[str, ...]:
    """Return the names of the columns, and nothing for one without a name."""
    try:
        names = split_names(header, delimiter)
    except (csv.Error, StopIteration):
        raise BadInput(
            "is not a header", "name the columns in it", file=str(file), line=line
        ) from None
    while names and not names[-1] and len(names) > MOST_COLUMNS:
        names.pop()
    named = [name.casefold() for name in names if name]
    if len(names) > MOST_COLUMNS:
        raise BadInput(
            Sentence("has {count} columns", count=len(names)),
            Sentence("at most {most_columns} are taken", most_columns=MOST_COLUMNS),
            file=str(file),
            line=line,
        )
    twice = find_twice(named)
    if twice is not None:
        raise BadInput(
            "stands twice in the header",
            "keep one of the two",
            file=str(file),
            line=line,
            field=twice,
        )
    return tuple(names)


def _undecodable(file: Path, encoding: str) -> BadInput:
    """Return an error with the line that is in another encoding."""
    name = "UTF-8" if encoding.startswith("utf-8") else encoding
    remedy = Sentence("save the file as UTF-8, or {otherwise}", otherwise=_MAP_IT)
    return BadInput(
        Sentence("is not {name} text", name=name),
        remedy,
        file=str(file),
        line=_bad_line(file, encoding),
    )


def _bad_line(file: Path, encoding: str) -> int | None:
    if encoding.startswith("utf-16"):
        return None
    with file.open("rb") as data:
        for number, line in enumerate(data, start=1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number
    return None
