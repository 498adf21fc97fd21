"""What a template says about itself in its `template.toml`."""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from store.errors import BadInput

Purpose = Literal["duty", "rights", "invitation", "service"]


class Part(BaseModel):
    """One part of the words: a headline, a paragraph, the body of a text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: str = ""  # where it stands: "front", "back"; empty where there are no sides
    outside: bool  # whether somebody other than the person can read it without opening anything
    only_for_other_languages: bool = False  # said only to somebody whose language we do not write


class Description(BaseModel):
    """The whole `template.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    channel: str  # a kind of `channels.KINDS`
    # the same as that channel's; a text is read by whoever holds the phone
    reaches: Literal["post", "text", "call"]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    after_assessment: bool = False  # it speaks to people whose assessment was made without a return
    names: tuple[str, ...]  # what it may use: "agent", "line.number"
    parts: Annotated[dict[str, Part], Field(min_length=1)]
    preview: dict[str, Any]  # a value for every name, of nobody who exists


def read_toml(source: str, file: str) -> dict[str, Any]:
    """Read TOML.

    Raises:
        BadInput: it is no TOML; names the file and, as the parser tells it, the line.
    """
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"is no TOML: {error}", "mend that line", file=file) from error


def read_description(source: str, file: str) -> Description:
    """Read a `template.toml`.

    Raises:
        BadInput: a key is unknown, missing or of the wrong type, or a name has no preview value.
    """
    try:
        description = Description.model_validate(read_toml(source, file))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        raise BadInput(
            first["msg"], "see templates/contact-card/template.toml", file=file, field=field
        ) from error
    for name in description.names:
        if look_up(description.preview, name) is None:
            raise BadInput(
                f"has no value for the name {name}", "add one", file=file, field=f"preview.{name}"
            )
    return description


def look_up(context: Mapping[str, Any], name: str) -> Any:
    """Return the value of a dotted name in nested mappings; None where it is missing, empty or blank."""
    value: Any = context
    for step in name.split("."):
        # a plain one is told at once
        value = value.get(step) if isinstance(value, dict | Mapping) else None
    return None if isinstance(value, str) and not value.strip() else value
