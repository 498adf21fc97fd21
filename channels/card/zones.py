"""Zones of a sheet that follow from its layout, such as the KIX code's and the envelope's window.

Everything is in millimetres from the top left corner of the trimmed sheet.
"""

from typing import Annotated, Protocol

from pydantic import Field

from channels.card.frames import KIX_HEIGHT, MM, Frame, Kix, LayoutModel

REST = 3.0
"""Between the window's edge and what must be read through it, while the letter lies straight."""
WORST = 1.0
"""The same, when the letter has moved in its envelope as far as it can."""
KIX_CLEAR = 2.0
"""White round a KIX code."""
_BELOW = 0.22  # of the size: from a line's foot to the bottom of its letters


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


def foot_of(frame: Frame, size: float, down: float) -> float:
    """Return where the last line of a text ends.

    Args:
        frame: of the text.
        size: of its letters, in points.
        down: from the frame's top to the last baseline, in points.
    """
    return frame.top + (down + _BELOW * size) / MM


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
