"""Somebody who pays by arrangement."""

from suppression.care_words import CARE, in_care
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.IN_CARE_PAYMENT_ARRANGEMENT,
    holds=lambda occasion: in_care(occasion, Reason.IN_CARE_PAYMENT_ARRANGEMENT),
    needs_fact=CARE,
)
