"""Base types of the API's schemas, with camelCase names and moments in UTC."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

LARGEST_ID = 2**63 - 1
"""The largest key of a row. A larger number cannot exist."""
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Shape(BaseModel):
    """Base of every request and answer. Unknown names are refused, not ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        from_attributes=True,
        frozen=True,
    )


def _printable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a null character")
    return text


def _is_text(value: Any) -> Any:
    if isinstance(value, str | date):
        return value
    raise ValueError("write it as text, in ISO 8601")


def _in_our_time(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("has no offset; write one, or Z")
    if (
        not _EARLIEST.replace(tzinfo=None)
        <= moment.replace(tzinfo=None)
        <= _LATEST.replace(tzinfo=None)
    ):
        raise ValueError("is not between 1900 and 2200")
    return moment.astimezone(UTC)


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000),
    AfterValidator(_printable),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
Note = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(_printable)]
Moment = Annotated[
    datetime,
    BeforeValidator(_is_text),
    AfterValidator(_in_our_time),
    PlainSerializer(_as_text, return_type=str),
    Field(description="ISO 8601; answered in UTC.", examples=["2023-06-08T08:30:00Z"]),
]
Day = Annotated[
    date, BeforeValidator(_is_text), Field(description="ISO 8601.", examples=["2023-06-08"])
]
Key = Annotated[
    int, Field(ge=1, le=LARGEST_ID, description="Its number.", examples=[12], strict=True)
]
IdInPath = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its number.")]
NameInPath = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]+$", description="Its name.")]
