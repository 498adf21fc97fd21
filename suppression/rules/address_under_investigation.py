"""Somebody whose address is under investigation, so that somebody else may live there now."""

from store.tables import Person
from suppression.reasons import Reason
from suppression.rules.rule import BY_POST, Rule

RULE = Rule(
    reason=Reason.ADDRESS_UNDER_INVESTIGATION,
    holds=lambda _: Person.address_under_investigation.is_(True),
    reaches=BY_POST,
    of_service=True,
)
