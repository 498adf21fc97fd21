"""Somebody without a known obligation that the campaign is about."""

from sqlalchemy import ColumnElement

from suppression.obligations import any_of
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    return ~any_of(occasion)


RULE = Rule(
    reason=Reason.NO_OBLIGATION,
    nl="Voor deze persoon is geen aangifte bekend waar de campagne over gaat.",
    en="No return that the campaign is about is known for this person.",
    holds=_holds,
    asks=lambda occasion: bool(occasion.about),
)
