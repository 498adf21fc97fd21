"""Description of a template, as in its `template.toml`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from store.described_toml import DescribedToml
from store.errors import BadInput
from store.sentences import Sentence

Purpose = Literal["duty", "rights", "invitation", "service"]


class Part(BaseModel):
    """A part of a template, such as a headline, a paragraph or the body of a text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: str = ""  # where it stands: "front", "back"; empty where there are no sides
    outside: bool  # whether somebody other than the person can read it without opening anything
    only_for_other_languages: bool = False  # said only to somebody whose language we do not write


class Description(BaseModel):
    """The content of `template.toml`."""

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


_FILE = DescribedToml(
    kind=Description, name="a template's description", see="templates/contact-card/template.toml"
)


def read_description(source: str, file: str) -> Description:
    """Read a `template.toml`.

    Raises:
        BadInput: a key is unknown, missing or of the wrong type, or a name has no preview value.
    """
    description = _FILE.parse(source, file)
    for name in description.names:
        if look_up(description.preview, name) is None:
            raise BadInput(
                Sentence("has no value for the name {name}", name=name),
                "add one",
                file=file,
                field=Sentence("preview.{name}", name=name),
            )
    return description


def look_up(context: Mapping[str, Any], name: str) -> Any:
    """Return the value of a dotted name in nested mappings, or None where it is missing or blank."""
    value: Any = context
    for step in name.split("."):
        # checking for `dict` first is faster
        value = value.get(step) if isinstance(value, dict | Mapping) else None
    return None if isinstance(value, str) and not value.strip() else value
