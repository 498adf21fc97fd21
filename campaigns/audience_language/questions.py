"""Functions of the audience language, such as `has(sms)`, `reached('card-2023')` and `sample(10)`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeAlias, get_args

from sqlalchemy import ColumnElement, Exists, exists, func, select
from sqlglot import expressions as exp

from campaigns.audience_language.seeded_draws import PRIME, Draw
from campaigns.audience_language.syntax import AudienceRefused, shown
from campaigns.audience_language.values import Age, Value, constant_day
from store.sentences import Sentence, as_sentence
from store.states import WENT_OUT, OutcomeKind, ReplyKind, TouchState
from store.tables import Campaign, Decision, Obligation, Outcome, Person, PersonNumber, Reply, Touch
from suppression.policies import Tax
from suppression.reasons import Reason

TAXES: tuple[str, ...] = get_args(Tax)
FINEST_SAMPLE = Decimal("0.01")
_SHOWN = 12
_ANSWERS = (ReplyKind.CALLED, ReplyKind.TEXTED, ReplyKind.COUNTER, ReplyKind.WEB)
"""Replies that a person gave themselves, unlike a returned card."""

Argument: TypeAlias = Value | Age
Answer: TypeAlias = ColumnElement[bool] | Value | Age


@dataclass(frozen=True, slots=True)
class AudienceContext:
    """The context in which an audience expression is read.

    Attributes:
        today: The day that `today` means.
        campaigns: The names of earlier campaigns; None takes any name.
        seed: Under which samples are drawn.
    """

    today: date
    campaigns: Collection[str] | None
    seed: int


@dataclass(frozen=True, slots=True)
class Question:
    """One function call in an audience expression, with its arguments."""

    node: exp.Anonymous
    arguments: tuple[Argument, ...]
    world: AudienceContext

    def text(self, at: int) -> str:
        """Return an argument that must be a text."""
        value = self.arguments[at]
        if isinstance(value, Value) and value.constant and isinstance(value.sql, str):
            return value.sql
        raise self.refusal("takes a text", "put it in quotes")

    def number(self, at: int) -> Decimal:
        """Return an argument that must be a number."""
        value = self.arguments[at]
        if isinstance(value, Value) and value.constant and isinstance(value.sql, Decimal):
            return value.sql
        raise self.refusal("takes a number", "write it in digits")

    def refusal(self, problem: str, remedy: str) -> AudienceRefused:
        """Return an error that quotes the function call."""
        return AudienceRefused(
            Sentence("{shown} {problem}", shown=shown(self.node), problem=as_sentence(problem)),
            remedy,
        )


@dataclass(frozen=True, slots=True)
class _Form:
    ask: Callable[[Question], Answer]
    fewest: int
    most: int
    example: str


def answer(question: Question) -> Answer:
    """Return the condition, value or age that a function call stands for, over each row of `Person`.

    Raises:
        AudienceRefused: there is no such question, or it takes other arguments.
    """
    form = FORMS.get(str(question.node.this).lower())
    if form is None:
        known = ", ".join(("has", *FORMS))
        raise AudienceRefused(
            Sentence(
                "{shown} is not a function of the audience language", shown=shown(question.node)
            ),
            Sentence("use one of {known}", known=known),
        )
    if not form.fewest <= len(question.arguments) <= form.most:
        raise question.refusal(
            "has too few or too many arguments",
            Sentence("write it as {example}", example=form.example),
        )
    return form.ask(question)


def _some(*conditions: ColumnElement[bool]) -> Exists:
    """Match people who have such a row."""
    return exists().where(*conditions).correlate(Person)


def has(channel: str) -> ColumnElement[bool]:
    """Match people who can be reached through a channel.

    Raises:
        AudienceRefused: there is no such channel.
    """
    match channel:
        case "card" | "letter":
            return Person.household_key.is_not(None)
        case "sms":
            return _some(PersonNumber.person_id == Person.id, PersonNumber.may_text.is_(True))
        case "call":
            return _some(PersonNumber.person_id == Person.id, PersonNumber.may_call.is_(True))
        case other:
            raise AudienceRefused(
                Sentence("has({other}) does not name a channel", other=other[:40]),
                "write has(card), has(letter), has(sms) or has(call)",
            )


def _age(question: Question) -> Age:
    return Age(constant_day(question.arguments[0], question.node))


def _campaign(question: Question) -> Any:
    """Return the key of the campaign that a question names."""
    name, known = question.text(0), question.world.campaigns
    if known is not None and name not in known:
        close = get_close_matches(name, known, n=_SHOWN, cutoff=0) if known else []
        remedy = (
            Sentence("there are {close}", close=", ".join(close))
            if close
            else "no campaign was submitted yet"
        )
        raise question.refusal("does not name a known campaign", remedy)
    return select(Campaign.id).where(Campaign.name == name).scalar_subquery()


def _touched(*states: TouchState) -> Callable[[Question], ColumnElement[bool]]:
    return lambda question: _some(
        Touch.person_id == Person.id,
        Touch.campaign_id == _campaign(question),
        Touch.state.in_(states),
    )


def _replied(*kinds: ReplyKind) -> Callable[[Question], ColumnElement[bool]]:
    return lambda question: _some(
        Reply.person_id == Person.id,
        Reply.campaign_id == _campaign(question),
        Reply.kind.in_(kinds),
    )


def _decided(which: ColumnElement[bool]) -> Callable[[Question], ColumnElement[bool]]:
    return lambda question: _some(
        Decision.person_id == Person.id, Decision.campaign_id == _campaign(question), which
    )


def _became(question: Question) -> ColumnElement[bool]:
    kinds = [kind.value for kind in OutcomeKind]
    kind = question.text(0)
    if kind not in kinds:
        raise question.refusal(
            "does not name an outcome", Sentence("write one of {known}", known=", ".join(kinds))
        )
    conditions = [
        Outcome.person_ref == Person.person_ref,
        Outcome.kind == OutcomeKind(kind),
        Outcome.withdrawn_on.is_(None),
    ]
    if len(question.arguments) > 1:
        conditions.append(Outcome.happened_on >= constant_day(question.arguments[1], question.node))
    return _some(*conditions)


def _open_returns(question: Question) -> Value:
    """Count the obligations that are known and neither filed nor assessed."""
    conditions = [
        Obligation.person_ref == Person.person_ref,
        Obligation.filed_on.is_(None),
        Obligation.assessed_on.is_(None),
    ]
    if question.arguments:
        tax = question.text(0)
        if tax not in TAXES:
            raise question.refusal(
                "does not name a tax", Sentence("write one of {known}", known=", ".join(TAXES))
            )
        conditions.append(Obligation.tax == tax)
    if len(question.arguments) > 1:
        conditions.append(Obligation.year == _year(question))
    return Value(
        select(func.count())
        .select_from(Obligation)
        .where(*conditions)
        .correlate(Person)
        .scalar_subquery(),
        "int",
    )


def _year(question: Question) -> int:
    year = question.number(1)
    if year != int(year) or not date.min.year <= year <= date.max.year:
        raise question.refusal(
            "does not name a tax year", "write for instance open_returns('income', 2021)"
        )
    return int(year)


def _sample(question: Question) -> ColumnElement[bool]:
    """Match a percentage of the people, drawn under the campaign's seed.

    The same seed and name draw the same people, and a larger share draws them and more.
    """
    share = question.number(0)
    if not 0 < share <= 100 or share % FINEST_SAMPLE:  # noqa: PLR2004  per cent
        raise question.refusal(
            "is not a percentage",
            Sentence(
                "write a number from {finest_sample} to 100: per cent of the people",
                finest_sample=FINEST_SAMPLE,
            ),
        )
    name = question.text(1) if len(question.arguments) > 1 else ""
    draw = Draw.of(question.world.seed, f"sample:{name}")
    return draw.sql(Person.draw_key.expression) < int(PRIME * share / 100)


FORMS: dict[str, _Form] = {
    "age": _Form(_age, 1, 1, "age(today) >= 18"),
    "reached": _Form(_touched(*WENT_OUT), 1, 1, "reached('card-2023')"),
    "returned": _Form(_touched(TouchState.RETURNED), 1, 1, "returned('card-2023')"),
    "replied": _Form(_replied(*_ANSWERS), 1, 1, "replied('card-2023')"),
    "called": _Form(_replied(ReplyKind.CALLED), 1, 1, "called('card-2023')"),
    "held_out": _Form(
        _decided(Decision.reason == Reason.HOLD_OUT.value), 1, 1, "held_out('card-2023')"
    ),
    "selected": _Form(_decided(Decision.selected.is_(True)), 1, 1, "selected('card-2023')"),
    "became": _Form(_became, 1, 2, "became('filed', today - 365)"),
    "open_returns": _Form(_open_returns, 0, 2, "open_returns('income', 2021) >= 1"),
    "sample": _Form(_sample, 1, 2, "sample(10) or sample(10, 'letters')"),
}
"""Every function but `has(channel)`, with its number of arguments and an example."""
