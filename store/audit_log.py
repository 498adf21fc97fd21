"""Who decided what: every decision of a person about a campaign is written down, once, for good."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from store.tables import Act


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who decides, and whether they had signed in (the command line's `--as` has not)."""

    name: str
    signed_in: bool = False

    def is_same(self, other: str) -> bool:
        """Say whether `other` is the same person, however they wrote their name."""
        return self.name.strip().casefold() == other.strip().casefold()


def record(
    connection: Connection, by: Decider, what: str, subject: str, *, now: datetime, **detail: Any
) -> None:
    """Write down one decision."""
    connection.execute(
        insert(Act).values(
            at=now, who=by.name, signed_in=by.signed_in, what=what, subject=subject, detail=detail
        )
    )
