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
    holds=_holds,
    asks=lambda occasion: bool(occasion.about),
)
