"""The manifest of a print run, one row a piece, with no personal data but the postcode."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from channels.port import Message
from people.addresses import PostalAddress

COLUMNS = (
    "piece_id",
    "file",
    "record",
    "page_front",
    "page_back",
    "country",
    "postcode",
    "weight_class",
    "seed",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a run, with its number, its record (from 1), its message and its seed."""

    number: str
    record: int
    message: Message
    seed_id: int = 0  # 0: a citizen's

    @property
    def place(self) -> tuple[str, str]:
        """Country and postcode, a change of which may end a file."""
        return place(self.message)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the manifest, with the file of a piece and its pages there, counted from 1."""

    piece: Piece
    file: str
    pages: range


def write_manifest(rows: Iterable[Row], weight_class: str) -> bytes:
    """Return the manifest as CSV in UTF-8, all pieces in the order of the run.

    A piece of one page has its front and its back on it. `weight_class` is the same for all of a run.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for row in rows:
        piece, pages = row.piece, row.pages
        seed = "yes" if piece.seed_id else "no"
        cells = (
            piece.number,
            row.file,
            piece.record,
            pages[0],
            pages[-1],
            *piece.place,
            weight_class,
            seed,
        )
        lines.writerow([harmless(str(cell)) for cell in cells])
    return text.getvalue().encode()


def sort_key(message: Message) -> tuple[str, str, int, str, int, str]:
    """Return the sort key of a message in a run.

    These are country, postcode, house number, addition, touch and code.
    """
    to = message.to
    if not isinstance(to, PostalAddress):
        return ("", "", 0, "", message.touch_id, message.code)
    addition = f"{to.house_letter}{to.house_addition}{to.house_designation}".casefold()
    number = to.house_number or 0
    return (to.country, to.postcode, number, addition, message.touch_id, message.code)


def place(message: Message) -> tuple[str, str]:
    """Return the country and the postcode of a message."""
    return (
        (message.to.country, message.to.postcode)
        if isinstance(message.to, PostalAddress)
        else ("", "")
    )


def harmless(cell: str) -> str:
    """Return the cell escaped so that a spreadsheet does not take it for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
