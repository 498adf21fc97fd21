"""Somebody who died, by the register or by a report from their family."""

from sqlalchemy import ColumnElement, or_

from store.tables import Person, Suppression
from suppression.list_conditions import listed
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.registration import suspended
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    reported = listed(occasion, Suppression.reason == Reason.DECEASED.value)
    return or_(Person.deceased_on.is_not(None), suspended(occasion, "O"), reported)


RULE = Rule(
    reason=Reason.DECEASED,
    holds=_holds,
    of_service=True,
)
