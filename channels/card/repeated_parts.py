"""The parts that are the same on every piece of a run, drawn once by ReportLab.

These are the drawing of each side and the crop marks.
"""

import io
from functools import lru_cache
from typing import Any

from channels.card.drawings import DRAWINGS, INK
from channels.card.frames import MM, Side
from channels.card.layout import Sheet
from channels.card.pen import Pen

_MARK, _HAIR = 5.0, 0.25 / MM  # how long a crop mark is, and how thick, in millimetres


@lru_cache(maxsize=32)
def static_side(sheet: Sheet, side: Side) -> bytes:
    """Return the operators that draw a side below its words.

    The origin is the bottom left corner of the trimmed sheet. They draw paths in CMYK and nothing
    else, so they need no resources.
    """
    import pikepdf
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(None, invariant=1, enforceColorSpace="CMYK", initialFontName=_some_font())
    define_side(canvas, sheet, side)
    canvas.doForm(side)
    canvas.showPage()
    with pikepdf.open(io.BytesIO(canvas.getpdfdata())) as drawn:
        form = next(iter(drawn.pages[0].Resources["/XObject"].values()))
        return bytes(form.read_bytes())


def define_side(canvas: Any, sheet: Sheet, side: Side) -> None:
    """Draw a side below its words as a form named after the side."""
    edge = sheet.slug * MM
    canvas.beginForm(side, -edge, -edge, sheet.width * MM + edge, sheet.height * MM + edge)
    canvas.saveState()
    if sheet.crop_marks:
        _clip_to_bleed(canvas, sheet)
    canvas.scale(sheet.scale, sheet.scale)
    height = sheet.height / sheet.scale
    pen = Pen(canvas=canvas, height=height, colour=INK, paint=dict(sheet.paint))
    DRAWINGS[sheet.drawing][side](pen)
    canvas.restoreState()
    if sheet.crop_marks:
        _draw_marks(canvas, sheet)
    canvas.endForm()


def _clip_to_bleed(canvas: Any, sheet: Sheet) -> None:
    bleed, path = sheet.bleed * MM, canvas.beginPath()
    path.rect(-bleed, -bleed, sheet.width * MM + 2 * bleed, sheet.height * MM + 2 * bleed)
    canvas.clipPath(path, stroke=0, fill=0)


def _draw_marks(canvas: Any, sheet: Sheet) -> None:
    """Draw crop marks at the corners and the fold, outside the bleed and in black only."""
    from reportlab.lib.colors import CMYKColor

    canvas.setStrokeColor(CMYKColor(0, 0, 0, 1))
    canvas.setLineWidth(_HAIR * MM)
    near, far = sheet.bleed + 1, sheet.bleed + 1 + _MARK
    across = [0.0, sheet.height, *([] if sheet.fold is None else [sheet.height - sheet.fold])]
    lines = [
        (x, y, x, y + step)
        for x in (0.0, sheet.width)
        for y, step in ((-far, _MARK), (sheet.height + near, _MARK))
    ]
    lines += [(x, y, x + _MARK, y) for y in across for x in (-far, sheet.width + near)]
    for x1, y1, x2, y2 in lines:
        canvas.line(x1 * MM, y1 * MM, x2 * MM, y2 * MM)


def _some_font() -> str:
    from channels.press import fonts

    # otherwise every page asks for a Helvetica that is not embedded
    return str(fonts.font("text").fontName)
