"""Imports of files, newest first, with the findings of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from installation.installation import Installation
from people.cells.findings_files import FindingLine, findings_folder, read_findings
from store.mapped_rows import read_all, read_one_or_none
from store.tables import Import

SHOWN = 25
"""Imports, and findings, on one page."""
_LAST_PAGE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportLine:
    """One import with its counts."""

    id: int
    kind: str
    file: str
    started_at: datetime
    finished_at: datetime | None
    rows: int
    added: int
    updated: int
    unchanged: int
    refused: int
    findings: Mapping[str, int]
    findings_file: str | None

    @property
    def name(self) -> str:
        """The file's own name."""
        return Path(self.file).name

    @property
    def found(self) -> int:
        """How many findings were made."""
        return sum(self.findings.values())


def imports(installation: Installation, page: int) -> tuple[list[ImportLine], int]:
    """Return one page of imports, the newest first, and how many pages there are."""
    query = select(Import).order_by(Import.id.desc()).limit(SHOWN).offset((page - 1) * SHOWN)
    with installation.store.reading() as connection:
        count = connection.execute(select(func.count()).select_from(Import)).scalar_one()
        found = [_line(each) for each in read_all(connection, query)]
    return found, pages(count)


def import_of(installation: Installation, import_id: int) -> ImportLine | None:
    """Return one import, or None."""
    with installation.store.reading() as connection:
        row = read_one_or_none(connection, select(Import).where(Import.id == import_id))
    return None if row is None else _line(row)


def _line(row: Import) -> ImportLine:
    return ImportLine(
        id=row.id,
        kind=row.kind,
        file=row.file,
        started_at=row.started_at,
        finished_at=row.finished_at,
        rows=row.rows,
        added=row.added,
        updated=row.updated,
        unchanged=row.unchanged,
        refused=row.refused,
        findings=row.findings or {},
        findings_file=row.findings_file,
    )


def findings_of(
    installation: Installation, line: ImportLine, kind: str, page: int
) -> list[FindingLine] | None:
    """Return one page of the findings of an import, or None where their file is not on this machine."""
    if line.findings_file is None:
        return None
    file = findings_folder(installation.settings.shared_folder) / Path(line.findings_file).name
    try:
        return read_findings(file, kind=kind, start=(page - 1) * SHOWN, count=SHOWN)
    except (OSError, ValueError, TypeError):
        return None


def pages(count: int) -> int:
    """Return how many pages so many lines fill, one at least."""
    return max(1, -(-count // SHOWN))


def page_number(text: str | None) -> int:
    """Return the page that a link asks for, the first where it asks for none."""
    digits = text or ""
    asked = (
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) < len("1000000") else 1
    )
    return min(max(asked, 1), _LAST_PAGE)
