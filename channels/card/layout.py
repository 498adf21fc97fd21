"""A card's layout as data: which words stand where, in what type, and how far they may shrink.

Everything is in millimetres from the top left corner of the trimmed card, type sizes are in points.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from store.errors import BadInput

MM = 72 / 25.4
"""Points in a millimetre."""

Side = Literal["front", "back"]
Face = Literal["text", "italic", "semibold", "bold", "black", "hand"]
Ink = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[float, Field(ge=6, le=120)]

ADDRESS = "address"
CODE = "code"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sheet(_Data):
    """The card itself."""

    width: float = 148
    height: float = 105
    bleed: float = 3
    margin: float = 5  # no text comes nearer to the trimmed edge
    drawing: Literal["plain", "kitchen-table"] = "plain"  # a key of `channels.card.art.DRAWINGS`


class Frame(_Data):
    """A place for one part of the words, for the address lines ("address") or for the response code ("code")."""

    part: str
    side: Side
    left: float
    top: float
    width: Annotated[float, Field(gt=0)]
    height: Annotated[float, Field(gt=0)]
    font: Face = "text"
    size: Size
    smallest: Size | None = None  # how far it may shrink to fit; not at all by default
    leading: Annotated[float, Field(ge=0.8, le=2)] = 1.2  # times the size
    gap: Annotated[float, Field(ge=0, le=2)] = 0.45  # extra space between paragraphs, times the leading
    align: Literal["left", "centre"] = "left"
    colour: tuple[Ink, Ink, Ink, Ink] = (0, 0, 0, 0.9)  # cyan, magenta, yellow, black
    wrap: Literal["always", "never", "last"] = "always"  # whether a line may be broken; last: once nothing shrinks

    @property
    def floor(self) -> float:
        """The smallest size it may be set in, in points."""
        return self.size if self.smallest is None else min(self.smallest, self.size)


class Kix(_Data):
    """Where the KIX code stands; left out where it would be wider than its place or the address is foreign."""

    left: float
    top: float
    width: float


class Layout(_Data):
    """The whole layout of a card."""

    card: Sheet = Sheet()
    frames: Annotated[tuple[Frame, ...], Field(min_length=1)]
    kix: Kix | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        parts = [frame.part for frame in self.frames]
        if len(set(parts)) < len(parts):
            raise ValueError("a part has two frames")
        for needed in (ADDRESS, CODE):
            if needed not in parts:
                raise ValueError(f"there is no frame for the {needed}")
        for frame in self.frames:
            if not self._holds(frame):
                raise ValueError(f"the frame {frame.part} comes within {self.card.margin:g} mm of the edge")
        return self

    def _holds(self, frame: Frame) -> bool:
        card = self.card
        return (
            min(frame.left, frame.top) >= card.margin
            and frame.left + frame.width <= card.width - card.margin
            and frame.top + frame.height <= card.height - card.margin
        )


def read_layout(data: Mapping[str, Any]) -> Layout:
    """Read a layout.

    Raises:
        BadInput: something is missing, unknown or comes too near to the edge.
    """
    try:
        return Layout.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"]) or "frames"
        problem = first["msg"].removeprefix("Value error, ")
        raise BadInput(problem, "see templates/contact-card/layout.toml", file="layout.toml", field=field) from error
