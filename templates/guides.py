"""A call guide: the steps of a conversation, what to say to resistance, an ordered checklist, signs of deeper trouble.

It is a template for the channel `call`, with a `guide.toml` that says what stands where. It guides the agent; it keeps
no score of the citizen, and there is nothing in it to fill in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from store.clock import months_after
from store.described_toml import DescribedToml
from store.errors import BadInput
from templates.texts import Template

FILE = "guide.toml"
Where = Literal["now", "later", "counter"]
Title = dict[Literal["nl", "en"], str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: str  # a block of the words


class StepLines(_Part):
    """One step of the conversation, and what may come up in it."""

    title: Title
    prompts: tuple[str, ...] = ()


class FactLines(_Part):
    """One thing to do, after others, as long as it is true."""

    where: Where
    after: tuple[str, ...] = ()
    months: int | None = None  # how long what is asked may last at most
    valid_from: date | None = None
    # the last day on which the source itself says that it holds; mostly it says none
    valid_until: date | None = None
    source: str
    said_on: date  # the day of the source
    check_again: date  # a term of our own: the last day on which this may be said without reading a newer source


class SignLines(_Part):
    """A sign of deeper trouble, and where to refer."""

    refer: str | None = None
    at_once: bool = False  # shown before everything else
    # whether an agent may tick that it was heard: never what is about health or a death
    noted: bool = True
    number: str | None = None  # of the help line


class Plan(BaseModel):
    """The whole `guide.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: Annotated[tuple[StepLines, ...], Field(min_length=1)]
    checklist: tuple[FactLines, ...] = ()
    signs: tuple[SignLines, ...] = ()


_FILE = DescribedToml(kind=Plan, name="a call guide", see="templates/call-guide/guide.toml")


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in words."""

    title: str
    words: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to do, in words."""

    part: str
    words: str
    where: Where
    source: str
    said_on: date
    valid_until: date | None
    check_again: date
    until: date | None  # asked today, the last day of what may be asked: twelve months from now


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One sign of deeper trouble, in words."""

    part: str
    words: str
    refer: str | None
    number: str | None
    noted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A guide in one language on one day."""

    version: str  # of its sources: the same words, the same version
    language: str
    steps: tuple[Step, ...]
    checklist: tuple[Fact, ...]  # in the order in which it must be done
    # facts whose day has passed: somebody must check them before they are said again
    to_check: tuple[str, ...]
    at_once: tuple[Sign, ...]
    signs: tuple[Sign, ...]


def read_guide(
    template: Template, language: str, context: Mapping[str, Any], *, today: date
) -> Guide:
    """Put a guide into words.

    Args:
        template: a template with a `guide.toml`.
        language: of the agent: ISO 639-1; one the template does not have becomes Dutch.
        context: the campaign's own values.
        today: facts that are not valid on this day are left out, and named as to be checked.

    Raises:
        BadInput: it is no guide, or it does not hold together; says the file and what to mend.
    """
    plan = read_plan(template)
    words = template.render(language, context)
    said = words.parts
    facts = [fact for fact in plan.checklist if _is_valid(fact, today)]
    return Guide(
        version=_version(template),
        language=words.language,
        steps=tuple(
            Step(step.title[_title(words.language)], said[step.part], _said(said, step))
            for step in plan.steps
        ),
        checklist=tuple(_fact(said, fact, today) for fact in facts),
        to_check=tuple(said[fact.part] for fact in plan.checklist if fact not in facts),
        at_once=tuple(_sign(said, sign) for sign in plan.signs if sign.at_once),
        signs=tuple(_sign(said, sign) for sign in plan.signs if not sign.at_once),
    )


def read_plan(template: Template) -> Plan:
    """Read the `guide.toml` of a template.

    Raises:
        BadInput: there is none, a key is unknown or missing, a part is no block of the words, a part of the words
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
            f"{part!r} is not a part of the words", "write a block for it", file=place, field="part"
        )
    for part in sorted(parts - named):
        raise BadInput(
            f"{part!r} stands nowhere in the guide", "name it in a step, or remove it", file=place
        )
    done: set[str] = set()
    for fact in plan.checklist:
        if early := [each for each in fact.after if each not in done]:
            raise BadInput(
                f"{fact.part!r} comes before {early[0]!r}",
                "put it after it",
                file=place,
                field="after",
            )
        done.add(fact.part)


def _named(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        yield from (step.part, *step.prompts)
    yield from (fact.part for fact in plan.checklist)
    for sign in plan.signs:
        yield from (sign.part, *([sign.refer] if sign.refer else []))


def _is_valid(fact: FactLines, today: date) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= today
    holds = fact.valid_until is None or today <= fact.valid_until
    return begun and holds and today <= fact.check_again


def _fact(said: Mapping[str, str], fact: FactLines, today: date) -> Fact:
    until = months_after(today, fact.months) if fact.months else None
    return Fact(
        part=fact.part,
        words=said[fact.part],
        where=fact.where,
        source=fact.source,
        said_on=fact.said_on,
        valid_until=fact.valid_until,
        check_again=fact.check_again,
        until=until,
    )


def _said(said: Mapping[str, str], step: StepLines) -> tuple[str, ...]:
    return tuple(said[prompt] for prompt in step.prompts)


def _sign(said: Mapping[str, str], sign: SignLines) -> Sign:
    refer = said[sign.refer] if sign.refer else None
    return Sign(
        part=sign.part,
        words=said[sign.part],
        refer=refer,
        number=sign.number,
        noted=sign.noted and not sign.at_once,
    )


def _title(language: str) -> Literal["nl", "en"]:
    return "en" if language == "en" else "nl"


def _version(template: Template) -> str:
    whole = "\x1f".join(f"{name}\x1e{template.sources[name]}" for name in sorted(template.sources))
    return sha256(whole.encode()).hexdigest()[:8]
