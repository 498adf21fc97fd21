"""Somebody with a guardian who cannot be written to, or only where others can read it."""

from sqlalchemy import ColumnElement, and_, exists, or_, true

from store.table_aliases import alias_for
from store.tables import Person
from suppression.care_words import in_care
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    guarded = or_(Person.guardian_ref.is_not(None), in_care(occasion, Reason.UNDER_GUARDIANSHIP))
    if occasion.reaches != "post" or not occasion.closed:
        return and_(guarded, true())
    guardian = alias_for(Person, "guardian")
    reachable = exists().where(
        guardian.person_ref == Person.guardian_ref,
        guardian.household_key.is_not(None),
        guardian.deceased_on.is_(None),
    )
    return and_(guarded, ~reachable)


RULE = Rule(
    reason=Reason.NO_REPRESENTATIVE,
    holds=_holds,
    asks=lambda occasion: occasion.to_representative,
)
