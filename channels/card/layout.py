"""The layout of a printed piece as data, with the place, type and size of every part.

Everything is in millimetres from the top left corner of the trimmed sheet, type sizes are in
points.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from channels.card.frames import (
    ADDRESS,
    CARRIER,
    CLEAR,
    CODE,
    PIECE,
    Carrier,
    Frame,
    Kix,
    LayoutModel,
    Logo,
    Mark,
    Qr,
    Side,
    extent,
    meet,
)
from channels.card.logos import logo_operators
from channels.press.profile import MOST_INK
from store.described_toml import DescribedToml
from store.sentences import Sentence

OUTSIDE = frozenset({ADDRESS, "return_address", PIECE, CARRIER})
"""What may stand on the outside of a card that closes."""
HEAVIEST = 350
"""Grams of a piece that is no parcel yet."""
_MARKS = 7.0  # millimetres of room for crop marks
_CARRIER_HIGH = 5.0  # two lines of the smallest type


class Sheet(LayoutModel):
    """The sheet before it is folded."""

    width: float = 148
    height: float = 105
    bleed: float = 3
    margin: float = 5  # no text comes nearer to the trimmed edge
    # a key of `channels.card.drawings.DRAWINGS`
    drawing: Literal["plain", "kitchen-table", "quiet", "letterhead"] = "plain"
    # how much larger the drawing is drawn than it was made
    scale: Annotated[float, Field(gt=0)] = 1
    sides: Literal[1, 2] = 2  # printed sides: a letter may have one
    # how far from the top it is folded; not at all by default
    fold: Annotated[float, Field(gt=0)] | None = None
    # folded and closed: the front is its outside, and shows no more than the addresses
    closes: bool = False
    grammage: Annotated[float, Field(ge=40, le=600)] = 300  # grams a square metre of the paper
    paper: str = "uncoated"  # what it is, for the print shop
    # grams of what the sheet is put in; 0 where it goes as it is
    envelope: Annotated[float, Field(ge=0, le=100)] = 0
    crop_marks: bool = False  # whether the sheet's corners are marked, for a shop that asks for it

    @property
    def slug(self) -> float:
        """Width of the page beyond the trimmed sheet, for the bleed and the crop marks."""
        return self.bleed + (_MARKS if self.crop_marks else 0)

    @property
    def grams(self) -> float:
        """Weight of one piece in grams."""
        return self.width * self.height / 1_000_000 * self.grammage + self.envelope

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

    @cached_property
    def address_side(self) -> Side:
        """The side with the address and the KIX code below it."""
        return next(frame.side for frame in self.frames if frame.part == ADDRESS)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The printed sides, one page each."""
        return ("front", "back") if self.card.sides == 2 else ("front",)  # noqa: PLR2004  a sheet has two sides

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        parts = [frame.part for frame in self.frames]
        if len(set(parts)) < len(parts):
            raise ValueError("a part has two frames")
        for needed in (ADDRESS, CODE):
            if needed not in parts:
                raise ValueError(Sentence("there is no frame for the {needed}", needed=needed))
        for frame in self.frames:
            self._check(frame)
            if self.qr is not None and frame.side == self.qr.side and meet(frame, self.qr):
                raise ValueError(
                    Sentence(
                        "the frame {part} comes within {clear:g} mm of the QR code",
                        part=frame.part,
                        clear=CLEAR,
                    )
                )
        for name, code in (
            ("KIX code", self.kix),
            ("QR code", self.qr),
            ("piece's number", self.piece),
        ):
            if code is not None and not self._holds(code.left, code.top, *extent(code)):
                raise ValueError(
                    Sentence(
                        "the {name} comes within {margin:g} mm of the edge",
                        name=name,
                        margin=self.card.margin,
                    )
                )
        if self.logo is not None and self.logo.svg:
            logo_operators(self.logo, self.card.height)
        if self.piece is not None:
            self._check_piece(self.piece)
        if self.carrier is not None:
            self._check_carrier(self.carrier)
        if self.card.grams > HEAVIEST:
            raise ValueError(
                Sentence(
                    "a piece weighs {grams:.0f} grams, and {heaviest} is the most the post takes",
                    grams=self.card.grams,
                    heaviest=HEAVIEST,
                )
            )
        return self

    def _check_piece(self, piece: Mark) -> None:
        """Check that the piece number has a place of its own, with white round its matrix."""
        self._check(piece.frame)
        for name, side, each in self._things():
            if side == piece.side and meet(each, piece):
                raise ValueError(
                    Sentence(
                        "the {name} comes within {clear:g} mm of the piece's number",
                        name=name,
                        clear=CLEAR,
                    )
                )

    def _check_carrier(self, carrier: Carrier) -> None:
        """Check that the carrier's lines and matrix have a place of their own, above the address."""
        lines = self.texts[-1]
        self._check(lines)
        if CARRIER in {frame.part for frame in self.frames}:
            raise ValueError(
                Sentence(
                    "the part {carrier} is the carrier's: its place is [carrier]", carrier=CARRIER
                )
            )
        if lines.top + lines.height > self.places[ADDRESS].top:
            raise ValueError("the carrier's lines do not stand above the address")
        if self.qr is not None and self.qr.side == lines.side and meet(lines, self.qr):
            raise ValueError(
                Sentence(
                    "the frame {part} comes within {clear:g} mm of the QR code",
                    part=CARRIER,
                    clear=CLEAR,
                )
            )
        if (mark := carrier.mark) is None:
            return
        if not self._holds(mark.left, mark.top, mark.size, mark.size):
            raise ValueError(
                Sentence(
                    "the carrier's Data Matrix comes within {margin:g} mm of the edge",
                    margin=self.card.margin,
                )
            )
        mine = [(PIECE, self.piece.side, self.piece)] if self.piece else []
        for name, side, each in (*self._things(), *mine):
            if side == lines.side and meet(each, mark):
                raise ValueError(
                    Sentence(
                        "the {name} comes within {clear:g} mm of the carrier's Data Matrix",
                        name=name,
                        clear=CLEAR,
                    )
                )

    def _things(self) -> Iterator[tuple[str, Side, Frame | Kix | Qr]]:
        """Yield the name, side and place of everything but the Data Matrices."""
        yield from ((f"frame {frame.part}", frame.side, frame) for frame in self.texts)
        if self.kix is not None:
            yield "KIX code", self.address_side, self.kix
        if self.qr is not None:
            yield "QR code", self.qr.side, self.qr

    def _check(self, frame: Frame) -> None:
        if not self._holds(frame.left, frame.top, frame.width, frame.height):
            raise ValueError(
                Sentence(
                    "the frame {part} comes within {margin:g} mm of the edge",
                    part=frame.part,
                    margin=self.card.margin,
                )
            )
        if frame.side not in self.sides:
            raise ValueError(
                Sentence("the frame {part} stands on a side that is not printed", part=frame.part)
            )
        if (fold := self.card.fold) is not None and frame.top < fold < frame.top + frame.height:
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
        if self.card.closes and frame.side == "front" and frame.part not in OUTSIDE:
            raise ValueError(
                Sentence(
                    "the frame {part} could be read on the outside of a card that closes",
                    part=frame.part,
                )
            )

    def _holds(self, left: float, top: float, width: float, height: float) -> bool:
        card = self.card
        return (
            min(left, top) >= card.margin
            and left + width <= card.width - card.margin
            and top + height <= card.height - card.margin
        )


_FILE = DescribedToml(kind=Layout, name="a layout", see="templates/contact-card/layout.toml")


def read_layout(data: Mapping[str, Any]) -> Layout:
    """Read a layout.

    Raises:
        BadInput: something is missing, unknown or comes too near to the edge.
    """
    return _FILE.check(data, "layout.toml")
