"""Pages of a report as PDF, with headings, sentences, tables, drawings and embedded fonts.

The same report gives the same bytes: it carries no time of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any

from channels.press.drawings import Drawing
from channels.press.fonts import font

_MARGIN = 56.7  # 20 mm


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentences:
    """A paragraph, large where it stands on top, on the page of what follows where it announces that."""

    text: str
    large: bool = False
    with_next: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG, as wide as the page at most."""

    png: bytes


Part = Heading | Sentences | Grid | Drawing | Picture


def pages(title: str, parts: Sequence[Part], *, language: str) -> bytes:
    """Return the PDF of a report on A4."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    into = BytesIO()
    text, bold = font("text").fontName, font("semibold").fontName

    def numbered(canvas: Any, document: Any) -> None:
        canvas.setFont(text, 8)
        canvas.drawRightString(A4[0] - _MARGIN, _MARGIN / 2, str(document.page))

    SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        author="Kaartje",
        lang=language,
        displayDocTitle=True,  # a reader says the title and not the file's name
        invariant=1,
    ).build(
        [_flowable(part, text, bold) for part in (Heading(title), *parts)],
        onFirstPage=numbered,
        onLaterPages=numbered,
    )
    return into.getvalue()


def _flowable(part: Part, text: str, bold: str) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    match part:
        case Heading():
            return _heading(part.text, bold)
        case Sentences():
            size = 13 if part.large else 10
            style = ParagraphStyle(
                "text",
                fontName=text,
                fontSize=size,
                leading=size * 1.35,
                spaceAfter=5,
                keepWithNext=part.with_next,
            )
            return Paragraph(escape(part.text), style)
        case Grid():
            return _table(part, text, bold)
        case Drawing():
            return _drawn(part, text)
        case Picture():
            return _picture(part)


def _picture(part: Picture) -> Any:
    """Return a picture within the margins, in its own proportions."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Image

    room = (A4[0] - 2 * _MARGIN - 12, A4[1] - 2 * _MARGIN - 80)  # with a heading above it
    return Image(BytesIO(part.png), *room, kind="proportional")


def _heading(words: str, bold: str) -> Any:
    """Return a heading that stands on the page of what follows it, and in the outline of the document."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    class Outlined(Paragraph):  # type: ignore[misc]  # ReportLab has no types
        """A heading with its place in the outline."""

        def draw(self) -> None:
            self.canv.bookmarkPage(words)
            self.canv.addOutlineEntry(words, words, 0)
            super().draw()

    style = ParagraphStyle(
        "heading",
        fontName=bold,
        fontSize=14,
        leading=18,
        spaceBefore=10,
        spaceAfter=4,
        keepWithNext=1,
    )
    return Outlined(escape(words), style)


def _table(part: Grid, text: str, bold: str) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Table

    head = ParagraphStyle("head", fontName=bold, fontSize=9, leading=11)
    cell = ParagraphStyle("cell", fontName=text, fontSize=9, leading=11)
    lines = [[Paragraph(escape(each), head) for each in part.head]]
    lines += [[Paragraph(escape(each), cell) for each in row] for row in part.rows]
    return Table(
        lines,
        repeatRows=1,
        spaceAfter=8,
        style=[("LINEBELOW", (0, 0), (-1, 0), 0.8, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")],
    )


def _drawn(part: Drawing, text: str) -> Any:
    from reportlab.platypus import Flowable

    class Drawn(Flowable):  # type: ignore[misc]  # ReportLab has no types
        """A drawing in the flow of a page."""

        def wrap(self, *_room: float) -> tuple[float, float]:
            return part.width, part.height + 8

        def draw(self) -> None:
            part.on_canvas(self.canv, 0, part.height + 4, text)

    return Drawn()
