"""Artwork and data for a shop that composes itself, as blank sides and one CSV row a piece.

A row holds what the layout has a place for, and nothing else. A cell that a spreadsheet could take
for a formula begins with a space, which is not seen in print.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from channels.card.composing import compose_blank
from channels.card.frames import ADDRESS, CODE, LINE_END
from channels.card.kix import kix_text
from channels.card.layout import Layout
from channels.card.manifest import Piece
from channels.card.order import Order
from channels.card.read_back import SpoiledRun, check_independently
from channels.codes import printed
from channels.press.page_reading import Spoiled
from channels.press.preflight import check_file
from channels.press.qr import qr_prefix
from people.addresses import PostalAddress

ARTWORK = "artwork.pdf"
LINES = 6
"""Fields for the lines of an address."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(layout: Layout) -> tuple[str, ...]:
    """Return the columns of a data file, from the piece number to the contents of the codes."""
    address = [f"address_{number}" for number in range(1, LINES + 1)]
    return ("piece_id", *address, *_texts(layout), CODE, "kix", "qr")


def write_data(pieces: Iterable[Piece], order: Order) -> bytes:
    """Return the data file of some pieces, as CSV in UTF-8."""
    text = io.StringIO()
    rows = csv.DictWriter(text, columns(order.layout), lineterminator="\r\n")
    rows.writeheader()
    for piece in pieces:
        rows.writerow({name: _harmless(cell) for name, cell in _row(piece, order).items()})
    return text.getvalue().encode()


def read_data(content: bytes) -> Iterator[dict[str, str]]:
    """Yield the rows of a data file, each cell as it is printed."""
    for row in csv.DictReader(io.StringIO(content.decode(), newline="")):
        yield {name: cell.removeprefix(" ") for name, cell in row.items()}


def write_artwork(path: Path, order: Order) -> None:
    """Write the sides of a run without any words, and read them back.

    Raises:
        SpoiledRun: the file is not what was meant.
    """
    import pikepdf

    with path.open("wb") as file:
        compose_blank(order, file)
    try:
        with pikepdf.open(path) as document:
            check_file(document)
    except Spoiled as spoiled:
        raise SpoiledRun(str(spoiled)) from spoiled
    check_independently(path)


def _texts(layout: Layout) -> list[str]:
    return [frame.part for frame in layout.frames if frame.part not in {ADDRESS, CODE}]


def _row(piece: Piece, order: Order) -> Mapping[str, str]:
    message, layout = piece.message, order.layout
    lines = dict(zip(columns(layout)[1:], message.address_lines, strict=False))
    texts = {part: message.words.get(part, "").replace(LINE_END, "\n") for part in _texts(layout)}
    kix = (
        kix_text(message.to)
        if layout.kix is not None and isinstance(message.to, PostalAddress)
        else ""
    )
    link = qr_prefix(order.site) + message.code if layout.qr is not None and order.site else ""
    return {
        "piece_id": piece.number,
        **lines,
        **texts,
        CODE: printed(message.code),
        "kix": kix,
        "qr": link,
    }


def _harmless(cell: str) -> str:
    return f" {cell}" if cell.startswith((*_FORMULA, " ")) else cell
