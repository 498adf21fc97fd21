"""Somebody whose data no source has confirmed recently."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func

from store.tables import Person
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    oldest = occasion.at - timedelta(days=occasion.policy.freshness.days)
    return func.coalesce(Person.seen_at, Person.updated_at) < oldest


RULE = Rule(
    reason=Reason.STALE_DATA,
    holds=_holds,
    asks=lambda occasion: occasion.handing_over,
)
