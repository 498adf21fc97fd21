"""What a report is worth, given what was heard before: states have an order, and a text never goes back in it.

Nothing here reads a clock or a database. Reports come late, twice and in any order; where a text stands in the end is
the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from channels.sms.reports import REACHED, Status, read_status
from store.states import EventOutcome

Text = tuple[str, str]
"""One text at one provider: whose, and its reference there, or else the key of our try."""


@dataclass(frozen=True, slots=True)
class ReportedStatus:
    """One report: which event it is, of which text at a provider, and the state it tells."""

    event_id: int
    text: Text
    status: str | None


def rank_reports(
    reports: Iterable[ReportedStatus], known: Mapping[Text, Status]
) -> tuple[dict[int, EventOutcome], dict[Text, Status]]:
    """Return what becomes of each report, in the order in which they came, and how far each text is after them.

    Args:
        reports: reports of texts that we know.
        known: how far each text was before, where something was heard of it.
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
