"""Who else is helping somebody, as the source says it: each word stands for one reason, and no word for none."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func

from store.facts import fact
from suppression.occasions import Occasion
from suppression.reasons import Reason

CARE = "in_care_of"


def _word() -> ColumnElement[Any]:
    return func.lower(func.trim(fact(CARE, "text")))


def in_care(occasion: Occasion, reason: Reason) -> ColumnElement[bool]:
    """Hold where the source names a helper that stands for `reason`; never, where no import tells it."""
    words = occasion.policy.words_of_care(reason)
    if CARE not in occasion.declared or not words:
        return false()
    return func.coalesce(_word().in_(words), false())


def in_other_care(occasion: Occasion) -> ColumnElement[bool]:
    """Hold where the source names a helper that stands for no reason of its own."""
    other = and_(_word() != "", _word().not_in(occasion.policy.words_known()))
    return func.coalesce(other, false())
