"""What was agreed on with the print shop, as far as reconciling needs it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.differing import Tolerance
from campaigns.house import House


@dataclass(frozen=True, slots=True)
class Terms:
    """How much may differ, and until how long before posting a piece can be pulled (None: nobody said)."""

    tolerance: Tolerance = field(default_factory=Tolerance)
    pull_until: timedelta | None = None

    def posting_of(self, run: Any) -> datetime | None:
        """Return when a run will be posted, as far as that is known."""
        del run
        return None


def terms(house: House) -> Terms:
    """Return the terms of the house's print shop."""
    del house
    return Terms()
