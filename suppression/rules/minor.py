"""A minor. Of a partial date of birth the latest possible day counts."""

from sqlalchemy import ColumnElement, false, func

from store.tables import Person
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule
from suppression.year_spans import ADULT_AGE, years_before


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    return func.coalesce(Person.birth_last > years_before(occasion.on, ADULT_AGE), false())


RULE = Rule(
    reason=Reason.MINOR,
    holds=_holds,
)
