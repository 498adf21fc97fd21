"""Somebody whose debts are being restructured, by law or by agreement."""

from suppression.care_words import CARE, in_care
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.IN_CARE_DEBT_RESTRUCTURING,
    holds=lambda occasion: in_care(occasion, Reason.IN_CARE_DEBT_RESTRUCTURING),
    needs_fact=CARE,
)
