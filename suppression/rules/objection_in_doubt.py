"""Somebody whose message may be an objection, until a person has read it.

What comes from a number holds for everyone on that number, as an objection does.
"""

from sqlalchemy import ColumnElement, and_, or_

from store.tables import Suppression
from suppression.list_conditions import listed, listed_by_number, since_asked
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    doubt = and_(Suppression.reason == Reason.OBJECTION_IN_DOUBT.value, since_asked(occasion))
    return or_(listed(occasion, doubt), listed_by_number(occasion, doubt))


RULE = Rule(
    reason=Reason.OBJECTION_IN_DOUBT,
    holds=_holds,
    of_service=True,
)
