"""Call guides with the steps of a conversation, a checklist and signs of deeper trouble.

A guide is a template for the channel `call`, with a `guide.toml` that names the place of each part.
It guides the agent. It keeps no score of the citizen, and there is nothing in it to fill in.
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
from store.sentences import Sentence
from templates.texts import Template

FILE = "guide.toml"
Where = Literal["now", "later", "counter"]
Title = dict[Literal["nl", "en"], str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: str  # a block of the words


class StepLines(_Part):
    """A step of the conversation, with prompts for what may come up in it."""

    title: Title
    prompts: tuple[str, ...] = ()


class FactLines(_Part):
    """A thing to do, after others, as long as it is true."""

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
    signs: tuple[SignLines, ...] = ()


_FILE = DescribedToml(kind=Plan, name="a call guide", see="templates/call-guide/guide.toml")


@dataclass(frozen=True, slots=True)
class Step:
    """A step, rendered."""

    title: str
    words: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A thing to do, rendered."""

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
    """A sign of deeper trouble, rendered."""

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
    """Render a guide.

    Args:
        template: a template with a `guide.toml`.
        language: of the agent: ISO 639-1; one the template does not have becomes Dutch.
        context: the campaign's own values.
        today: facts that are not valid on this day are left out, and named as to be checked.

    Raises:
        BadInput: it is not a guide, or contradicts itself; says the file and what to correct.
    """
    plan = read_plan(template)
    words = template.render(language, context)
    parts = words.parts
    facts = [fact for fact in plan.checklist if _is_valid(fact, today)]
    return Guide(
        version=_version(template),
        language=words.language,
        steps=tuple(
            Step(step.title[_title(words.language)], parts[step.part], _prompts(parts, step))
            for step in plan.steps
        ),
        checklist=tuple(_fact(parts, fact, today) for fact in facts),
        to_check=tuple(parts[fact.part] for fact in plan.checklist if fact not in facts),
        at_once=tuple(_sign(parts, sign) for sign in plan.signs if sign.at_once),
        signs=tuple(_sign(parts, sign) for sign in plan.signs if not sign.at_once),
    )


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
    for sign in plan.signs:
        yield from (sign.part, *([sign.refer] if sign.refer else []))


def _is_valid(fact: FactLines, today: date) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= today
    holds = fact.valid_until is None or today <= fact.valid_until
    return begun and holds and today <= fact.check_again


def _fact(parts: Mapping[str, str], fact: FactLines, today: date) -> Fact:
    until = months_after(today, fact.months) if fact.months else None
    return Fact(
        part=fact.part,
        words=parts[fact.part],
        where=fact.where,
        source=fact.source,
        said_on=fact.said_on,
        valid_until=fact.valid_until,
        check_again=fact.check_again,
        until=until,
    )


def _prompts(parts: Mapping[str, str], step: StepLines) -> tuple[str, ...]:
    return tuple(parts[prompt] for prompt in step.prompts)


def _sign(parts: Mapping[str, str], sign: SignLines) -> Sign:
    refer = parts[sign.refer] if sign.refer else None
    return Sign(
        part=sign.part,
        words=parts[sign.part],
        refer=refer,
        number=sign.number,
        noted=sign.noted and not sign.at_once,
    )


def _title(language: str) -> Literal["nl", "en"]:
    return "en" if language == "en" else "nl"


def _version(template: Template) -> str:
    whole = "\x1f".join(f"{name}\x1e{template.sources[name]}" for name in sorted(template.sources))
    return sha256(whole.encode()).hexdigest()[:8]
