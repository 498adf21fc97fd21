"""Somebody who objected. It holds for every campaign, except what they asked for since.

Whoever says stop from a number stops it for everyone on that number, on every channel.
"""

from sqlalchemy import ColumnElement, and_, or_

from store.tables import Suppression
from suppression.list_conditions import listed, listed_by_number, since_asked
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    objection = and_(Suppression.reason == Reason.OBJECTION.value, since_asked(occasion))
    return or_(listed(occasion, objection), listed_by_number(occasion, objection))


RULE = Rule(
    reason=Reason.OBJECTION,
    holds=_holds,
    of_service=True,
)
