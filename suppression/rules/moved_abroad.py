"""Somebody who left the country or is registered as a non-resident."""

from sqlalchemy import ColumnElement, or_

from store.tables import Person
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.registration import suspended
from suppression.rules.rule import BY_POST, Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    return or_(
        Person.moved_abroad_on.is_not(None), Person.country != "NL", suspended(occasion, "E", "R")
    )


RULE = Rule(
    reason=Reason.MOVED_ABROAD,
    holds=_holds,
    reaches=BY_POST,
    of_service=True,
)
