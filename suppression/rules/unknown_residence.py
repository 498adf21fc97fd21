"""Somebody whose residence is unknown to the population register."""

from suppression.reasons import Reason
from suppression.registration import SUSPENSION, suspended
from suppression.rules.rule import BY_POST, Rule

RULE = Rule(
    reason=Reason.UNKNOWN_RESIDENCE,
    holds=lambda occasion: suspended(occasion, "U", "."),
    reaches=BY_POST,
    needs_fact=SUSPENSION,
    of_service=True,
)
