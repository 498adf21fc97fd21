"""A picture of one card of a print run, trimmed as it will be mailed."""

from pathlib import Path
from typing import Any

_DPI = 200
_GAP = 24  # pixels round and between the two sides
_PAPER = (236, 232, 224)


def preview(pdf: Path, png: Path, record: int = 1, pages: int = 2) -> None:
    """Write a PNG of all sides of one card of a print run, side by side and trimmed.

    Args:
        pdf: The print run.
        png: Where the picture goes.
        record: Which card, counted from 1.
        pages: How many pages a card has.

    Raises:
        IndexError: the run has no such card.
    """
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 1 <= record <= len(document) // pages:
            raise IndexError(f"the run has {len(document) // pages} cards, and no card {record}")
        sides = [picture_of(document[pages * (record - 1) + side], _DPI) for side in range(pages)]
    finally:
        document.close()
    width, height = sides[0].size
    sheet = Image.new("RGB", (pages * (width + _GAP) + _GAP, height + 2 * _GAP), _PAPER)
    for number, side in enumerate(sides):
        sheet.paste(side, (_GAP + number * (width + _GAP), _GAP))
    sheet.save(png, optimize=True)


def count_pages(pdf: Path) -> int:
    """Return how many pages a print run has."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def picture_of(page: Any, dpi: int) -> Any:
    """Return one page as a picture, cropped to its TrimBox."""
    left, bottom, right, top = page.get_trimbox()
    whole_left, whole_bottom, whole_right, whole_top = page.get_mediabox()
    crop = (left - whole_left, bottom - whole_bottom, whole_right - right, whole_top - top)
    return page.render(scale=dpi / 72, crop=crop).to_pil()
