"""Somebody, or an address, on a suppression list. Closed numbers belong to NO_USABLE_NUMBER."""

from sqlalchemy import ColumnElement

from store.tables import Suppression
from suppression.list_conditions import listed
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_OTHER_RULES = (
    Reason.OBJECTION.value,
    Reason.OBJECTION_IN_DOUBT.value,
    Reason.DECEASED.value,
)


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    return listed(occasion, Suppression.reason.not_in(_OTHER_RULES))


RULE = Rule(
    reason=Reason.SUPPRESSED,
    holds=_holds,
    of_service=True,
)
