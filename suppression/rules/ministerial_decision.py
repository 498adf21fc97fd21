"""Somebody whose record was suspended by ministerial decision, so that the address must not be used."""

from suppression.reasons import Reason
from suppression.registration import SUSPENSION, suspended
from suppression.rules.rule import BY_POST, Rule

RULE = Rule(
    reason=Reason.MINISTERIAL_DECISION,
    holds=lambda occasion: suspended(occasion, "M"),
    reaches=BY_POST,
    needs_fact=SUSPENSION,
    of_service=True,
)
