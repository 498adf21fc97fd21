"""Inspecting a print run before it is handed over: the file is read back, every page of it."""

import io
from typing import Any

from channels.card.layout import MM, Layout
from channels.port import Unavailable

_NEARLY = 0.01  # points


class SpoiledRun(Unavailable):
    """The PDF that was written is not the PDF that was meant; nothing left."""


def inspect_run(pdf: bytes, *, cards: int, layout: Layout) -> None:
    """Read a print run back and hold it against what the press needs.

    Raises:
        SpoiledRun: it has not two pages a card, a page lacks a box of its own, or a font is not embedded.
    """
    import pikepdf

    bleed, width, height = (number * MM for number in (layout.card.bleed, layout.card.width, layout.card.height))
    whole = (0.0, 0.0, width + 2 * bleed, height + 2 * bleed)
    trim = (bleed, bleed, bleed + width, bleed + height)
    embedded: dict[Any, bool] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if len(document.pages) != 2 * cards:
            raise SpoiledRun(f"the run has {len(document.pages)} pages for {cards} cards")
        for number, page in enumerate(document.pages, start=1):
            for name, meant in (("/MediaBox", whole), ("/BleedBox", whole), ("/TrimBox", trim)):
                if not _is_box(page.obj.get(name), meant):
                    raise SpoiledRun(f"page {number} has no {name[1:]} as it was meant")
            _inspect_fonts(page.obj, embedded, number)


def _is_box(box: Any, meant: tuple[float, ...]) -> bool:
    return box is not None and all(abs(float(is_) - be) < _NEARLY for is_, be in zip(box, meant, strict=True))


def _inspect_fonts(page: Any, embedded: dict[Any, bool], number: int) -> None:
    """Look at each font of a page and of the forms on it, each font once."""
    resources = [page.Resources]
    resources += [form.Resources for form in page.Resources.get("/XObject", {}).values() if "/Resources" in form]
    for resource in resources:
        for font in resource.get("/Font", {}).values():
            if font.objgen not in embedded:
                embedded[font.objgen] = "/FontFile2" in font.get("/FontDescriptor", {})
            if not embedded[font.objgen]:
                raise SpoiledRun(f"page {number} has a font that is not embedded")
