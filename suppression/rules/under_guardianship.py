"""Somebody with a guardian, unless the campaign writes to guardians."""

from sqlalchemy import ColumnElement, or_

from store.tables import Person
from suppression.care_words import in_care
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    return or_(Person.guardian_ref.is_not(None), in_care(occasion, Reason.UNDER_GUARDIANSHIP))


RULE = Rule(
    reason=Reason.UNDER_GUARDIANSHIP,
    holds=_holds,
    asks=lambda occasion: not occasion.to_representative,
)
