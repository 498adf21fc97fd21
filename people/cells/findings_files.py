"""Files of findings of an installation, read a page at a time."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from people.cells.findings import HEADER


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    """One finding of a file, with the row that it is about."""

    line: str
    person_ref: str
    column: str
    kind: str
    seen: str
    done: str


def findings_folder(shared: Path) -> Path:
    """Return the folder in which every import leaves its findings."""
    return shared / "findings"


def read_findings(file: Path, *, kind: str, start: int, count: int) -> list[FindingLine]:
    """Return some findings of a file, of one kind or of all where it is empty.

    Raises:
        OSError: the file is not here, or cannot be read.
    """
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(islice(_of_kind(csv.reader(text), kind), start, start + count))


def _of_kind(rows: Iterator[list[str]], kind: str) -> Iterator[FindingLine]:
    next(rows, None)
    for row in rows:
        found = FindingLine(**dict(zip(HEADER, row, strict=True)))
        if not kind or found.kind == kind:
            yield found
