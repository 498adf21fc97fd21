"""Somebody in the care of the Stella team, for complex and urgent cases."""

from suppression.care_words import CARE, in_care
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.IN_CARE_STELLA,
    holds=lambda occasion: in_care(occasion, Reason.IN_CARE_STELLA),
    needs_fact=CARE,
)
