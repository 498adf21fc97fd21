"""Somebody whose name lost letters in the export."""

from store.tables import Person
from suppression.reasons import Reason
from suppression.rules.rule import Rule

RULE = Rule(
    reason=Reason.NAME_DAMAGED,
    holds=lambda _: Person.name_damaged.is_(True),
    of_service=True,
)
