"""Conditions that are picked from lists on the page of whom to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.audience_language.condition_building import (
    CHANNELS,
    OPERATORS,
    added,
    built,
    reachable,
)
from campaigns.audience_language.condition_sentences import Kind
from campaigns.drafts.audience_counts import AudienceCount, Counted, CountEnded, pickable
from console.catalogues import translation_to
from console.web.sessions import Visit
from console.web.words import known, say
from store.errors import BadInput
from store.plain_errors import in_plain_words

WHERE = "audience.where"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picking:
    """The lists from which a condition is picked.

    Attributes:
        facts: Each fact with its words.
        fact: The one that was picked, or empty.
        operators: Those that fit its kind, with their words.
        operator: The one that was chosen.
        value: What was typed.
        refused: Why it was not added.
    """

    facts: tuple[tuple[str, str], ...]
    fact: str = ""
    operators: tuple[tuple[str, str], ...] = ()
    operator: str = ""
    value: str = ""
    refused: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict, repr=False)


def picking(visit: Visit, form: Mapping[str, str], refused: str = "") -> Picking:
    """Return the lists, with the operators of the fact that was picked."""
    kinds: dict[str, Kind] = {
        **{reachable(channel): "bool" for channel in CHANNELS},
        **pickable(visit.installation),
    }
    fact = form.get("pick.fact", "") or visit.request.query_params.get("fact", "")
    kind = kinds.get(fact)
    return Picking(
        facts=tuple((name, _named(visit, name)) for name in kinds),
        fact=fact if kind else "",
        operators=tuple(
            (each, say(visit.language, f"making.op.{kind}.{each}")) for each in OPERATORS[kind]
        )
        if kind
        else (),
        operator=form.get("pick.operator", ""),
        value=form.get("pick.value", ""),
        refused=refused,
        kinds=kinds,
    )


def with_condition(visit: Visit, form: Mapping[str, str]) -> dict[str, str]:
    """Return a form with the picked condition added to its rule.

    Raises:
        BadInput: no fact was picked, or its value cannot be read.
    """
    picked = picking(visit, form)
    if not picked.fact:
        raise BadInput("is not a known fact", "choose one from the list", field="fact")
    condition = built(picked.fact, picked.kinds[picked.fact], picked.operator, picked.value)
    return {**form, WHERE: added(form.get(WHERE, "").replace("\r\n", "\n"), condition)}


def counting(visit: Visit, where: str) -> AudienceCount:
    """Return a count of the people that a rule finds."""
    return AudienceCount(visit.installation, where, now=visit.installation.now())


def counted_in_words(visit: Visit, count: AudienceCount) -> dict[str, object]:
    """Count, and return how many there are and the rule in words, or what is wrong with it."""
    try:
        counted: Counted = count.run()
    except BadInput as refused:
        why = in_plain_words(refused, translation_to(visit.language))
        return {"said": why, "wrong": True, "words": []}
    except CountEnded:
        return {"said": "", "wrong": False, "words": []}
    number = f"{counted.people:,}"
    number = number.replace(",", ".") if visit.language == "nl" else number
    return {
        "said": say(visit.language, "making.count", people=number),
        "wrong": False,
        "words": [each[visit.language] for each in counted.clauses],
    }


def _named(visit: Visit, name: str) -> str:
    key = f"making.fact.{name.replace(':', '_')}"
    return say(visit.language, key) if known(key) else name.replace("_", " ")
