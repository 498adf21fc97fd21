"""A pen that draws smooth, slightly unsteady curves as by hand, the same every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, pi, sin
from random import Random
from typing import Any

from channels.card.frames import MM

Point = tuple[float, float]  # millimetres from the card's top left corner, y downwards
Colour = tuple[float, float, float, float]  # cyan, magenta, yellow, black


@dataclass(frozen=True, kw_only=True)
class Pen:
    """A pen on a ReportLab canvas whose origin is the card's bottom left corner."""

    canvas: Any
    height: float  # of the card, in millimetres
    colour: Colour
    paint: Mapping[str, Colour] = field(default_factory=dict)  # the body's own colours
    unsteady: float = 0.22  # millimetres by which the hand wavers
    _hand: Random = field(default_factory=lambda: Random(1105))

    def line(
        self,
        points: Sequence[Point],
        width: float = 0.7,
        *,
        closed: bool = False,
        colour: Colour | None = None,
    ) -> None:
        """Draw a curve through the points, `width` millimetres thick."""
        self._stroke(self._waver(points), width, closed=closed, colour=colour or self.colour)

    def fill(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill the closed curve through the points."""
        self.canvas.setFillColor(_ink(colour))
        self.canvas.drawPath(self._path(points, closed=True), stroke=0, fill=1)

    def shape(self, points: Sequence[Point], colour: Colour, width: float = 0.7) -> None:
        """Fill a closed curve and outline it, not quite along the edge."""
        self.fill(points, colour)
        self.line(points, width, closed=True)

    def dot(self, at: Point, radius: float, colour: Colour | None = None) -> None:
        """Draw a dot."""
        self.fill(oval(at, radius, radius), colour or self.colour)

    def _waver(self, points: Sequence[Point]) -> list[Point]:
        off = self.unsteady
        return [
            (x + self._hand.uniform(-off, off), y + self._hand.uniform(-off, off))
            for x, y in points
        ]

    def _stroke(
        self, points: Sequence[Point], width: float, *, closed: bool, colour: Colour
    ) -> None:
        self.canvas.setStrokeColor(_ink(colour))
        self.canvas.setLineWidth(width * MM)
        self.canvas.setLineCap(1)
        self.canvas.setLineJoin(1)
        self.canvas.drawPath(self._path(points, closed=closed), stroke=1, fill=0)

    def _path(self, points: Sequence[Point], *, closed: bool) -> Any:
        """Return a Catmull-Rom curve through the points as a path of Bezier curves."""
        spots = [(x * MM, (self.height - y) * MM) for x, y in points]
        before, after = (spots[-1], spots[0]) if closed else (spots[0], spots[-1])
        ring = [before, *spots, after, *([spots[1]] if closed else [])]
        path = self.canvas.beginPath()
        path.moveTo(*spots[0])
        for p, q, r, s in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
            path.curveTo(
                q[0] + (r[0] - p[0]) / 6,
                q[1] + (r[1] - p[1]) / 6,
                r[0] - (s[0] - q[0]) / 6,
                r[1] - (s[1] - q[1]) / 6,
                *r,
            )
        if closed:
            path.close()
        return path


def oval(at: Point, across: float, down: float, steps: int = 10) -> list[Point]:
    """Return points on an oval with the half axes `across` and `down`."""
    return [
        (at[0] + across * cos(2 * pi * n / steps), at[1] + down * sin(2 * pi * n / steps))
        for n in range(steps)
    ]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Return points along a rectangle with round corners, close enough to keep its sides straight."""
    r = min(2.0, (right - left) / 4, (bottom - top) / 4)
    sides = ((left + r, top), (right - r, top)), ((right, top + r), (right, bottom - r))
    back = ((right - r, bottom), (left + r, bottom)), ((left, bottom - r), (left, top + r))
    points: list[Point] = []
    for (x1, y1), (x2, y2) in (*sides, *back):
        points += [(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t) for t in (0, 0.33, 0.67, 1)]
    return points


def _ink(colour: Colour) -> Any:
    from reportlab.lib.colors import CMYKColor

    return CMYKColor(*colour)
