"""Somebody whose tax years are under a law that leaves nothing to ask for."""

from suppression.obligations import Stage, stops_at
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.NOT_UNDER_THIS_LAW,
    holds=lambda occasion: stops_at(occasion, Stage.LAW),
    asks=lambda occasion: bool(occasion.about),
)
