"""Somebody without a complete and valid address. A secret address counts as one."""

from store.tables import Person
from suppression.reasons import Reason
from suppression.rules.rule import BY_POST, Rule

RULE = Rule(
    reason=Reason.NO_POSTAL_ADDRESS,
    holds=lambda _: Person.household_key.is_(None),
    reaches=BY_POST,
    of_service=True,
)
