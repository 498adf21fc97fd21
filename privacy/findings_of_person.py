"""Findings of imports about one person, taken out of their files."""

import csv
from io import StringIO
from pathlib import Path

from channels.outbox import write_synced
from people.cells.findings import HEADER

_REF = HEADER.index("person_ref")


def drop_findings(folder: Path, ref: str) -> int:
    """Take every finding about this reference out of the files in a folder, and return how many went."""
    return sum(_drop(file, ref) for file in sorted(folder.glob("*.csv")))


def _drop(file: Path, ref: str) -> int:
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text))
    kept = [row for row in rows if len(row) <= _REF or row[_REF] != ref]
    if len(kept) == len(rows):
        return 0
    written = StringIO(newline="")
    csv.writer(written).writerows(kept)
    beside = file.with_suffix(".part")
    write_synced(beside, written.getvalue().encode("utf-8-sig"))
    beside.replace(file)
    return len(rows) - len(kept)
