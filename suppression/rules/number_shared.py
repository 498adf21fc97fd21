"""Somebody whose every open number is shared by many people."""

from sqlalchemy import ColumnElement, and_, exists

from store.tables import Person, PersonNumber
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import BY_PHONE, Rule
from suppression.usable_numbers import is_open, is_own


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    theirs = PersonNumber.person_id == Person.id
    usable = is_open(occasion)
    return and_(exists().where(theirs, usable), ~exists().where(theirs, usable, is_own(occasion)))


RULE = Rule(
    reason=Reason.NUMBER_SHARED,
    holds=_holds,
    reaches=BY_PHONE,
)
