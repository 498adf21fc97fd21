"""Checks of a layout, which refuse what a press, a carrier or a neighbour should not get.

Nothing stands near the edge, across the fold or in another's place. Only the address can be read
through a window or on the outside of a card that closes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from channels.card.frames import (
    ADDRESS,
    CARRIER,
    CLEAR,
    CODE,
    PIECE,
    Frame,
    Side,
    extent,
)
from channels.card.logos import logo_operators
from channels.press.profile import LEAST_TINT, MOST_INK
from store.sentences import Sentence

if TYPE_CHECKING:
    from channels.card.layout import Layout
    from channels.card.zones import Franking, Window

SEEN = frozenset({ADDRESS, "return_address", "kix", CARRIER, "carrier_mark"})
"""What is read through the window of an envelope."""
OUTSIDE = frozenset({ADDRESS, "return_address", PIECE, CARRIER})
"""What may stand on the outside of a card that closes."""
HEAVIEST = 350
"""Grams of a piece that is no parcel yet."""
_INKS_OF_TEXT = 2
ORDINARY_LINES = 4
"""Lines of an address at most, in a street of this country."""
_ABOVE = 0.78  # of the size: from a line's top to its foot


class Rectangle(Protocol):
    """A thing with a place of its own."""

    @property
    def left(self) -> float:
        """From the left edge of the sheet."""

    @property
    def top(self) -> float:
        """From the top edge of the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing on the sheet, with the rectangle that it takes in millimetres."""

    part: str
    name: str  # in a sentence
    side: Side
    left: float
    top: float
    width: float
    height: float
    clear: float = 0  # what must stay white round it


def things(layout: "Layout") -> Iterator[Thing]:
    """Yield everything that stands on the sheet, texts first."""
    for frame in layout.texts:
        size = (frame.width, frame.height)
        yield _thing(frame, frame.part, f"frame {frame.part}", frame.side, size)
    if (kix := layout.kix_zone) is not None:
        yield _thing(kix, "kix", "KIX code", kix.side, (kix.width, kix.height))
    if (qr := layout.qr) is not None:
        clear = max(CLEAR, qr.quiet)
        yield _thing(qr, "qr", "QR code", qr.side, extent(qr), clear=clear)
    if (piece := layout.piece) is not None:
        yield _thing(piece, PIECE, "piece's number", piece.side, extent(piece), clear=CLEAR)
    if layout.carrier is not None and (mark := layout.carrier.mark) is not None:
        name, side = "carrier's Data Matrix", layout.address_side
        yield _thing(mark, "carrier_mark", name, side, extent(mark), clear=CLEAR)
    if (logo := layout.logo) is not None:
        yield _thing(logo, "logo", "logo", logo.side, (logo.width, logo.height))


def check_layout(layout: "Layout") -> None:
    """Check that a layout hangs together.

    Raises:
        ValueError: something is missing, or stands where it must not.
    """
    parts = [frame.part for frame in layout.frames]
    if len(set(parts)) < len(parts):
        raise ValueError("a part has two frames")
    for needed in (ADDRESS, CODE):
        if needed not in parts:
            raise ValueError(Sentence("there is no frame for the {needed}", needed=needed))
    if layout.carrier is not None and CARRIER in parts:
        raise ValueError(
            Sentence("the part {carrier} is the carrier's: its place is [carrier]", carrier=CARRIER)
        )
    for frame in layout.texts:
        _check_frame(layout, frame)
    if layout.piece is not None:
        _check_frame(layout, layout.piece.frame)
    found = list(things(layout))
    for thing in found:
        _check_edge(layout, thing)
    _check_codes(found)
    _check_post(layout, found)
    if layout.logo is not None and layout.logo.svg:
        logo_operators(layout.logo, layout.card.height)
    if layout.card.grams > HEAVIEST:
        raise ValueError(
            Sentence(
                "a piece weighs {grams:.0f} grams, and {heaviest} is the most the post takes",
                grams=layout.card.grams,
                heaviest=HEAVIEST,
            )
        )


def _thing(
    place: Rectangle,
    part: str,
    name: str,
    side: Side,
    size: tuple[float, float],
    *,
    clear: float = 0,
) -> Thing:
    wide, high = size
    return Thing(
        part=part,
        name=name,
        side=side,
        left=place.left,
        top=place.top,
        width=wide,
        height=high,
        clear=clear,
    )


def _check_frame(layout: "Layout", frame: Frame) -> None:
    if frame.side not in layout.sides:
        raise ValueError(
            Sentence("the frame {part} stands on a side that is not printed", part=frame.part)
        )
    fold = layout.card.fold
    if fold is not None and frame.top < fold < frame.top + frame.height:
        raise ValueError(Sentence("the frame {part} lies across the fold", part=frame.part))
    if frame.small is not None and frame.small >= frame.size:
        raise ValueError(
            Sentence(
                "the smaller size of the frame {part} is not smaller than its size",
                part=frame.part,
            )
        )
    if sum(frame.colour) > MOST_INK:
        raise ValueError(
            Sentence(
                "the frame {part} asks for more than {most_ink:.0%} of ink",
                part=frame.part,
                most_ink=MOST_INK,
            )
        )
    if any(0 < each < LEAST_TINT for each in frame.colour):
        raise ValueError(
            Sentence(
                "the frame {part} has a tint under {least:.0%}, which is lost in print",
                part=frame.part,
                least=LEAST_TINT,
            )
        )
    if sum(each > 0 for each in frame.colour) > _INKS_OF_TEXT:
        raise ValueError(
            Sentence(
                "the frame {part} is set in more than {inks} inks, which never lie exactly over each other",
                part=frame.part,
                inks=_INKS_OF_TEXT,
            )
        )
    if layout.card.closes and frame.side == "front" and frame.part not in OUTSIDE:
        raise ValueError(
            Sentence(
                "the frame {part} could be read on the outside of a card that closes",
                part=frame.part,
            )
        )


def _check_edge(layout: "Layout", thing: Thing) -> None:
    card = layout.card
    if thing.part != "logo" and not (
        min(thing.left, thing.top) >= card.margin
        and thing.left + thing.width <= card.width - card.margin
        and thing.top + thing.height <= card.height - card.margin
    ):
        raise ValueError(
            Sentence(
                "the {name} comes within {margin:g} mm of the edge",
                name=thing.name,
                margin=card.margin,
            )
        )


def _check_codes(found: list[Thing]) -> None:
    """Check that every code that a scanner reads has white round it."""
    for code in (each for each in found if each.clear):
        for thing in found:
            if thing is not code and thing.side == code.side and _meet(thing, code):
                raise ValueError(
                    Sentence(
                        "the {thing} comes within {clear:.3g} mm of the {code}",
                        thing=thing.name,
                        clear=code.clear,
                        code=code.name,
                    )
                )


def _meet(thing: Thing, code: Thing) -> bool:
    """Say whether something on the same side comes too near to a code that must stay clear."""
    beside = (
        thing.left + thing.width <= code.left - code.clear
        or code.left + code.width + code.clear <= thing.left
    )
    above = (
        thing.top + thing.height <= code.top - code.clear
        or code.top + code.height + code.clear <= thing.top
    )
    return not beside and not above


def _check_post(layout: "Layout", found: list[Thing]) -> None:
    """Check the places of what the carrier reads."""
    address = layout.places[ADDRESS]
    if layout.carrier is not None:
        lines = layout.places[CARRIER]
        if lines.top + lines.height > address.top:
            raise ValueError("the carrier's lines do not stand above the address")
    down = address.size * (_ABOVE + (ORDINARY_LINES - 1) * address.leading)
    if layout.kix is not None and layout.kix_top(address.size, down) is None:
        raise ValueError(
            Sentence(
                "the KIX code has no room below an address of {lines} lines", lines=ORDINARY_LINES
            )
        )
    here = [each for each in found if each.side == layout.address_side]
    if layout.window is not None:
        _check_window(layout.window, here)
    if layout.franking is not None:
        _check_franking(layout.franking, here, layout.card.width)


def _check_franking(franking: "Franking", found: list[Thing], sheet: float) -> None:
    """Check that the corner for the mark of paid postage stays blank."""
    for thing in found:
        if franking.meets(thing, sheet):
            raise ValueError(
                Sentence(
                    "the {name} stands in the corner for the mark of paid postage, "
                    "{width:g} by {height:g} mm at the top right",
                    name=thing.name,
                    width=franking.width,
                    height=franking.height,
                )
            )


def _check_window(window: "Window", found: list[Thing]) -> None:
    """Check that the window shows the address whole, and nothing that is nobody's business."""
    for thing in found:
        if thing.part in SEEN and not window.shows(thing):
            raise ValueError(
                Sentence(
                    "the {name} comes within {clear:g} mm of the window's edge",
                    name=thing.name,
                    clear=window.clear,
                )
            )
        if thing.part not in SEEN and window.may_show(thing):
            raise ValueError(Sentence("the {name} can be read through the window", name=thing.name))
