"""Places on a printed piece, for texts, codes and the lines of the carrier."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

MM = 72 / 25.4
"""Points in a millimetre."""

Side = Literal["front", "back"]

Face = Literal["text", "italic", "semibold", "bold", "black", "hand"]

Ink = Annotated[float, Field(ge=0, le=1)]

Size = Annotated[float, Field(ge=6, le=120)]

ADDRESS = "address"

CODE = "code"

PIECE = "piece"

CARRIER, CARRIER_MARK = "carrier", "carrier_mark"
"""Among the words of a message: the lines that the carrier gave for it, and what its Data Matrix says."""

LINE_END = "\u2028"
"""The end of a line inside a paragraph, without the space between paragraphs (LINE SEPARATOR)."""

KIX_HEIGHT = 5.0

FEWEST_MODULES = 25
"""Along a side of the QR code of the shortest web address and a response code."""

CLEAR = 2.0  # millimetres that stay white round a QR code

_MATRIX, _BESIDE, _DIGITS, _DIGITS_HIGH = 7.0, 1.5, 20.0, 3.0


class LayoutModel(BaseModel):
    """A part of a layout, which refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Frame(LayoutModel):
    """A place for one part of the words, for the address lines or for the response code."""

    part: str
    side: Side
    left: float
    top: float
    width: Annotated[float, Field(gt=0)]
    height: Annotated[float, Field(gt=0)]
    font: Face = "text"
    size: Size
    # the one smaller size for what does not fit; none by default (campaigns approved long ago call it `smallest`)
    small: Annotated[Size | None, Field(validation_alias=AliasChoices("small", "smallest"))] = None
    leading: Annotated[float, Field(ge=0.8, le=2)] = 1.2  # times the size
    # extra space between paragraphs, times the leading
    gap: Annotated[float, Field(ge=0, le=2)] = 0.45
    align: Literal["left", "centre"] = "left"
    # cyan, magenta, yellow, black; full black stays sharp, since no press breaks it into dots
    colour: tuple[Ink, Ink, Ink, Ink] = (0, 0, 0, 1)
    # may lines be broken; last: only at the smaller size, and never the last line
    wrap: Literal["always", "never", "last"] = "always"

    @property
    def sizes(self) -> tuple[float, ...]:
        """The one or two sizes it may be set in, in points, the larger first."""
        return (self.size,) if self.small is None else (self.size, self.small)


class Kix(LayoutModel):
    """Place of the KIX code, which follows the last line of the address.

    It is left out where it would be wider than its place or the address is foreign.
    """

    left: float
    width: float
    # from the last line of the address: the post asks for one empty line, and no sorting machine
    # looks further than 15.9 mm
    below: Annotated[float, Field(ge=2, le=15.9)] | None = None
    # a place of its own instead, as campaigns have it that were approved before it followed
    top: float | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Self:
        if (self.below is None) == (self.top is None):
            raise ValueError("the KIX code needs `below` (or `top`, in older layouts), not both")
        return self


class Qr(LayoutModel):
    """Place of the QR code, with nothing printed over it.

    It is left out where the campaign has no web address of its own.
    """

    side: Side
    left: float
    top: float
    # of its dark modules; four modules round it stay white
    size: Annotated[float, Field(ge=12, le=60)]

    @property
    def quiet(self) -> float:
        """White round it in millimetres, four modules of the code that has the fewest."""
        return 4 * self.size / FEWEST_MODULES


class Logo(LayoutModel):
    """Place of the body's logo. It is left out where the body has given none."""

    side: Side
    left: float
    top: float
    width: Annotated[float, Field(gt=0)]
    height: Annotated[float, Field(gt=0)]
    svg: str = ""  # the drawing, which is kept with the words that were approved
    open: bool = False  # on a side that a neighbour can read: only the logo for open cards


class Mark(LayoutModel):
    """Place of the piece number, as a Data Matrix of 7 mm with the same digits beside it.

    It holds no personal data, so it may be on the outside, where spoiled and returned pieces are
    scanned.
    """

    side: Side
    left: float
    top: float

    @property
    def size(self) -> float:
        """Width and height of the Data Matrix, fourteen modules of half a millimetre."""
        return _MATRIX

    @property
    def width(self) -> float:
        """Width of the matrix and the digits together."""
        return _MATRIX + _BESIDE + _DIGITS

    @cached_property
    def frame(self) -> Frame:
        """Frame of the digits, at the foot of the matrix."""
        left, top = self.left + _MATRIX + _BESIDE, self.top + _MATRIX - _DIGITS_HIGH
        ink = (0, 0, 0, 1)
        return Frame(
            part=PIECE,
            side=self.side,
            left=left,
            top=top,
            width=_DIGITS,
            height=_DIGITS_HIGH,
            size=6,
            colour=ink,
        )


class Matrix(LayoutModel):
    """Place of the carrier's Data Matrix, fourteen modules of half a millimetre with white round it."""

    left: float
    top: float

    @property
    def size(self) -> float:
        """Width and height of the matrix."""
        return _MATRIX


class Carrier(LayoutModel):
    """Place of the carrier's code line and print line above the address.

    It stays empty until the carrier gives them.
    """

    left: float
    top: float
    width: Annotated[float, Field(gt=0)]
    mark: Matrix | None = None  # where its Data Matrix stands; without it the carrier can give none


def extent(thing: Frame | Qr | Mark | Matrix) -> tuple[float, float]:
    """Return the width and height of something on a sheet."""
    match thing:
        case Qr() | Matrix():
            return thing.size, thing.size
        case Mark():
            return thing.width, thing.size
        case Frame():
            return thing.width, thing.height
