"""Somebody who was given more time, and still has it."""

from sqlalchemy import ColumnElement, false, func

from store.facts import fact
from suppression.obligations import Stage, stops_at
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_FACT = "extension_until"


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    if occasion.about:
        return stops_at(occasion, Stage.EXTENDED)
    return func.coalesce(fact(_FACT, "date") >= occasion.on.isoformat(), false())


RULE = Rule(
    reason=Reason.EXTENSION_GRANTED,
    holds=_holds,
    needs_fact=_FACT,
    or_about=True,
)
