"""Somebody whose assessment comes within days, too soon for a touch to help."""

from datetime import timedelta

from sqlalchemy import ColumnElement, false, func

from store.facts import fact
from suppression.obligations import Stage, stops_at
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_FACT = "assessment_due_on"


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    if occasion.about:
        return stops_at(occasion, Stage.LATE)
    last = occasion.on + timedelta(days=occasion.policy.rests.assessment)
    return func.coalesce(fact(_FACT, "date") <= last.isoformat(), false())


RULE = Rule(
    reason=Reason.TOO_LATE,
    holds=_holds,
    asks=lambda occasion: not occasion.after_assessment,
    needs_fact=_FACT,
    or_about=True,
)
