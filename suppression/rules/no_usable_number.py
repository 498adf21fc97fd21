"""Somebody without a number of the kind the channel needs, or with none that is still open."""

from sqlalchemy import ColumnElement, exists

from store.tables import Person, PersonNumber
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import BY_PHONE, Rule
from suppression.usable_numbers import is_open


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    return ~exists().where(PersonNumber.person_id == Person.id, is_open(occasion))


RULE = Rule(
    reason=Reason.NO_USABLE_NUMBER,
    holds=_holds,
    reaches=BY_PHONE,
    of_service=True,
)
