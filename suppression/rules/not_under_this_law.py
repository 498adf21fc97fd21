"""Somebody whose tax years are under a law that leaves nothing to ask for."""

from suppression.obligations import Stage, stops_at
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.NOT_UNDER_THIS_LAW,
    nl="Volgens de wet van dat belastingjaar hoeft deze persoon hiervoor niets te doen, of kan het niet meer.",
    en="Under the law of that tax year this person need not do anything for it, or no longer can.",
    holds=lambda occasion: stops_at(occasion, Stage.LAW),
    asks=lambda occasion: bool(occasion.about),
)
