"""Somebody without a dunning letter, or with one that is too recent."""

from datetime import timedelta

from sqlalchemy import ColumnElement, false, func

from store.facts import fact
from suppression.obligations import Stage, stops_at
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_FACT = "dunned_on"


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    if occasion.about:
        return stops_at(occasion, Stage.UNDUNNED)
    rested = occasion.on - timedelta(days=occasion.policy.rests.dunning)
    return ~func.coalesce(fact(_FACT, "date") <= rested.isoformat(), false())


def _asks(occasion: Occasion) -> bool:
    # a campaign that asks about the letter in its own audience judges it there
    return occasion.purpose == "duty" and _FACT not in occasion.asked


RULE = Rule(
    reason=Reason.NO_DUNNING_YET,
    holds=_holds,
    asks=_asks,
    needs_fact=_FACT,
    or_about=True,
)
