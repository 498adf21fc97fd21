"""Lines of a pull list, each with a piece and its file, record and page."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from campaigns.post.piece_states import reprint_number
from channels.card.manifest import harmless
from store.clock import LOCAL
from store.tables import PrintFile, PrintPiece, PrintRun, Pull

COLUMNS = ("piece_id", "file", "record", "page", "last_time", "reason")
STOP = "stop"
"""The only reason that a print shop reads. Why somebody is not reached is not its business."""
NOT_ASKED = (Pull.asked_at.is_(None), Pull.answered_at.is_(None))
"""Conditions for a pull request that is not on a list yet."""
ListRow = tuple[str, str, int, int | str, str, str]
"""One line of a pull list, with the values of `COLUMNS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PrintedFile:
    """A file of a run, and the counts that say on which page each piece begins."""

    name: str
    first: int  # record of its first piece; 0 in a reprint
    pieces: int
    pages: int  # of the whole run
    cards: int  # of the whole run
    seeds: int  # of the whole run

    @property
    def sides(self) -> int:
        """Pages of one piece."""
        return max(1, self.pages // max(1, self.cards + self.seeds))


def list_rows(
    connection: Connection, run_id: int, mine: ColumnElement[bool], last: datetime | None
) -> list[ListRow]:
    """Return the lines of a pull list of a run, in the order of its pieces.

    Args:
        connection: An open connection.
        run_id: The print run.
        mine: A condition on `Pull` for the requests of this run that are listed.
        last: Until when the shop can still pull a piece; None where that is not agreed.
    """
    query = (
        select(
            PrintFile.name,
            PrintFile.first,
            PrintFile.pieces,
            PrintRun.pages,
            PrintRun.cards,
            PrintRun.seeds,
        )
        .join(PrintRun, PrintRun.id == PrintFile.print_run_id)
        .where(PrintFile.print_run_id == run_id, PrintFile.pieces > 0)
    )
    files = [_PrintedFile(**row._asdict()) for row in connection.execute(query)]
    wished = connection.execute(
        select(PrintPiece.piece_id, PrintPiece.record, PrintPiece.reprints, PrintPiece.place)
        .join(Pull, Pull.piece_id == PrintPiece.id)
        .where(mine)
        .order_by(PrintPiece.record)
    )
    until = last.astimezone(LOCAL).isoformat(timespec="minutes") if last else ""
    return [
        (piece, *_place(files, record, reprint, place), until, STOP)
        for piece, record, reprint, place in wished
    ]


def _place(
    files: Sequence[_PrintedFile], record: int, reprint: int, place: int
) -> tuple[str, int, int | str]:
    """Return the newest file with a piece, its record, and the page on which it begins there."""
    for file in files:
        if reprint and reprint_number(file.name) == reprint:
            return file.name, record, file.sides * (place - 1) + 1
        if not reprint and file.first <= record < file.first + file.pieces:
            return file.name, record, file.sides * (record - file.first) + 1
    return "", record, ""


def as_csv(rows: list[ListRow]) -> bytes:
    """Return a pull list as CSV, in UTF-8 with CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([[harmless(str(cell)) for cell in row] for row in rows])
    return text.getvalue().encode()
