"""What the audience language means, in plain Python: rules of every kind, and their answers about invented people.

An answer is True, False or None: unknown is neither yes nor no, and nobody is in an audience because of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from hypothesis import strategies as st

from campaigns.audience_language.seeded_draws import PRIME, Draw
from suppression.reasons import Reason
from tests.campaigns.audience_language.where_people import (
    CAMPAIGNS,
    FACTS,
    TODAY,
    TOWNS,
    Somebody,
    draw_key,
)

SEED = 2023
Truth = bool | None


@dataclass(frozen=True)
class Rule:
    """A text of the language, and what it means."""

    text: str
    judge: Callable[[Somebody], Truth]

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Term:
    """One side of a comparison."""

    text: str
    value: Callable[[Somebody], Any]


SIGNS = {"=": eq, "!=": ne, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def _held(sign: str, left: Any, right: Any) -> Truth:
    return None if left is None or right is None else bool(SIGNS[sign](left, right))


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _and(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def _or(truths: list[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False


def _compared(left: Term, sign: str, right: Term) -> Rule:
    return Rule(
        f"{left.text} {sign} {right.text}",
        lambda one: _held(sign, left.value(one), right.value(one)),
    )


def _column(name: str) -> Term:
    return Term(name, lambda one: one.known(name))


def _constant(text: str, value: Any) -> Term:
    return Term(text, lambda _: value)


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


_ORDERS = st.sampled_from(list(SIGNS))
EQUALS = st.sampled_from(["=", "!=", "<>"])
CHANNELS = {
    "card": lambda one: one.columns["household_key"] is not None,
    "letter": lambda one: one.columns["household_key"] is not None,
    "sms": lambda one: one.texts,
    "call": lambda one: one.calls,
}
OUT = {"handed_over", "delivered", "printed", "posted", "returned", "unknown"}
HISTORY: dict[str, Callable[[Somebody, str], bool]] = {
    "reached": lambda one, name: one.touches.get(name) in OUT,
    "returned": lambda one, name: one.touches.get(name) == "returned",
    "replied": lambda one, name: one.replies.get(name) in {"called", "texted", "counter", "web"},
    "called": lambda one, name: one.replies.get(name) == "called",
    "held_out": lambda one, name: one.decided.get(name) == Reason.HOLD_OUT,
    "selected": lambda one, name: name in one.decided and one.decided[name] is None,
}


@st.composite
def _numbers(draw: Any) -> Rule:
    name, numbers = draw(
        st.sampled_from(
            [
                ("years", ["-1", "0", "1", "2", "3", "1099511627776"]),
                ("income", ["0", "12.5", "12.5001", "-3", ".5", "12."]),
            ]
        )
    )
    constants = [
        _constant(number, Decimal(number))
        for number in draw(st.lists(st.sampled_from(numbers), min_size=2))
    ]
    match draw(st.sampled_from(["compare", "mirrored", "between", "in"])):
        case "compare":
            return _compared(_column(name), draw(_ORDERS), constants[0])
        case "mirrored":
            return _compared(constants[0], draw(_ORDERS), _column(name))
        case "between":
            return _between(_column(name), constants[0], constants[1])
        case _:
            return _listed(_column(name), constants)


def _between(term: Term, low: Term, high: Term) -> Rule:
    return Rule(
        f"{term.text} between {low.text} and {high.text}",
        lambda one: _and(
            [
                _held(">=", term.value(one), low.value(one)),
                _held("<=", term.value(one), high.value(one)),
            ]
        ),
    )


def _listed(term: Term, values: list[Term]) -> Rule:
    return Rule(
        f"{term.text} in ({', '.join(value.text for value in values)})",
        lambda one: _or([_held("=", term.value(one), value.value(one)) for value in values]),
    )


@st.composite
def _words(draw: Any) -> Rule:
    name = draw(
        st.sampled_from(
            ["care", "town", "language", "gender", "postcode", "guardian_ref", "country"]
        )
    )
    words = [*TOWNS, "STELLA", "a'b", "nl", "V", "1234AB", "G1", "é; --"]
    chosen = draw(st.lists(st.sampled_from(words), min_size=1, max_size=4))
    values = [_constant(_quoted(word), word) for word in chosen]
    if draw(st.booleans()):
        return _listed(_column(name), values)
    return _compared(_column(name), draw(EQUALS), values[0])


@st.composite
def _flags(draw: Any) -> Rule:
    name = draw(
        st.sampled_from(
            ["refund", "secret_address", "address_under_investigation", "under_guardianship"]
        )
    )
    said, wanted = draw(st.sampled_from([("true", True), ("false", False)]))
    match draw(st.sampled_from(["flag", "is", "equals", "other"])):
        case "flag":
            return Rule(name, lambda one: one.known(name))
        case "is":
            return Rule(f"{name} is {said}", lambda one: one.known(name) is wanted)
        case "equals":
            return _compared(_column(name), draw(EQUALS), _constant(said, wanted))
        case _:
            return _compared(_column(name), draw(EQUALS), _column("refund"))


@st.composite
def _unknowns(draw: Any) -> Rule:
    name = draw(
        st.sampled_from(
            [*FACTS, "town", "deceased_on", "guardian_ref", "under_guardianship", "age(today)"]
        )
    )

    def unknown(one: Somebody) -> bool:
        return (one.columns["birth_last"] if name == "age(today)" else one.known(name)) is None

    if draw(st.booleans()):
        return Rule(f"{name} is null", unknown)
    return Rule(f"{name} is not null", lambda one: not unknown(one))


DATES = st.sampled_from(["dunned_on", "filed_on", "deceased_on", "moved_abroad_on"])
DAYS = st.sampled_from([0, 1, 19, 20, 21, 22, 365, 366, 73_200])


@st.composite
def _fixed_days(draw: Any) -> Term:
    days = draw(DAYS)
    ways = [
        _constant("today", TODAY),
        _constant(f"today - {days}", TODAY - timedelta(days=days)),
        _constant(f"(today + {days})", TODAY + timedelta(days=days)),
        _constant("'2023-05-11'", date(2023, 5, 11)),
        _constant("'2023-05-11' + 1 - 1", date(2023, 5, 11)),
    ]
    chosen: Term = draw(st.sampled_from(ways))
    return chosen


def _later(term: Term, days: int) -> Term:
    def moved(one: Somebody) -> date | None:
        day = term.value(one)
        return None if day is None else day + timedelta(days=days)

    return Term(f"{term.text} {'+' if days >= 0 else '-'} {abs(days)}", moved)


@st.composite
def _moving_days(draw: Any) -> Term:
    term = _column(draw(DATES))
    days = draw(DAYS)
    chosen: Term = draw(
        st.sampled_from(
            [term, _later(term, days), _later(term, -days), _later(_later(term, days), -1)]
        )
    )
    return chosen


@st.composite
def _calendars(draw: Any) -> Rule:
    left = draw(_moving_days())
    right = draw(st.one_of(_moving_days(), _fixed_days()))
    match draw(st.sampled_from(["compare", "mirrored", "between", "apart"])):
        case "compare":
            return _compared(left, draw(_ORDERS), right)
        case "mirrored":
            return _compared(right, draw(_ORDERS), left)
        case "between":
            return _between(left, draw(_fixed_days()), right)
        case _:
            one, other = draw(st.permutations([left, right]))
            days = draw(DAYS)
            return _compared(_apart(one, other), draw(_ORDERS), _constant(str(days), days))


def _apart(left: Term, right: Term) -> Term:
    def days(one: Somebody) -> int | None:
        first, second = left.value(one), right.value(one)
        return None if first is None or second is None else (first - second).days

    return Term(f"({left.text}) - ({right.text})", days)


@st.composite
def _ages(draw: Any) -> Rule:
    days = [
        TODAY,
        TODAY - timedelta(days=1),
        date(2022, 2, 28),
        date(2022, 3, 1),
        date(2024, 2, 29),
        date(2023, 12, 31),
    ]
    on = draw(st.sampled_from(days))
    said = "today" if on == TODAY else f"'{on}'"
    term = Term(f"age({said})", lambda one: one.age(on))
    years = [
        _constant(str(each), each)
        for each in draw(st.lists(st.sampled_from([0, 1, 17, 18, 19, 27]), min_size=2))
    ]
    match draw(st.sampled_from(["compare", "mirrored", "between", "in"])):
        case "compare":
            return _compared(term, draw(_ORDERS), years[0])
        case "mirrored":
            return _compared(years[0], draw(_ORDERS), term)
        case "between":
            return _between(term, years[0], years[1])
        case _:
            return _listed(term, years)


@st.composite
def _histories(draw: Any) -> Rule:
    question, name = draw(st.sampled_from(sorted(HISTORY))), draw(st.sampled_from(CAMPAIGNS))
    return Rule(f"{question}('{name}')", lambda one: HISTORY[question](one, name))


@st.composite
def _outcomes(draw: Any) -> Rule:
    kind = draw(st.sampled_from(["filed", "debt_help"]))
    if draw(st.booleans()):
        return Rule(f"became('{kind}')", lambda one: any(each == kind for each, _ in one.outcomes))
    since = draw(_fixed_days())
    return Rule(
        f"became('{kind}', {since.text})",
        lambda one: any(each == kind and day >= since.value(one) for each, day in one.outcomes),
    )


@st.composite
def _returns(draw: Any) -> Rule:
    asked = draw(st.sampled_from([(), ("income",), ("vat",), ("income", 2021)]))
    said = ", ".join([f"'{asked[0]}'", *map(str, asked[1:])]) if asked else ""
    number = draw(st.sampled_from([0, 1, 2]))

    def count(one: Somebody) -> int:
        return sum(
            not filed and not assessed and (tax, year)[: len(asked)] == asked
            for tax, year, filed, assessed in one.obligations
        )

    return _compared(
        Term(f"open_returns({said})", count), draw(_ORDERS), _constant(str(number), number)
    )


@st.composite
def _samples(draw: Any) -> Rule:
    share, name = (
        draw(st.sampled_from(["0.01", "10", "50", "99.99", "100"])),
        draw(st.sampled_from(["", "letters"])),
    )
    drawn = Draw.of(SEED, f"sample:{name}")
    said = f", '{name}'" if name else ""
    return Rule(
        f"sample({share}{said})",
        lambda one: drawn.number(draw_key(one)) < int(Decimal(share) * PRIME / 100),
    )


@st.composite
def _channels(draw: Any) -> Rule:
    channel = draw(st.sampled_from(sorted(CHANNELS)))
    return Rule(f"has({channel})", CHANNELS[channel])


def _joined(word: str, parts: list[Rule]) -> Rule:
    together = {"and": _and, "or": _or}[word]
    return Rule(
        f" {word} ".join(f"({part.text})" for part in parts),
        lambda one: together([part.judge(one) for part in parts]),
    )


def _denied(rule: Rule) -> Rule:
    return Rule(f"not ({rule.text})", lambda one: _not(rule.judge(one)))


ATOMS = st.one_of(
    _numbers(),
    _words(),
    _flags(),
    _unknowns(),
    _calendars(),
    _ages(),
    _histories(),
    _outcomes(),
    _returns(),
    _samples(),
    _channels(),
    st.sampled_from([Rule("true", lambda _: True), Rule("false", lambda _: False)]),
)
RULES: st.SearchStrategy[Rule] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(_joined, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=4)),
        st.builds(_denied, inner),
    ),
    max_leaves=8,
)
"""Rules of every kind, with their meaning."""
