"""Somebody who is helped elsewhere, in words that stand for no reason of their own."""

from suppression.care_words import CARE, in_other_care
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.IN_OTHER_CARE,
    holds=in_other_care,
    needs_fact=CARE,
)
