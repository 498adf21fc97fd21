"""Place of the mark on a proof, where it covers no text and no code."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import cos, radians, sin

from channels.card.frames import CLEAR, MM, Side, extent
from channels.card.layout import Layout
from channels.press import fonts

FACE = "bold"
_SLANT = radians(6)  # it does not stand straight, so no reader takes it for a text of the card
_HIGH = 0.72  # of the size: a capital with the white round it
_LARGEST = 120.0  # points


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A rectangle without texts and codes, in millimetres from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPlace:
    """Where a mark begins, in points from the bottom left corner, with its size and slant."""

    size: float
    matrix: tuple[float, float, float, float, float, float]


def place_mark(layout: Layout, side: Side, mark: str) -> MarkPlace:
    """Return the place in which a mark is largest without covering a text or a code."""
    long = sum(map(fonts.advances(FACE).__getitem__, mark)) / 1000
    size, room = max(
        ((_size(room, long), room) for room in _rooms(layout, side)), key=lambda found: found[0]
    )
    across, down = (
        long * cos(_SLANT) + _HIGH * sin(_SLANT),
        long * sin(_SLANT) + _HIGH * cos(_SLANT),
    )
    left = (room.left + room.right) / 2 * MM - across * size / 2 + _HIGH * size * sin(_SLANT)
    bottom = (layout.card.height - (room.top + room.bottom) / 2) * MM - down * size / 2
    return MarkPlace(
        size=size, matrix=(cos(_SLANT), sin(_SLANT), -sin(_SLANT), cos(_SLANT), left, bottom)
    )


def _size(room: Room, long: float) -> float:
    """Return the size in points at which a mark, `long` times its size, fits into a room."""
    wide, high = (room.right - room.left) * MM, (room.bottom - room.top) * MM
    return min(
        wide / (long * cos(_SLANT) + _HIGH * sin(_SLANT)),
        high / (long * sin(_SLANT) + _HIGH * cos(_SLANT)),
        _LARGEST,
    )


def _rooms(layout: Layout, side: Side) -> Iterator[Room]:
    """Yield the rooms between the things of a side, and as a last resort the whole side."""
    card = layout.card
    things = list(_things(layout, side))
    lefts = {card.margin, *(thing.right for thing in things)}
    rights = {card.width - card.margin, *(thing.left for thing in things)}
    for left, right in product(sorted(lefts), sorted(rights)):
        if right <= left:
            continue
        between = sorted(
            (thing.top, thing.bottom)
            for thing in things
            if thing.left < right and left < thing.right
        )
        above = card.margin
        for top, bottom in (*between, (card.height - card.margin, 0.0)):
            if top > above:
                yield Room(left=left, top=above, right=right, bottom=top)
            above = max(above, bottom)
    if not things:
        yield Room(left=0, top=0, right=card.width, bottom=card.height)


def _things(layout: Layout, side: Side) -> Iterator[Room]:
    """Yield what stands on a side, each with a little white round it."""
    on_side = [frame for frame in layout.texts if frame.side == side]
    codes = [code for code in (layout.qr, layout.piece) if code is not None and code.side == side]
    kix = [layout.kix_zone] if layout.kix_zone and side == layout.address_side else []
    for thing in (*on_side, *codes, *kix):
        wide, high = extent(thing)
        yield Room(
            left=thing.left - CLEAR / 2,
            top=thing.top - CLEAR / 2,
            right=thing.left + wide + CLEAR / 2,
            bottom=thing.top + high + CLEAR / 2,
        )
