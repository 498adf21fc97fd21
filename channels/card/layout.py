"""The layout of a printed piece as data, with the place, type and size of every part.

Everything is in millimetres from the top left corner of the trimmed sheet, type sizes are in
points.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from channels.card.frames import (
    ADDRESS,
    CARRIER,
    Carrier,
    Frame,
    Ink,
    Kix,
    LayoutModel,
    Logo,
    Mark,
    Qr,
    Side,
)
from channels.card.zones import KIX_CLEAR, Franking, Window, foot_of, kix_top, kix_zone
from channels.press.profile import MOST_INK
from store.described_toml import DescribedToml
from store.sentences import Sentence

_MARKS = 7.0  # millimetres of room for crop marks
_CARRIER_HIGH = 5.0  # two lines of the smallest type


Paint = Literal["ground", "sun", "table", "leaf"]


class Sheet(LayoutModel):
    """The sheet before it is folded."""

    width: float = 148
    height: float = 105
    bleed: float = 3
    margin: float = 5  # no text comes nearer to the trimmed edge
    # a key of `channels.card.drawings.DRAWINGS`
    drawing: Literal["plain", "kitchen-table", "quiet", "letterhead"] = "plain"
    # the body's own colours of the drawing: ground, sun, table, leaf
    paint: tuple[tuple[Paint, tuple[Ink, Ink, Ink, Ink]], ...] = ()
    # how much larger the drawing is drawn than it was made
    scale: Annotated[float, Field(gt=0)] = 1
    sides: Literal[1, 2] = 2  # printed sides: a letter may have one
    # how far from the top it is folded; not at all by default
    fold: Annotated[float, Field(gt=0)] | None = None
    # folded and closed: the front is its outside, and shows no more than the addresses
    closes: bool = False
    grammage: Annotated[float, Field(ge=40, le=600)] = 300  # grams a square metre of the paper
    paper: str = "uncoated"  # what it is, for the print shop
    coating: Literal["none", "matte", "gloss"] = "none"
    # how a card that closes is held together
    closing: Literal["wafers", "glue"] = "wafers"
    # grams of what the sheet is put in; 0 where it goes as it is
    envelope: Annotated[float, Field(ge=0, le=100)] = 0
    crop_marks: bool = False  # whether the sheet's corners are marked, for a shop that asks for it

    @model_validator(mode="after")
    def _paint_dries(self) -> Self:
        for name, inks in self.paint:
            if sum(inks) > MOST_INK:
                raise ValueError(
                    Sentence("the colour {name} has more ink than a press takes", name=name)
                )
        return self

    @property
    def slug(self) -> float:
        """Width of the page beyond the trimmed sheet, for the bleed and the crop marks."""
        return self.bleed + (_MARKS if self.crop_marks else 0)

    @property
    def grams(self) -> float:
        """Weight of one piece in grams."""
        return self.width * self.height / 1_000_000 * self.grammage + self.envelope

    @property
    def finished(self) -> tuple[float, float]:
        """Width and height of the piece as it is mailed, folded where it is folded, in millimetres."""
        if self.fold is None or self.envelope:
            return (self.width, self.height)
        return (self.width, max(self.fold, self.height - self.fold))

    @property
    def turn(self) -> str:
        """Orientation of the back to the front.

        Head to head, head to foot where it is folded, or one side where there is no back.
        """
        if self.sides == 1:
            return "one side"
        return "head to head" if self.fold is None else "head to foot"


class Layout(LayoutModel):
    """The whole layout of a printed piece."""

    card: Sheet = Sheet()
    frames: Annotated[tuple[Frame, ...], Field(min_length=1)]
    kix: Kix | None = None
    window: Window | None = None  # of the envelope; a card has none
    # for the mark of paid postage; layouts that were approved before it was asked for have none
    franking: Franking | None = None
    qr: Qr | None = None
    piece: Mark | None = None  # without it a returned piece is known by its address only
    logo: Logo | None = None
    # room for what the carrier adds; without it a run can only be sorted by its order
    carrier: Carrier | None = None

    @cached_property
    def places(self) -> dict[str, Frame]:
        """The frames by part."""
        return {frame.part: frame for frame in self.texts}

    @cached_property
    def texts(self) -> tuple[Frame, ...]:
        """The frames, with that of the carrier's lines where there is room for them."""
        if (carrier := self.carrier) is None:
            return self.frames
        address = next(frame for frame in self.frames if frame.part == ADDRESS)
        frame = Frame(
            part=CARRIER,
            side=address.side,
            left=carrier.left,
            top=carrier.top,
            width=carrier.width,
            height=_CARRIER_HIGH,
            size=6,
            leading=1.15,
            wrap="never",
            colour=(0, 0, 0, 1),
        )
        return (*self.frames, frame)

    @property
    def address(self) -> Frame:
        """The frame of the address."""
        return self.places[ADDRESS]

    @cached_property
    def address_side(self) -> Side:
        """The side with the address and the KIX code below it."""
        return next(frame.side for frame in self.frames if frame.part == ADDRESS)

    @cached_property
    def kix_zone(self) -> Frame | None:
        """All of the place in which KIX codes may stand, or None where there are none."""
        if self.kix is None:
            return None
        return kix_zone(self.kix, self.places[ADDRESS], self._kix_lowest)

    def kix_top(self, size: float, down: float) -> float | None:
        """Return where the KIX code below an address begins, or None where there is no room.

        Args:
            size: of the address's letters, in points.
            down: from the top of its frame to its last baseline, in points.
        """
        if self.kix is None:
            return None
        foot = foot_of(self.places[ADDRESS], size, down)
        return kix_top(self.kix, foot, self._kix_lowest)

    @cached_property
    def _kix_lowest(self) -> float:
        """Where a KIX code must end, above the window's or the sheet's edge or another text."""
        kix, address = self.kix, self.places[ADDRESS]
        edge = self.card.height - self.card.margin
        if self.window is not None:
            edge = self.window.top + self.window.height - self.window.clear
        under = [
            thing.top - KIX_CLEAR
            for thing in self.frames
            if kix is not None
            and thing.side == address.side
            and thing.top > address.top
            and thing.left < kix.left + kix.width + KIX_CLEAR
            and kix.left - KIX_CLEAR < thing.left + thing.width
        ]
        return min([edge, *under])

    @property
    def sides(self) -> tuple[Side, ...]:
        """The printed sides, one page each."""
        return ("front", "back") if self.card.sides == 2 else ("front",)  # noqa: PLR2004  a sheet has two sides

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        from channels.card.layout_checks import check_layout

        check_layout(self)
        return self


_FILE = DescribedToml(kind=Layout, name="a layout", see="templates/contact-card/layout.toml")


def read_layout(data: Mapping[str, Any]) -> Layout:
    """Read a layout.

    Raises:
        BadInput: something is missing, unknown or comes too near to the edge.
    """
    return _FILE.check(data, "layout.toml")
