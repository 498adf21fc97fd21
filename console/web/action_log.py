"""Audit log entries for what colleagues do on the pages of the console."""

from datetime import datetime
from typing import Any

from console.web.sessions import Visit
from store import audit_log
from store.audit_log import About, Decider
from store.states import Road

DOWNLOADED = "downloaded"
FOUND_CARD = "found_card"
SAW_FINDINGS = "saw_findings"
SEARCHED = "searched_person"
MATCHED = "matched_call"
SAW_CASE = "saw_case"
GAVE_CASE = "gave_case"
CHECKED_IDENTITY = "checked_identity"
IDENTITY_DIFFERED = "identity_differed"
OPENED_TO_PREPARE = "opened_to_prepare"
DEATH_REPORTED = "death_reported"
SOMEBODY_ELSE = "caller_is_somebody_else"


def decider(visit: Visit) -> Decider:
    """Return this colleague as somebody who decides and had signed in."""
    return Decider(visit.name, road=Road.PAGE)


def record(
    visit: Visit, what: str, about: About, *, reason: str | None = None, **detail: Any
) -> None:
    """Record what this colleague did in the audit log."""
    now = visit.installation.now()
    with visit.installation.store.writing() as connection:
        audit_log.record(connection, decider(visit), what, about, now=now, reason=reason, **detail)


def count(visit: Visit, what: str, about: About, *, since: datetime) -> int:
    """Return how often this colleague did this to this thing or person since that moment."""
    with visit.installation.store.reading() as connection:
        return audit_log.count(connection, visit.name, what, about, since=since)
