"""Proofreading of a PDF that a shop composed itself, before any of it may be printed.

Its file was made by a program that is not ours, so only what every reader sees is checked: the text
of each page, the boxes, the fonts and the colours, and the content of its codes as a scanner reads
them, where one is installed (`kaartje[scan]`).

Its file was made by another program than ours, so it is read as anybody would read it: the text of each page, the
boxes, the fonts and the colours; and what its codes say to a scanner, where one is installed (`kaartje[scan]`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unicodedata import normalize

from channels.card.artwork import LINES
from channels.card.frames import ADDRESS, MM, Side
from channels.card.layout import Layout
from channels.card.read_back import SpoiledRun, check_independently
from channels.port import Watch, unwatched

_NEARLY = 0.5  # points
_DPI = 200
_STRIDE = 25
_RGB = re.compile(rb"(?<![\w.])(?:[\d.]+\s+){3}(?:rg|RG)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Proofread:
    """The result of proofreading a file."""

    pieces: int
    scanned: bool
    faults: tuple[str, ...]  # each with its page; none where it may be printed


def proofread(
    pdf: Path, rows: Sequence[Mapping[str, str]], layout: Layout, *, watch: Watch = unwatched
) -> Proofread:
    """Check a composed file against the data it was composed from.

    Args:
        pdf: What the shop made.
        rows: The data file's, in its order; each piece has as many pages as the layout has sides.
        layout: Where what must stand.
        watch: Gets the phase "read" every 25 pieces.
    """
    import pikepdf

    try:
        check_independently(pdf)
        with pikepdf.open(pdf) as document:
            faults = list(_form_of(document, len(rows), layout))
    except (SpoiledRun, pikepdf.PdfError) as error:
        return Proofread(0, scanned=False, faults=(str(error),))
    scanner = import_module("zxingcpp") if find_spec("zxingcpp") else None
    if not faults:
        faults += _missing_from_pages(pdf, rows, layout, scanner=scanner, watch=watch)
    return Proofread(len(rows), scanner is not None, tuple(faults))


def _form_of(document: Any, pieces: int, layout: Layout) -> Iterator[str]:
    """Yield the faults of the pages' size, colours, fonts and images."""
    if len(document.pages) != pieces * len(layout.sides):
        yield f"it has {len(document.pages)} pages, and {pieces * len(layout.sides)} were meant"
        return
    card, known = layout.card, dict[Any, str]()
    for number, page in enumerate(document.pages, start=1):
        left, bottom, right, top = map(float, page.trimbox)
        if (
            abs(right - left - card.width * MM) > _NEARLY
            or abs(top - bottom - card.height * MM) > _NEARLY
        ):
            yield f"page {number}: it is not {card.width:g} x {card.height:g} mm when it is trimmed"
        page.contents_coalesce()
        if _RGB.search(page.obj.Contents.read_bytes()):
            yield f"page {number}: it has colours in RGB"
        if fault := _with(page.resources, known):
            yield f"page {number}: {fault}"


def _with(resources: Any, known: dict[Any, str]) -> str:
    """Return the fault in the fonts, images and forms of a page, each of them examined once."""
    found = list[tuple[str, Any, Callable[[str, Any], str]]]()
    found += [(name, thing, _of_font) for name, thing in resources.get("/Font", {}).items()]
    found += [(name, thing, _of_form) for name, thing in resources.get("/XObject", {}).items()]
    for name, thing, look in found:
        if thing.objgen not in known:
            known[thing.objgen] = look(name.removeprefix("/"), thing)
    return next((known[thing.objgen] for _, thing, _ in found if known[thing.objgen]), "")


def _of_font(name: str, font: Any) -> str:
    below = font.get("/DescendantFonts", [font])[0]
    about = below.get("/FontDescriptor", {})
    embedded = str(font.get("/Subtype")) == "/Type3" or any(
        f"/FontFile{kind}" in about for kind in ("", "2", "3")
    )
    return "" if embedded else f"the font {name} is not embedded"


def _of_form(name: str, form: Any) -> str:
    if str(form.get("/Subtype")) == "/Image":
        return f"the image {name} is in RGB" if "RGB" in str(form.get("/ColorSpace")) else ""
    return f"the form {name} has colours in RGB" if _RGB.search(form.read_bytes()) else ""


def _missing_from_pages(
    pdf: Path, rows: Sequence[Mapping[str, str]], layout: Layout, *, scanner: Any, watch: Watch
) -> Iterator[str]:
    """Yield the texts and codes that are missing on their page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        for at, row in enumerate(rows):
            for number, side in enumerate(layout.sides, start=len(layout.sides) * at):
                page = document[number]
                missing = [
                    *_missing(page, row, side, layout),
                    *_unscanned(page, row, side, layout=layout, scanner=scanner),
                ]
                yield from (
                    f"page {number + 1}: the {name} of piece {row['piece_id']} is not on it"
                    for name in missing
                )
                page.close()
            if (at + 1) % _STRIDE == 0 or at + 1 == len(rows):
                watch("read", at + 1, len(rows))
    finally:
        document.close()


def _missing(page: Any, row: Mapping[str, str], side: Side, layout: Layout) -> Iterator[str]:
    page_text = _squeezed(page.get_textpage().get_text_range())
    for part, text in _meant(row, side, layout):
        if _squeezed(text) not in page_text:
            yield part


def _meant(row: Mapping[str, str], side: Side, layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield the texts that a side must show.

    The address is one text, so that no line of it strays.
    """
    for frame in layout.frames:
        if frame.side == side and frame.part == ADDRESS:
            yield ADDRESS, "".join(row[f"address_{line}"] for line in range(1, LINES + 1))
        elif frame.side == side:
            yield frame.part, row[frame.part]
    if layout.piece is not None and layout.piece.side == side:
        yield "number", row["piece_id"]


def _unscanned(
    page: Any, row: Mapping[str, str], side: Side, *, layout: Layout, scanner: Any
) -> list[str]:
    meant = {}
    if layout.qr is not None and layout.qr.side == side and row["qr"]:
        meant["QR code"] = row["qr"]
    if layout.piece is not None and layout.piece.side == side:
        meant["Data Matrix"] = row["piece_id"]
    if scanner is None or not meant:
        return []
    seen = {each.text for each in scanner.read_barcodes(page.render(scale=_DPI / 72).to_pil())}
    return [name for name, text in meant.items() if text not in seen]


def _squeezed(text: str) -> str:
    """Return a text without white space, so that line breaks make no difference."""
    return "".join(normalize("NFC", text).split())
