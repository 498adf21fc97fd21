"""Drawings of lines, boxes and words, as SVG for a page and on a PDF canvas.

The unit is a point, the origin the top left corner.
"""

from dataclasses import dataclass
from html import escape
from typing import Any, Literal

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle, outlined or filled."""

    x: float
    y: float
    width: float
    height: float
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of words at a base line."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    size: float = 10.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet, with a sentence for who does not see it."""

    width: float
    height: float
    says: str
    shapes: tuple[Line | Box | Words, ...]

    def as_svg(self, name: str) -> str:
        """Return the SVG with its sentence as title, under an id within the page.

        It has no size of its own: the page gives it one.
        """
        inside = "".join(_svg(shape) for shape in self.shapes)
        return (
            f'<svg role="img" aria-labelledby="{name}" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' fill="none" stroke="currentColor" class="drawing">'
            f'<title id="{name}">{escape(self.says)}</title>{inside}</svg>'
        )

    def on_canvas(self, canvas: Any, left: float, top: float, face: str) -> None:
        """Draw it on a ReportLab canvas, with its top left corner at these points from the bottom left."""
        for shape in self.shapes:
            match shape:
                case Line():
                    canvas.setLineWidth(shape.width)
                    canvas.line(left + shape.x, top - shape.y, left + shape.to_x, top - shape.to_y)
                case Box():
                    canvas.setLineWidth(0.8)
                    low = top - shape.y - shape.height
                    canvas.rect(
                        left + shape.x, low, shape.width, shape.height, fill=int(shape.filled)
                    )
                case Words():
                    canvas.setFont(face, shape.size)
                    write = {
                        "start": canvas.drawString,
                        "middle": canvas.drawCentredString,
                        "end": canvas.drawRightString,
                    }[shape.anchor]
                    write(left + shape.x, top - shape.y, shape.text)


def _svg(shape: Line | Box | Words) -> str:
    match shape:
        case Line():
            return (
                f'<line x1="{shape.x:g}" y1="{shape.y:g}" x2="{shape.to_x:g}" y2="{shape.to_y:g}"'
                f' stroke-width="{shape.width:g}"/>'
            )
        case Box():
            fill = ' fill="currentColor"' if shape.filled else ""
            return (
                f'<rect x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}"'
                f' height="{shape.height:g}"{fill}/>'
            )
        case Words():
            return (
                f'<text x="{shape.x:g}" y="{shape.y:g}" text-anchor="{shape.anchor}"'
                f' font-size="{shape.size:g}" fill="currentColor" stroke="none">'
                f"{escape(shape.text)}</text>"
            )
