"""The agreements of a body on follow-up of conversations, read from `care.toml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from store.described_toml import DescribedToml
from store.errors import BadInput
from store.sentences import Sentence

FILE = Path(__file__).with_name("care.toml")
Said = Mapping[Literal["nl", "en"], str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Row(_Part):
    """One row of the decision table."""

    complex: bool
    urgent: bool
    to: Literal["stella", "case_owner", "colleague_today", "desk"]


class Term(_Part):
    """The number of working days within which a team takes something up."""

    urgent: int
    usual: int


class Patience(_Part):
    """How long signals may stay undecided."""

    escalate_after: int  # days


class Agreements(_Part):
    """The whole of `desk/entries/care.toml`."""

    topics: Mapping[str, Said]
    complex: Mapping[str, Said]
    urgent: Mapping[str, Said]
    triage: tuple[Row, ...]
    places: Mapping[str, Term]
    teams: Mapping[str, Said] = {}
    signals: Patience

    @model_validator(mode="after")
    def _is_whole(self) -> "Agreements":
        rows = [(row.complex, row.urgent) for row in self.triage]
        if sorted(rows) != [(False, False), (False, True), (True, False), (True, True)]:
            raise ValueError("the decision table has each of its four rows once")
        return self


@cache
def agreements() -> Agreements:
    """Return the agreements."""
    return DescribedToml(kind=Agreements, name="the care policy", see="docs/desk.md").read(FILE)


def one_of(word: str, known: Mapping[str, object], *, field: str) -> str:
    """Return `word` if it is one of the known words.

    Raises:
        BadInput: it is not.
    """
    if word not in known:
        raise BadInput(
            Sentence("{word!r} is not a known {field}", word=word, field=field),
            Sentence("write {known}", known=", ".join(known)),
            field=field,
        )
    return word
