"""Zones of a sheet that follow from its layout, such as the KIX code's and the envelope's window.

Everything is in millimetres from the top left corner of the trimmed sheet.
"""

from dataclasses import dataclass
from math import inf
from typing import Annotated, Protocol

from pydantic import Field

from channels.card.frames import KIX_HEIGHT, MM, Frame, Kix, LayoutModel
from channels.press.page_reading import Spoiled

REST = 3.0
"""Between the window's edge and what must be read through it, while the letter lies straight."""
WORST = 1.0
"""The same, when the letter has moved in its envelope as far as it can."""
KIX_CLEAR = 2.0
"""White round a KIX code."""
_NEARLY = 0.01  # millimetres
ABOVE, BELOW = 0.78, 0.22
"""Shares of the type size from the top of a line to its foot, and on to the bottom of its letters."""


class Placed(Protocol):
    """A thing with a rectangle of its own."""

    @property
    def left(self) -> float:
        """From the left edge of the sheet."""

    @property
    def top(self) -> float:
        """From the top edge of the sheet."""

    @property
    def width(self) -> float:
        """From its left side to its right one."""

    @property
    def height(self) -> float:
        """From its top to its foot."""


class Window(LayoutModel):
    """The envelope's window, through which the address is read and nothing else may be."""

    left: float
    top: float
    width: Annotated[float, Field(gt=0)]
    height: Annotated[float, Field(gt=0)]
    # how far the letter moves in its envelope, to each side
    moves: Annotated[float, Field(ge=0, le=10)] = 2

    def shows(self, thing: Placed) -> bool:
        """Say whether something is seen whole, however the letter lies in its envelope."""
        clear = self.clear
        return (
            thing.left >= self.left + clear
            and thing.top >= self.top + clear
            and thing.left + thing.width <= self.left + self.width - clear
            and thing.top + thing.height <= self.top + self.height - clear
        )

    def may_show(self, thing: Placed) -> bool:
        """Say whether a part of something can be seen when the letter has moved."""
        return (
            thing.left < self.left + self.width + self.moves
            and self.left - self.moves < thing.left + thing.width
            and thing.top < self.top + self.height + self.moves
            and self.top - self.moves < thing.top + thing.height
        )

    @property
    def clear(self) -> float:
        """Distance to the window's edge of what is read through it."""
        return max(REST, self.moves + WORST)


class Franking(LayoutModel):
    """The corner for the mark of paid postage, at the top right of the address side."""

    # as the rules of the carriers have it
    width: Annotated[float, Field(gt=0, le=150)] = 74
    height: Annotated[float, Field(gt=0, le=80)] = 40

    def meets(self, thing: Placed, sheet: float) -> bool:
        """Say whether a thing on a sheet of this width reaches into it."""
        return thing.left + thing.width > sheet - self.width and thing.top < self.height


@dataclass(frozen=True, slots=True)
class Gauge:
    """The zones of an address side, against which what stands on a finished page is measured."""

    window: Window | None
    franking: Franking | None
    sheet: float  # its width

    def reach(self, name: str, left: float, lines: tuple[float, float], *, seen: bool) -> float:
        """Return how far to the right something may reach.

        Args:
            name: in a sentence.
            left: where it begins.
            lines: its top and its foot.
            seen: whether it is to be read through the window.

        Raises:
            Spoiled: it stands where it must not, however far it reaches.
        """
        return min(
            self._beside_franking(name, left, lines[0]),
            self._in_window(name, left, lines) if seen else self._beside_window(name, left, lines),
        )

    def _beside_franking(self, name: str, left: float, top: float) -> float:
        if self.franking is None or top >= self.franking.height - _NEARLY:
            return inf
        edge = self.sheet - self.franking.width
        if left >= edge:
            raise Spoiled(f"the {name} stands in the corner for the mark of paid postage")
        return edge

    def _in_window(self, name: str, left: float, lines: tuple[float, float]) -> float:
        if (window := self.window) is None:
            return inf
        clear = window.clear - _NEARLY
        if (
            left < window.left + clear
            or lines[0] < window.top + clear
            or lines[1] > window.top + window.height - clear
        ):
            raise Spoiled(f"the {name} comes within {window.clear:g} mm of the window's edge")
        return window.left + window.width - clear

    def _beside_window(self, name: str, left: float, lines: tuple[float, float]) -> float:
        window = self.window
        if (
            window is None
            or lines[0] >= window.top + window.height + window.moves - _NEARLY
            or lines[1] <= window.top - window.moves + _NEARLY
            or left >= window.left + window.width + window.moves - _NEARLY
        ):
            return inf
        if left >= window.left - window.moves:
            raise Spoiled(f"the {name} can be read through the window")
        return window.left - window.moves


def foot_of(frame: Frame, size: float, down: float) -> float:
    """Return where the last line of a text ends.

    Args:
        frame: of the text.
        size: of its letters, in points.
        down: from the frame's top to the last baseline, in points.
    """
    return frame.top + (down + BELOW * size) / MM


def kix_top(kix: Kix, foot: float, lowest: float) -> float | None:
    """Return where the KIX code of an address begins, or None where it has no room there.

    Args:
        kix: its place in the layout.
        foot: where the last line of the address ends.
        lowest: where the code must end at the latest.
    """
    if kix.below is None:
        return kix.top
    top = round(foot + kix.below, 2)
    return top if top + KIX_HEIGHT <= lowest else None


def kix_zone(kix: Kix, address: Frame, lowest: float) -> Frame:
    """Return all of the place in which the KIX codes of a run may stand."""
    top, bottom = kix.top or 0.0, (kix.top or 0.0) + KIX_HEIGHT
    if kix.below is not None:
        top = address.top + address.size / MM + kix.below
        bottom = max(
            min(address.top + address.height + kix.below + KIX_HEIGHT, lowest), top + KIX_HEIGHT
        )
    return Frame(
        part="kix",
        side=address.side,
        left=kix.left,
        top=top,
        width=kix.width,
        height=bottom - top,
        size=6,
    )
