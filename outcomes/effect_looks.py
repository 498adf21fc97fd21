"""Looks at an effect, recorded so that nobody can look often and tell of one."""

from datetime import datetime

from installation.installation import Installation
from outcomes.effects import Effect
from store.audit_log import About, Decider, Kind, record


def record_look(installation: Installation, found: Effect, *, by: Decider, now: datetime) -> None:
    """Write down who looked at a campaign's effect of which day, and whether that look was planned."""
    with installation.store.writing() as connection:
        record(
            connection,
            by,
            "looked_at_effect",
            About(Kind.CAMPAIGN, found.campaign),
            now=now,
            as_of=found.as_of,
            outcome=found.outcome,
            planned=found.look is not None,
        )
