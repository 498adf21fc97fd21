"""Somebody whose record the population register calls an error."""

from suppression.reasons import Reason
from suppression.registration import SUSPENSION, suspended
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.RECORD_ERROR,
    holds=lambda occasion: suspended(occasion, "F"),
    needs_fact=SUSPENSION,
    of_service=True,
)
