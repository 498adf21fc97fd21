"""Plan of a call guide: its steps, facts with their sources, explanations and signs.

Every fact and explanation names its source and the day on which somebody read it. It may be said
for a year after that day, and is then read again.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from store.clock import months_after
from store.described_toml import DescribedToml
from store.errors import BadInput
from store.sentences import Sentence
from templates.texts import Template

FILE = "guide.toml"
MONTHS_VALID = 12
"""How long a source that was read may be followed before somebody reads it again."""

Where = Literal["now", "later", "counter"]
Title = dict[Literal["nl", "en"], str]
Situation = Literal["to_file", "before_assessment", "assessed", "filed"]
"""What the register says of somebody's returns: which steps of the guide are about them."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: str  # a block of the words


class StepLines(_Part):
    """A step of the conversation, with prompts for what may come up in it."""

    title: Title
    prompts: tuple[str, ...] = ()


class Sourced(_Part):
    """Something that is said because a source says so, until it must be read again."""

    source: str
    said_on: date | None = None  # the source's own day, where it has one
    read_on: date | None = None  # the day on which somebody read it; None: on its own day
    # the last day on which the source itself says that it holds; mostly it says none
    valid_until: date | None = None
    check_again: date | None = None  # where the source announces a change: sooner than a year

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if self.read_on is None and self.said_on is None:
            raise ValueError("has no day: write read_on, the day on which somebody read the source")
        return self

    @property
    def day_read(self) -> date:
        """The day on which somebody read the source."""
        return self.read_on or self.said_on or date.min  # the validator holds that there is one

    @property
    def last_day(self) -> date:
        """The last day on which this may be said without reading the source again."""
        year = months_after(self.day_read, MONTHS_VALID)
        return min(year, self.check_again or year)


class FactLines(Sourced):
    """A thing to do, after others, as long as it is true."""

    where: Where
    after: tuple[str, ...] = ()
    months: int | None = None  # how long what is asked may last at most
    valid_from: date | None = None
    about: tuple[Situation, ...] = ()  # for whom; empty: for everybody


class ExplanationLines(Sourced):
    """A word that a letter uses, explained plainly."""

    title: Title


class SignLines(_Part):
    """A sign of deeper trouble, with where to refer."""

    refer: str | None = None
    at_once: bool = False  # shown before everything else
    # whether an agent may tick it: never a sign about health or a death
    noted: bool = True
    number: str | None = None  # of the help line


class Plan(BaseModel):
    """The content of `guide.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: Annotated[tuple[StepLines, ...], Field(min_length=1)]
    checklist: tuple[FactLines, ...] = ()
    explanations: tuple[ExplanationLines, ...] = ()
    signs: tuple[SignLines, ...] = ()

    def overdue(self, today: date) -> tuple[Sourced, ...]:
        """Return what nobody may say on this day before its source has been read again."""
        sourced: tuple[Sourced, ...] = (*self.checklist, *self.explanations)
        return tuple(each for each in sourced if each.last_day < today)


_FILE = DescribedToml(kind=Plan, name="a call guide", see="templates/call-guide/guide.toml")


def read_plan(template: Template) -> Plan:
    """Read the `guide.toml` of a template.

    Raises:
        BadInput: there is none, a key is unknown or missing, a part is not a block of the words, a part of the words
            stands nowhere, or the checklist's order contradicts itself.
    """
    place = f"templates/{template.name}/{FILE}"
    if FILE not in template.sources:
        raise BadInput(
            "is missing", "a call guide needs it: see templates/call-guide/guide.toml", file=place
        )
    plan = _FILE.parse(template.sources[FILE], place)
    _holds_together(plan, template, place)
    return plan


def _holds_together(plan: Plan, template: Template, place: str) -> None:
    named, parts = set(_named(plan)), set(template.description.parts)
    for part in sorted(named - parts):
        raise BadInput(
            Sentence("{seen!r} is not a part of the words", seen=part),
            "write a block for it",
            file=place,
            field="part",
        )
    for part in sorted(parts - named):
        raise BadInput(
            Sentence("{part!r} stands nowhere in the guide", part=part),
            "name it in a step, or remove it",
            file=place,
        )
    done: set[str] = set()
    for fact in plan.checklist:
        if early := [each for each in fact.after if each not in done]:
            raise BadInput(
                Sentence("{part!r} comes before {early!r}", part=fact.part, early=early[0]),
                "put it after it",
                file=place,
                field="after",
            )
        done.add(fact.part)


def _named(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        yield from (step.part, *step.prompts)
    yield from (fact.part for fact in plan.checklist)
    yield from (word.part for word in plan.explanations)
    for sign in plan.signs:
        yield from (sign.part, *([sign.refer] if sign.refer else []))
