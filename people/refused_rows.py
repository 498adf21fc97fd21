"""Files of refused rows and of remarks, so that the sender can correct them."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from people.cells.findings import MASK
from store.engine import fsync_folder
from store.sentences import Sentence, as_sentence, joined

if TYPE_CHECKING:
    from _csv import Writer

_FORMULA_STARTS = ("=", "+", "@", "-", "\t", "\r")
SHOWN = 20
REFUSED_COLUMNS = (
    "refused_line",
    "refused_record",
    "refused_field",
    "refused_because",
    "refused_remedy",
)


def is_refused_file(file: Path) -> bool:
    """Whether the first line of a file has the columns of refused rows."""
    with file.open(encoding="utf-8-sig", errors="replace") as text:
        first = text.readline()
    return all(name in first for name in REFUSED_COLUMNS)


def refused_header(header: Sequence[str]) -> tuple[str, ...]:
    """Return the header of the file of refused rows, given that of its source."""
    return (*(name for name in header if name not in REFUSED_COLUMNS), *REFUSED_COLUMNS)


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that was not taken, with the reason."""

    line: int  # where it starts in the file, as an editor counts
    record: int  # the first after the header is 1
    field: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        """Return it as one line."""
        place = (
            f"line {self.line}"
            if self.record + 1 == self.line
            else f"line {self.line} (record {self.record})"
        )
        return f"{place}: {self.problem}"

    @property
    def problem(self) -> str:
        """The field, what is wrong and the remedy, in one line."""
        message = joined(": ", map(as_sentence, filter(None, (self.field, self.reason))))
        if not self.remedy:
            return message
        return Sentence("{problem}; {remedy}", problem=message, remedy=as_sentence(self.remedy))


@dataclass(kw_only=True)
class Draft:
    """A CSV file that is renamed to its own name only when it is finished.

    Without rows there is no file.
    """

    file: Path | None
    header: Sequence[str]
    rows: int = 0
    _text: TextIO | None = None
    _writer: "Writer | None" = None

    def write(self, cells: Sequence[str]) -> None:
        """Add a row."""
        self.rows += 1
        if self.file is None:
            return
        if self._writer is None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._text = self._part.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._text)
            self._writer.writerow(self.header)
        self._writer.writerow([safe(cell) for cell in cells])

    def finish(self) -> Path | None:
        """Rename the file to its own name and return it, or None where there is nothing in it."""
        if self._text is None or self.file is None:
            return None
        self._text.flush()
        os.fsync(self._text.fileno())
        self._text.close()
        self._part.replace(self.file)
        fsync_folder(self.file.absolute().parent)
        self._text = None
        return self.file.absolute()

    @property
    def _part(self) -> Path:
        file = self.file or Path()
        return file.with_name(f".{file.name}.part")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._text is not None:
            self._text.close()
            self._part.unlink(missing_ok=True)


@dataclass
class Refusals:
    """Collects refused rows.

    It counts all, keeps the first few to show, and drafts the refused file.
    """

    draft: Draft
    header: Sequence[str]
    bsn_index: int
    shown: list[RefusedRow] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows were refused."""
        return self.draft.rows

    def add(self, row: RefusedRow, cells: Sequence[str]) -> None:
        """Add one refused row.

        `cells` are its fields as they were.
        """
        if len(self.shown) < SHOWN:
            self.shown.append(row)
        width = len(self.header)
        kept = [cell[:1000] for cell in cells[:width]]
        kept += [""] * (width - len(kept))
        if self.bsn_index < width and kept[self.bsn_index]:
            kept[self.bsn_index] = MASK
        if len(cells) != width:  # the fields have shifted: any of them may hold the number
            kept = [
                MASK if cell.strip().isdigit() and len(cell.strip()) >= len("12345678") else cell
                for cell in kept
            ]
        kept = [
            cell
            for name, cell in zip(self.header, kept, strict=True)
            if name not in REFUSED_COLUMNS
        ]
        self.draft.write([*kept, str(row.line), str(row.record), row.field, row.reason, row.remedy])
