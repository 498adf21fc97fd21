"""A TOML file that is wrong is refused with its file, line, field and remedy, in plain words."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import core_schema

from store.described_toml import DescribedToml
from store.errors import BadInput, SeveralRefused
from store.validation_words import in_words


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        str,
        Field(pattern=r"^[a-z]+$", min_length=2, max_length=6, description="Lower case letters"),
    ] = "part"
    share: Annotated[float, Field(ge=0, le=1)] = 0
    count: int = 1
    price: Decimal = Decimal(0)
    on: date = date(2023, 6, 1)
    at: time = time(9)
    moment: datetime = datetime(2023, 6, 1, 9)  # noqa: DTZ001  as a person writes it
    colour: Colour = Colour.RED
    mode: Literal["quick", "slow"] = "slow"
    open: bool = True
    tags: tuple[str, ...] = ()

    @field_validator("tags")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "x" in value:
            raise ValueError("'x' is not a tag; leave it out")
        return value


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    named: Mapping[str, Part] = {}

    @model_validator(mode="after")
    def _is_calm(self) -> "Whole":
        if self.title == "loud":
            raise ValueError("title: is too loud; write calm")
        return self


FILE = DescribedToml(kind=Whole, name="a thing", see="docs/thing.md", setting="KAARTJE_THING")


def refusal(tmp_path: Path, content: str | bytes) -> BadInput:
    path = tmp_path / "thing.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BadInput) as refused:
        FILE.read(path)
    assert refused.value.file == str(path)
    return refused.value


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "thing.toml").write_text('title = "calm"\n[part]\nshare = 0.5\n')
    assert FILE.read(tmp_path / "thing.toml") == Whole(title="calm", part=Part(share=0.5))


@pytest.mark.parametrize(
    ("written", "line", "field", "said"),
    [
        ('name = "A1"', 3, "part.name", "'A1' is not of the right form; use lower case letters, or see docs/thing.md"),
        ('name = "a"', 3, "part.name", "'a' is too short; write at least 2 characters"),
        ('name = "abcdefg"', 3, "part.name", "'abcdefg' is too long; write at most 6 characters"),
        ("name = 3", 3, "part.name", "3 is not a text; write it in quotes, or see docs/thing.md"),
        ("share = 1.5", 3, "part.share", "1.5 is too large; write a number of at most 1"),
        ('share = "half"', 3, "part.share", "'half' is not a number; write it in digits, as 0.5, or see docs/thing.md"),
        ("count = 1.5", 3, "part.count", "1.5 is not a whole number"),
        ('price = "free"', 3, "part.price", "'free' is not a number"),
        ('on = "soon"', 3, "part.on", "'soon' is not a date; write it as 2023-06-01"),
        ('at = "noon"', 3, "part.at", "'noon' is not a time of day; write it as 09:30"),
        ('moment = "then"', 3, "part.moment", "'then' is not a date and time; write it as 2023-06-01T09:00"),
        ('colour = "green"', 3, "part.colour", "'green' is not a known word; write 'red' or 'blue'"),
        ('mode = "fast"', 3, "part.mode", "'fast' is not a known word; write 'quick' or 'slow'"),
        ('open = "perhaps"', 3, "part.open", "'perhaps' is not true or false; write true or false"),
        ('tags = "x"', 3, "part.tags", "'x' is not a list; write it in square brackets"),
        ('tags = ["x"]', 3, "part.tags", "'x' is not a tag; leave it out"),
        ("shares = 1", 3, "part.shares", "is not a known key of a thing; did you mean share?"),
        ("zzz = 1", 3, "part.zzz", "is not a known key of a thing; remove it, or write one of name, share, count"),
        ("\n[[parts]]\n\n[[parts]]\nshares = 1", 7, "parts.1.shares", "did you mean share?"),
        ("\n[named.a]\nshares = 1", 5, "named.a.shares", "did you mean share?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_its_field_and_a_remedy(
    tmp_path: Path, written: str, line: int, field: str, said: str
) -> None:
    refused = refusal(tmp_path, f'title = "calm"\n[part]\n{written}\n')
    assert (refused.line, refused.field) == (line, field)
    assert said in str(refused)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("titel = 'calm'", 1, "titel: is not a known key of a thing; did you mean title?"),
        ("[part]", None, "title: is missing; write title = …, or see docs/thing.md"),
        ("title = 'loud'", 1, "title: is too loud; write calm"),
        ("title = 'calm'\npart = 3", 2, "part: 3 is not a group of keys"),
        ("title = 'calm'\n\ntitle = 'b'", 3, "is not TOML; correct that line"),
        ("title = 'calm'\n[part", 2, "is not TOML; correct that line"),
        (b"title = 'calm'\n# \xff\n", 2, "is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_says_where(
    tmp_path: Path, content: str | bytes, line: int | None, said: str
) -> None:
    refused = refusal(tmp_path, content)
    assert refused.line == line
    assert said in str(refused)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "[part]\nshare = 2\ncount = 'x'\n")
    assert isinstance(refused, SeveralRefused)
    assert [each.field for each in refused.each] == ["title", "part.share", "part.count"]
    assert {each.file for each in refused.each} == {refused.file}


def test_a_file_that_is_not_there_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"KAARTJE_THING: is not there; name a file"):
        FILE.read(tmp_path / "gone.toml")


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_pydantic_s_own_words_reach_nobody(kind: str) -> None:
    limits = (
        "gt",
        "ge",
        "lt",
        "le",
        "multiple_of",
        "min_length",
        "max_length",
        "pattern",
        "expected",
    )
    error: dict[str, Any] = {
        "type": kind,
        "msg": "Input should be",
        "input": "a secret",
        "ctx": dict.fromkeys(limits, 3) | {"error": ValueError("our own words; a remedy")},
    }
    assert "Input should" not in " ".join(in_words(error))
    assert "secret" not in " ".join(in_words(error, repeat=False))
    assert in_words(error)[0]
