"""A body's logo, an SVG of filled shapes, as operators of a PDF page in CMYK.

Read are paths without arcs, rectangles, circles and polygons, each filled with one colour. What
a press might draw otherwise (strokes, gradients, text, pictures, turned shapes) is refused.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from channels.card.frames import MM, Logo
from channels.press.profile import LEAST_TINT
from store.errors import BadInput
from store.sentences import Sentence

FILE = "logo.svg"
_SVG = "{http://www.w3.org/2000/svg}"
_PARTS = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WANTED = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "Z": 0}
_KAPPA = 0.5523  # of a quarter of a circle, drawn as a Bezier curve
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_NAMED = {"black": "#000000", "white": "#ffffff"}
_PLAIN = {"svg", "g", "title", "desc", "metadata", "defs"}
_LARGEST = 200_000  # letters


class _Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float


class _Shape(NamedTuple):
    fill: str
    path: str


def logo_operators(logo: Logo, height: float) -> bytes:
    """Return the operators that draw a logo at its place, from the bottom left of the trimmed sheet.

    Args:
        logo: Its place and its drawing.
        height: Of the sheet, in millimetres.

    Raises:
        BadInput: the drawing holds what cannot be drawn; says what.
    """
    box, shapes = _read(logo.svg)
    scale = min(logo.width / box.width, logo.height / box.height) * MM
    left, top = logo.left * MM - box.left * scale, (height - logo.top) * MM + box.top * scale
    drawn = [f"\nq {scale:.5f} 0 0 {-scale:.5f} {left:.3f} {top:.3f} cm"]
    drawn += [f"{_ink(shape.fill)} k\n{shape.path} f" for shape in shapes]
    return "\n".join([*drawn, "Q\n"]).encode("ascii")


@lru_cache(maxsize=8)
def _read(svg: str) -> tuple[_Box, tuple[_Shape, ...]]:
    if "<!" in svg.replace("<!--", "") or len(svg) > _LARGEST:
        raise _refused(Sentence("declares a document type, or is very large"))
    try:
        root = fromstring(svg)  # noqa: S314  without a document type there are no entities
    except ParseError as error:
        raise _refused(Sentence("is not XML ({error})", error=error)) from None
    shapes = tuple(_shapes(root, "#000000"))
    if not shapes:
        raise _refused(Sentence("draws nothing"))
    return _box(root), shapes


def _box(root: Element) -> _Box:
    numbers = [float(each) for each in re.findall(r"[-+.\d]+", root.get("viewBox", ""))]
    if len(numbers) != 4 or min(numbers[2:]) <= 0:  # noqa: PLR2004  left, top, width, height
        raise _refused(Sentence("has no viewBox of four numbers"))
    return _Box(*numbers)


def _shapes(element: Element, fill: str) -> Iterator[_Shape]:
    """Yield the filled shapes of an element, each with the colour that it has or inherits."""
    name = element.tag.removeprefix(_SVG)
    style = dict(
        part.split(":", 1)
        for part in element.get("style", "").replace(" ", "").split(";")
        if ":" in part
    )
    for odd in ("transform", "filter", "mask", "clip-path", "opacity"):
        if element.get(odd) or odd in style:
            raise _refused(Sentence("has a {odd}", odd=odd))
    if (style.get("stroke") or element.get("stroke") or "none") != "none":
        raise _refused(Sentence("has a stroke"))
    fill = style.get("fill") or element.get("fill") or fill
    if name in _PLAIN:
        for child in element if name in {"svg", "g"} else ():
            yield from _shapes(child, fill)
    elif fill != "none":
        yield _Shape(_colour(fill), _path(name, element))


def _path(name: str, element: Element) -> str:
    match name:
        case "path":
            return _from_path(element.get("d", ""))
        case "rect":
            left, top, wide, high = (
                _number(element, each) for each in ("x", "y", "width", "height")
            )
            return f"{left:g} {top:g} {wide:g} {high:g} re"
        case "circle":
            return _circle(*(_number(element, each) for each in ("cx", "cy", "r")))
        case "polygon":
            return _from_path(f"M{element.get('points', '')}Z")
        case _:
            raise _refused(Sentence("has a {name}", name=name))


def _number(element: Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        raise _refused(Sentence("has a {name} that is no number", name=name)) from None


def _circle(x: float, y: float, r: float) -> str:
    k = r * _KAPPA
    return (
        f"{x + r:g} {y:g} m {x + r:g} {y + k:g} {x + k:g} {y + r:g} {x:g} {y + r:g} c"
        f" {x - k:g} {y + r:g} {x - r:g} {y + k:g} {x - r:g} {y:g} c"
        f" {x - r:g} {y - k:g} {x - k:g} {y - r:g} {x:g} {y - r:g} c"
        f" {x + k:g} {y - r:g} {x + r:g} {y - k:g} {x + r:g} {y:g} c h"
    )


def _from_path(path: str) -> str:
    """Return the operators of a path, with every point counted from the origin."""
    pen = _PathPen()
    parts, letter, at = _PARTS.findall(path), "", 0
    while at < len(parts):
        if parts[at].isalpha():
            letter, at = parts[at], at + 1
        wanted = _WANTED.get(letter.upper())
        if wanted is None:
            raise _refused(Sentence("has a path with {letter!r}", letter=letter or path[:10]))
        numbers = parts[at : at + wanted]
        if len(numbers) < wanted or any(each.isalpha() for each in numbers):
            raise _refused(Sentence("has a path with {letter!r} cut short", letter=letter))
        pen.draw(letter, [float(each) for each in numbers])
        at += wanted
        if not wanted and at < len(parts) and not parts[at].isalpha():
            raise _refused(Sentence("has a path with {letter!r}", letter=parts[at]))
        letter = {"M": "L", "m": "l"}.get(letter, letter)
    return " ".join(pen.drawn)


class _PathPen:
    """The point where a path stands, and the operators so far."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self._x = self._y = 0.0
        self._start = (0.0, 0.0)
        self._mirror: tuple[float, float] | None = None

    def draw(self, letter: str, numbers: list[float]) -> None:
        """Draw one step of a path."""
        if letter.islower():
            here = (self._y,) if letter == "v" else (self._x, self._y)
            numbers = [each + here[at % len(here)] for at, each in enumerate(numbers)]
        mirror, self._mirror = self._mirror, None
        match letter.upper(), numbers:
            case "M", [x, y]:
                self._start = (x, y)
                self._go(x, y, f"{x:g} {y:g} m")
            case "L", [x, y]:
                self._go(x, y, f"{x:g} {y:g} l")
            case "H", [x]:
                self._go(x, self._y, f"{x:g} {self._y:g} l")
            case "V", [y]:
                self._go(self._x, y, f"{self._x:g} {y:g} l")
            case "C", [a, b, c, d, x, y]:
                self._curve(a, b, c, d, x, y)
            case "S", [c, d, x, y]:
                a, b = mirror or (self._x, self._y)
                self._curve(a, b, c, d, x, y)
            case "Q", [c, d, x, y]:
                a, b = self._x + (c - self._x) * 2 / 3, self._y + (d - self._y) * 2 / 3
                self._curve(a, b, x + (c - x) * 2 / 3, y + (d - y) * 2 / 3, x, y)
            case _:
                self._go(*self._start, "h")

    def _curve(self, a: float, b: float, c: float, d: float, x: float, y: float) -> None:
        self._go(x, y, f"{a:g} {b:g} {c:g} {d:g} {x:g} {y:g} c")
        self._mirror = (2 * x - c, 2 * y - d)

    def _go(self, x: float, y: float, operator: str) -> None:
        self._x, self._y = x, y
        self.drawn.append(operator)


def _colour(fill: str) -> str:
    found = _NAMED.get(fill, fill)
    if not _HEX.fullmatch(found):
        raise _refused(Sentence("has a colour {fill!r}", fill=fill))
    digits = found[1:]
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)  # noqa: PLR2004


def _ink(rgb: str) -> str:
    """Return a colour of a screen as cyan, magenta, yellow and black, with as little ink as can be."""
    red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    light = max(red, green, blue)
    if light == 0:
        return "0 0 0 1"
    inks = (*((light - each) / light for each in (red, green, blue)), 1 - light)
    # a press cannot hold the lightest tints, and nobody misses them
    return " ".join(f"{each if each >= LEAST_TINT else 0:.3g}" for each in inks)


def _refused(problem: Sentence) -> BadInput:
    remedy = "save it as plain filled shapes in #rrggbb, without strokes, arcs, text or transforms"
    return BadInput(problem, remedy, file=FILE)
