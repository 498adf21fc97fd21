"""Somebody to whom an official letter went out, or goes out, within days."""

from datetime import timedelta

from sqlalchemy import ColumnElement, false, func, or_

from store.facts import fact
from suppression.obligations import letter_between
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _facts(occasion: Occasion) -> list[str]:
    return [name for name in occasion.policy.letters.facts if name in occasion.declared]


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    rest = timedelta(days=occasion.policy.rests.letter)
    first, last = occasion.on - rest, occasion.on + rest
    days = [
        fact(name, "date").between(first.isoformat(), last.isoformat()) for name in _facts(occasion)
    ]
    found: list[ColumnElement[bool]] = [func.coalesce(day, false()) for day in days]
    if occasion.about:
        found.append(letter_between(occasion, first, last))
    return or_(*found)


RULE = Rule(
    reason=Reason.LETTER_NEAR,
    holds=_holds,
    asks=lambda occasion: bool(occasion.about or _facts(occasion)),
)
