"""Somebody at an address with too many adults for a household, until a person decides what it is."""

from sqlalchemy import ColumnElement, and_, or_

from suppression.households import has_many_adults, is_closed, is_decided
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    undecided = and_(has_many_adults(occasion), ~is_decided())
    return or_(undecided, is_closed()) if occasion.reaches == "post" else undecided


RULE = Rule(
    reason=Reason.SHARED_ADDRESS,
    holds=_holds,
)
