"""Somebody whose record was suspended by ministerial decision, so that the address must not be used."""

from suppression.reasons import Reason
from suppression.registration import SUSPENSION, suspended
from suppression.rules.rule import BY_POST, Rule

RULE = Rule(
    reason=Reason.MINISTERIAL_DECISION,
    nl="De gegevens van deze persoon worden door een besluit van de minister niet meer bijgehouden.",
    en="By a decision of the minister this person's record is no longer kept up.",
    holds=lambda occasion: suspended(occasion, "M"),
    reaches=BY_POST,
    needs_fact=SUSPENSION,
    of_service=True,
)
