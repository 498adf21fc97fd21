"""Somebody who was assessed without a return, so that a text about filing in time is wrong."""

from sqlalchemy import ColumnElement, false, func

from store.facts import fact
from suppression.obligations import Stage, stops_at
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_FACT = "assessed_on"


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    if occasion.about:
        return stops_at(occasion, Stage.ASSESSED)
    return func.coalesce(fact(_FACT, "date") <= occasion.on.isoformat(), false())


RULE = Rule(
    reason=Reason.ASSESSED,
    holds=_holds,
    asks=lambda occasion: not occasion.after_assessment,
    needs_fact=_FACT,
    or_about=True,
)
