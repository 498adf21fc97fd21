"""Everything about one person in sentences, for a page."""

from dataclasses import dataclass

from outcomes.person_history import Explanation
from outcomes.spoken import SpokenCampaign, spoken_campaigns
from outcomes.spoken_events import SpokenEvent, other_events
from outcomes.spoken_records import spoken_list, spoken_obligation, spoken_remarks
from store.written_dates import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenPerson:
    """An explanation in one language."""

    remarks: tuple[str, ...]
    campaigns: tuple[SpokenCampaign, ...]
    lists: tuple[tuple[str, ...], ...]
    obligations: tuple[str, ...]
    since: tuple[SpokenEvent, ...]


def spoken_person(found: Explanation, language: Language) -> SpokenPerson:
    """Return an explanation in sentences."""
    return SpokenPerson(
        remarks=spoken_remarks(found.person, language),
        campaigns=spoken_campaigns(found, language),
        lists=tuple(spoken_list(each, language) for each in found.suppressions),
        obligations=tuple(spoken_obligation(each, language) for each in found.obligations),
        since=other_events(found, language),
    )
