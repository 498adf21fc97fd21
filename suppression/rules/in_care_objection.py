"""Somebody with an open objection or appeal, whom a second letter would confuse."""

from suppression.care_words import CARE, in_care
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.IN_CARE_OBJECTION,
    holds=lambda occasion: in_care(occasion, Reason.IN_CARE_OBJECTION),
    needs_fact=CARE,
)
