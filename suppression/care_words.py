"""Words in the source data that name another helper, and the reason each stands for."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func

from store.facts import fact
from suppression.occasions import Occasion
from suppression.reasons import Reason

CARE = "in_care_of"


def _word() -> ColumnElement[Any]:
    return func.lower(func.trim(fact(CARE, "text")))


def in_care(occasion: Occasion, reason: Reason) -> ColumnElement[bool]:
    """Match people whose source names a helper that stands for `reason`.

    Nobody matches if no import declared that fact.
    """
    words = occasion.policy.words_of_care(reason)
    if CARE not in occasion.declared or not words:
        return false()
    return func.coalesce(_word().in_(words), false())


def in_other_care(occasion: Occasion) -> ColumnElement[bool]:
    """Match people whose source names a helper without a reason of its own."""
    other = and_(_word() != "", _word().not_in(occasion.policy.words_known()))
    return func.coalesce(other, false())
