"""Suspended records in the population register (BRP)."""

from sqlalchemy import ColumnElement, false, func

from store.facts import fact
from suppression.occasions import Occasion

SUSPENSION = "brp_suspension"
"""Fact with the BRP code of a suspended record.

O died, E emigrated, M ministerial decision, R non-resident, F error, U or . unknown residence.
"""


def suspended(occasion: Occasion, *codes: str) -> ColumnElement[bool]:
    """Match people whose record was suspended for one of these codes.

    Nobody matches if no import declared that fact.
    """
    if SUSPENSION not in occasion.declared:
        return false()
    return func.coalesce(func.upper(fact(SUSPENSION, "text")).in_(codes), false())
