"""A picture of one card, as it will lie on the mat."""

from pathlib import Path
from typing import Any

_DPI = 200
_GAP = 24  # pixels round and between the two sides
_PAPER = (236, 232, 224)


def preview(pdf: Path, png: Path, record: int = 1) -> None:
    """Write a PNG of both sides of one card of a print run, side by side, trimmed.

    Args:
        pdf: The print run.
        png: Where the picture goes.
        record: Which card, counted from 1.

    Raises:
        IndexError: the run has no such card.
    """
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 1 <= record <= len(document) // 2:
            raise IndexError(f"the run has {len(document) // 2} cards, and no card {record}")
        sides = [_side(document[2 * record - 2 + side]) for side in (0, 1)]
    finally:
        document.close()
    width, height = sides[0].size
    sheet = Image.new("RGB", (2 * width + 3 * _GAP, height + 2 * _GAP), _PAPER)
    for number, side in enumerate(sides):
        sheet.paste(side, (_GAP + number * (width + _GAP), _GAP))
    sheet.save(png, optimize=True)


def _side(page: Any) -> Any:
    """Return one page, cut along its TrimBox."""
    left, bottom, right, top = page.get_trimbox()
    whole_left, whole_bottom, whole_right, whole_top = page.get_mediabox()
    crop = (left - whole_left, bottom - whole_bottom, whole_right - right, whole_top - top)
    return page.render(scale=_DPI / 72, crop=crop).to_pil()
