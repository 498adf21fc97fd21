"""The postal proof of a run, which draws the zones of the post over each address side in millimetres.

It is for the eyes of a carrier and a print shop. What it draws is measured from the layout, over
pages that the composer made, so that a piece that strays from its zone is seen.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.card.frames import ADDRESS, MM
from channels.card.layout import Layout
from channels.card.layout_checks import SEEN, things
from channels.card.zones import Window
from channels.press import fonts

_POST, _OURS = (0.0, 1.0, 0.1, 0.0), (1.0, 0.3, 0.0, 0.1)  # pink the carrier's, blue our own
_HAIR, _SIZE, _LINE, _ROUND = 0.4, 7.0, 10.0, 3.6  # points
_CALLED = {ADDRESS: "address", "return_address": "return line", "carrier": "carrier's lines"}
_CODES = frozenset({"kix", "qr", "piece", "carrier_mark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A rectangle in millimetres from the top left corner, as it is drawn over a proof."""

    name: str
    left: float
    top: float
    width: float
    height: float
    dashed: bool = False
    ours: bool = False  # a place of the layout, and no zone of the carrier


def zones(layout: Layout) -> Iterator[Zone]:
    """Yield the zones of the address side, those of the carrier first."""
    if (franking := layout.franking) is not None:
        left = layout.card.width - franking.width
        yield Zone(
            name="paid postage", left=left, top=0, width=franking.width, height=franking.height
        )
    if (window := layout.window) is not None:
        yield _grown("window", window, 0)
        yield _grown("window at worst", window, window.moves)
        yield _grown("to be read", window, -window.clear)
    for thing in things(layout):
        if thing.side == layout.address_side and (thing.part in SEEN or thing.part in _CODES):
            yield Zone(
                name=_CALLED.get(thing.part, thing.name),
                left=thing.left,
                top=thing.top,
                width=thing.width,
                height=thing.height,
                ours=True,
            )


def _grown(name: str, window: Window, by: float) -> Zone:
    """Return a window that is so much larger to each side."""
    return Zone(
        name=name,
        left=window.left - by,
        top=window.top - by,
        width=window.width + 2 * by,
        height=window.height + 2 * by,
        dashed=by != 0,
    )


def draw_postal_proof(proof: Path, layout: Layout, path: Path) -> None:
    """Write the address sides of a proof with the zones over them and their legend below, as a PDF.

    Args:
        proof: The finished proof.
        layout: Of its pieces.
        path: Where it goes.
    """
    import pikepdf

    sides, drawn_zones = layout.sides, tuple(zones(layout))
    at, below = sides.index(layout.address_side), _LINE * (len(drawn_zones) + 1)
    with (
        pikepdf.open(proof) as document,
        pikepdf.open(_overlay(layout, drawn_zones, below)) as drawn,
    ):
        for number in reversed(range(len(document.pages))):
            if number % len(sides) != at:
                del document.pages[number]
        for page in document.pages:
            left, bottom, right, top = map(float, page.mediabox)
            whole = (left, bottom - below, right, top)
            page.mediabox = page.trimbox = page.bleedbox = pikepdf.Array(whole)
            page.add_overlay(drawn.pages[0], pikepdf.Rectangle(*whole))
        document.save(path, deterministic_id=True)


def _overlay(layout: Layout, drawn: Sequence[Zone], below: float) -> io.BytesIO:
    """Return a page with the zones, each with its number, and with what each is below the sheet."""
    from reportlab.pdfgen.canvas import Canvas

    card = layout.card
    edge = card.slug * MM
    wide, high = card.width * MM + 2 * edge, card.height * MM + 2 * edge
    content, face = io.BytesIO(), fonts.font("semibold").fontName
    canvas = Canvas(content, pagesize=(wide, high + below), invariant=1, initialFontName=face)
    for number, zone in enumerate(drawn, 1):
        canvas.setFont(face, _SIZE)
        _choose(canvas, zone)
        canvas.drawString(edge, below - _LINE * number, f"{number}  {_said(zone)}")
    canvas.translate(edge, edge + below)
    canvas.setLineWidth(_HAIR)
    for number, zone in enumerate(drawn, 1):
        _choose(canvas, zone)
        _draw(canvas, zone, card.height, str(number))
    canvas.showPage()
    canvas.save()
    content.seek(0)
    return content


def _choose(canvas: Any, zone: Zone) -> None:
    """Take the colour and the line of a zone."""
    colour = _OURS if zone.ours else _POST
    canvas.setStrokeColorCMYK(*colour)
    canvas.setFillColorCMYK(*colour)
    canvas.setDash(*((2, 2) if zone.dashed else (1, 0)))


def _draw(canvas: Any, zone: Zone, sheet: float, number: str) -> None:
    """Draw a zone, and its number at its top right corner."""
    left, top, wide, high = (
        each * MM for each in (zone.left, sheet - zone.top, zone.width, zone.height)
    )
    canvas.rect(left, top - high, wide, high)
    canvas.circle(left + wide, top, _ROUND, stroke=0, fill=1)
    canvas.setFillColorCMYK(0, 0, 0, 0)
    canvas.setFontSize(_SIZE - 1)
    canvas.drawCentredString(left + wide, top - 0.32 * _SIZE, number)


def _said(zone: Zone) -> str:
    return (
        f"{zone.name}: {zone.width:.4g} × {zone.height:.4g} mm, {zone.left:.4g} mm from the left "  # noqa: RUF001
        f"and {zone.top:.4g} mm from the top"
    )
