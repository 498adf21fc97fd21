"""Rank delivery reports. Statuses have an order, and a text never goes back in it.

Reports arrive late, twice and in any order, and the final status is the same. This module uses no clock and no
database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from channels.sms.reports import REACHED, Status, read_status
from store.states import EventOutcome

Text = tuple[str, str]
"""A text at a provider (the provider, and its reference there or else the key of our try)."""


@dataclass(frozen=True, slots=True)
class ReportedStatus:
    """One report, with its event, its text and the status it gives."""

    event_id: int
    text: Text
    status: str | None


def rank_reports(
    reports: Iterable[ReportedStatus], known: Mapping[Text, Status]
) -> tuple[dict[int, EventOutcome], dict[Text, Status]]:
    """Return the outcome of each report, in order of arrival, and the status of each text after them.

    Args:
        reports: reports on known texts, in order of arrival.
        known: the latest status of each text, where there is one.
    """
    outcomes: dict[int, EventOutcome] = {}
    current = dict(known)
    for each in reports:
        status = read_status(each.status)
        if status is None:
            outcomes[each.event_id] = EventOutcome.UNKNOWN_STATE
            continue
        outcomes[each.event_id] = _outcome(status, current.get(each.text))
        if outcomes[each.event_id] is EventOutcome.APPLIED:
            current[each.text] = status
    return outcomes, current


def _outcome(status: Status, before: Status | None) -> EventOutcome:
    if before is not None and before.is_end:
        read = status is Status.READ and before in REACHED - {Status.READ}
        return EventOutcome.LEFT if read else EventOutcome.STALE
    return (
        EventOutcome.APPLIED if before is None or status.rank > before.rank else EventOutcome.STALE
    )
