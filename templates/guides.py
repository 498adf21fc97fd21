"""Call guides with the steps of a conversation, a checklist and signs of deeper trouble.

A guide is a template for the channel `call`, with a `guide.toml` that names the place of each part.
It guides the agent. It keeps no score of the citizen, and there is nothing in it to fill in.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Literal

from store.clock import months_after
from templates.guide_plans import (
    ExplanationLines,
    FactLines,
    SignLines,
    Situation,
    Sourced,
    StepLines,
    Where,
    read_plan,
)
from templates.texts import Template


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
    said_on: date | None  # the source's own day
    read_on: date  # when somebody read it
    valid_until: date | None
    check_again: date
    until: date | None  # asked today, the last day of what may be asked: twelve months from now


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A word that a letter uses, explained."""

    title: str
    words: str
    source: str
    read_on: date


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
    explanations: tuple[Explanation, ...]
    # what nobody may say any more before somebody has read its source again
    to_check: tuple[str, ...]
    at_once: tuple[Sign, ...]
    signs: tuple[Sign, ...]


def read_guide(
    template: Template,
    language: str,
    context: Mapping[str, Any],
    *,
    today: date,
    known: Collection[Situation] = (),
) -> Guide:
    """Render a guide.

    Args:
        template: a template with a `guide.toml`.
        language: of the agent: ISO 639-1; one the template does not have becomes Dutch.
        context: the campaign's own values.
        today: facts that are not valid on this day are left out, and named as to be checked.
        known: what the register says of this person's returns: steps about others are left out.

    Raises:
        BadInput: it is not a guide, or contradicts itself; says the file and what to correct.
    """
    plan = read_plan(template)
    words = template.render(language, context)
    parts = words.parts
    theirs = [fact for fact in plan.checklist if _is_about(fact, known)]
    sourced: list[Sourced] = [*theirs, *plan.explanations]
    return Guide(
        version=_version(template),
        language=words.language,
        steps=tuple(
            Step(step.title[_title(words.language)], parts[step.part], _prompts(parts, step))
            for step in plan.steps
        ),
        checklist=tuple(_fact(parts, fact, today) for fact in theirs if _is_valid(fact, today)),
        explanations=tuple(
            _explanation(parts, word, words.language)
            for word in plan.explanations
            if _is_valid(word, today)
        ),
        to_check=tuple(parts[each.part] for each in sourced if not _is_valid(each, today)),
        at_once=tuple(_sign(parts, sign) for sign in plan.signs if sign.at_once),
        signs=tuple(_sign(parts, sign) for sign in plan.signs if not sign.at_once),
    )


def _is_about(fact: FactLines, known: Collection[Situation]) -> bool:
    """Say whether a step is about this person, as every step is where nothing is known."""
    return not known or not fact.about or not set(known).isdisjoint(fact.about)


def _is_valid(said: Sourced, today: date) -> bool:
    begun = not isinstance(said, FactLines) or said.valid_from is None or said.valid_from <= today
    holds = said.valid_until is None or today <= said.valid_until
    return begun and holds and today <= said.last_day


def _fact(parts: Mapping[str, str], fact: FactLines, today: date) -> Fact:
    until = months_after(today, fact.months) if fact.months else None
    return Fact(
        part=fact.part,
        words=parts[fact.part],
        where=fact.where,
        source=fact.source,
        said_on=fact.said_on,
        read_on=fact.day_read,
        valid_until=fact.valid_until,
        check_again=fact.last_day,
        until=until,
    )


def _explanation(parts: Mapping[str, str], word: ExplanationLines, language: str) -> Explanation:
    return Explanation(
        title=word.title[_title(language)],
        words=parts[word.part],
        source=word.source,
        read_on=word.day_read,
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
