"""The questions in which a campaign is made, with the fields of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_args

from campaigns.drafts.document_edits import value_at
from campaigns.touches.campaign_parts import Condition
from console.web.draft_fields import Field, Input
from console.web.template_choices import descriptions, for_campaigns
from console.web.words import Language, say
from suppression.policies import Purpose, Tax

GUIDES = "call"


@dataclass(frozen=True, slots=True)
class Question:
    """One page of a draft, with its fields for the draft as it stands."""

    name: str
    fields: Callable[[Any, Language], tuple[Field, ...]]


def _choice(
    *place: str, words: str, values: Iterable[str], language: Language, needed: bool = True
) -> Field:
    options = tuple((each, say(language, f"{words}.{each}")) for each in values)
    return Field(place=place, input=Input.CHOICE, options=options, needed=needed)


def whom(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of the people that are chosen."""
    del document, language
    return (
        Field(place=("audience", "where"), input=Input.LONG),
        Field(place=("audience", "necessity"), input=Input.LONG, needed=False),
    )


def why(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of the purpose and its legal ground."""
    del document
    purposes, taxes = get_args(Purpose), get_args(Tax)
    return (
        Field(place=("title",)),
        Field(place=("campaign",), short=True),
        _choice("purpose", words="purpose", values=purposes, language=language),
        Field(place=("legal_basis",)),
        Field(place=("dpia", "reference"), short=True),
        Field(place=("dpia", "valid_until"), input=Input.DATE),
        Field(place=("retention",)),
        Field(place=("owner",)),
        Field(place=("subject",), needed=False, short=True),
        Field(
            place=("about", 0, "tax"),
            input=Input.CHOICE,
            options=tuple((each, say(language, f"making.tax.{each}")) for each in taxes),
            needed=False,
        ),
        Field(place=("about", 0, "years"), input=Input.YEARS, needed=False, short=True),
        Field(place=("asked_on",), needed=False, short=True),
        Field(place=("open_card",), input=Input.YES, needed=False),
        Field(place=("to_representative",), input=Input.YES, needed=False),
    )


def words(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of what people get, step by step."""
    fields = []
    conditions = tuple((each, say(language, f"condition.{each}")) for each in get_args(Condition))
    templates = template_options(document, language)
    for arm, step in steps_of(document):
        place = ("arms", arm, "steps", step)
        fields += [
            Field(place=(*place, "template"), input=Input.CHOICE, options=templates),
            Field(place=(*place, "delay"), input=Input.NUMBER, needed=False, short=True),
            Field(
                place=(*place, "condition"), input=Input.CHOICE, options=conditions, needed=False
            ),
        ]
    return tuple(fields)


def sender(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of who writes, and who answers the telephone."""
    del document
    guides = tuple(
        (name, each.title) for name, each in descriptions().items() if each.channel == GUIDES
    )
    del language
    return (
        Field(place=("sender", "name"), input=Input.SPOKEN),
        Field(place=("sender", "team"), input=Input.SPOKEN),
        Field(place=("sender", "return_address")),
        Field(place=("sender", "privacy_url")),
        Field(place=("sender", "real_url"), needed=False),
        Field(place=("sender", "qr_url"), needed=False),
        Field(place=("phone_line", "name")),
        Field(place=("phone_line", "number"), short=True),
        Field(place=("phone_line", "hours"), input=Input.SPOKEN),
        Field(place=("phone_line", "open_days"), input=Input.WEEKDAYS, needed=False),
        Field(place=("phone_line", "open_until"), input=Input.DATE),
        Field(place=("phone_line", "agent"), needed=False, short=True),
        Field(place=("phone_line", "guide"), input=Input.CHOICE, options=guides, needed=False),
        Field(place=("phone_line", "skill"), needed=False, short=True),
    )


def when(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of the days on which messages go."""
    del language
    waves = value_at(document, ("waves",))
    count = max(1, len(waves) if isinstance(waves, list) else 0)
    fields = []
    for at in range(count):
        fields.append(
            Field(place=("waves", at, "date"), input=Input.DATE, label="wave", number=at + 1)
        )
        if count > 1:
            fields.append(
                Field(place=("waves", at, "share"), input=Input.NUMBER, needed=False, short=True)
            )
    return tuple(fields)


def many(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of how many are reached, and how they are divided."""
    del language
    arms = arms_of(document)
    shares = (
        Field(
            place=("arms", at, "share"),
            input=Input.NUMBER,
            short=True,
            label="hold_out" if arm.get("hold_out") is True else "arm_share",
            number=at + 1,
        )
        for at, arm in enumerate(arms)
    )
    return (
        Field(place=("limit",), input=Input.NUMBER, needed=False, short=True),
        *shares,
        Field(place=("seed",), input=Input.NUMBER, short=True),
    )


def money(document: Any, language: Language) -> tuple[Field, ...]:
    """Return the fields of the budget, the prices and the caps."""
    del language
    prices = (
        Field(
            place=("arms", arm, "steps", step, "price"),
            input=Input.MONEY,
            needed=False,
            short=True,
            number=step + 1,
        )
        for arm, step in steps_of(document)
    )
    caps = (
        Field(
            place=("caps", channel, part),
            input=Input.NUMBER,
            needed=False,
            short=True,
            label=f"caps.{part}",
            channel=channel,
        )
        for channel in channels_of(document)
        for part in ("times", "days")
    )
    deviation = value_at(document, ("deviation",))
    at: tuple[str | int, ...] = ("deviation",) if isinstance(deviation, dict) else ("deviation", 0)
    return (
        Field(place=("budget",), input=Input.MONEY, short=True),
        *prices,
        *caps,
        Field(place=(*at, "reason"), input=Input.LONG, needed=False, label="deviation.reason"),
    )


QUESTIONS = {
    each.name: each
    for each in (
        Question("whom", whom),
        Question("why", why),
        Question("words", words),
        Question("sender", sender),
        Question("when", when),
        Question("many", many),
        Question("money", money),
    )
}
"""The questions by name, in the order in which they are asked."""


def arms_of(document: Any) -> list[dict[str, Any]]:
    """Return the arms of a draft, as far as they are groups of keys."""
    arms = value_at(document, ("arms",))
    return (
        [each if isinstance(each, dict) else {} for each in arms] if isinstance(arms, list) else []
    )


def steps_of(document: Any) -> list[tuple[int, int]]:
    """Return the arm and the position of every step of a draft."""
    found = []
    for at, arm in enumerate(arms_of(document)):
        steps = arm.get("steps")
        found += [(at, step) for step in range(len(steps) if isinstance(steps, list) else 0)]
    return found


def channels_of(document: Any) -> tuple[str, ...]:
    """Return the channels of a draft's steps and caps that a cap may be about."""
    steps = (value_at(document, ("arms", *at, "channel")) for at in _places(document))
    caps = value_at(document, ("caps",))
    named = (*steps, *(caps if isinstance(caps, dict) else ()))
    return tuple(dict.fromkeys(each for each in named if isinstance(each, str)))


def _places(document: Any) -> list[tuple[int, str, int]]:
    return [(arm, "steps", step) for arm, step in steps_of(document)]


def template_options(document: Any, language: Language) -> tuple[tuple[str, str], ...]:
    """Return the templates that fit the purpose of a draft, and those that it has already."""
    purpose = value_at(document, ("purpose",))
    chosen = {value_at(document, ("arms", *at, "template")) for at in _places(document)}
    found = []
    campaigns = for_campaigns()
    for name, template in descriptions().items():
        fits = purpose in template.purposes if purpose else True
        if name in chosen or (fits and name in campaigns):
            channel = say(language, f"channel.{template.channel}")
            found.append((name, f"{template.title} ({channel})"))
    return tuple(found)
