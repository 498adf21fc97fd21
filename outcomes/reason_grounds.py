"""Since when a reason holds, by whose word, and until when, in words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from outcomes.person_history import CampaignDecision, Explanation, ListedEntry
from outcomes.why_words import say
from store.clock import local_date
from store.written_dates import Language, written_day

_DRAWN = {"HOUSEHOLD", "HOLD_OUT", "LIMIT"}
_OF_THEIR_OWN = {"OBJECTION", "OBJECTION_IN_DOUBT", "DECEASED"}
_LISTED = {*_OF_THEIR_OWN, "SUPPRESSED", "NO_USABLE_NUMBER"}
_UNTIL = {"EXTENSION_GRANTED": "extension_until"}
_SINCE = {
    "ASSESSED": ("assessed_on",),
    "NO_DUNNING_YET": ("dunned_on",),
    "LETTER_NEAR": ("dunned_on", "reminded_on", "official_letter_on"),
    "ALREADY_DONE": ("filed_on",),
}
_OF_OUR_OWN = {"FREQUENCY_CAP", "HOUSEHOLD_CAP", "COOLING_DOWN", "OTHER_CAMPAIGN"} | {
    "CAMPAIGN_STOPPED",
    "ALREADY_HELPED",
    "NOT_IN_AUDIENCE",
}


@dataclass(frozen=True, slots=True)
class Grounds:
    """The grounds of a person's reasons."""

    found: Explanation
    language: Language

    def of(self, code: str, decided: CampaignDecision) -> str:
        """Return since when a reason holds, by whose word and until when, or nothing."""
        if code in _DRAWN:
            return say(self.language, "ground.draw", day=self._day(decided.decided_at))
        entries = [each for each in self.found.suppressions if _about(code, each)]
        if entries:
            return " ".join(self._entry(each) for each in entries)
        if code in _OF_OUR_OWN:
            return self._own(code, decided)
        return self._register(code)

    def _entry(self, listed: ListedEntry) -> str:
        entry = listed.entry
        ends = entry.lifted_at or entry.ends_at
        return self._sentence(entry.starts_at, entry.source, ends, entered=entry.added_by)

    def _own(self, code: str, decided: CampaignDecision) -> str:
        if code != "FREQUENCY_CAP":
            return ""
        went = [
            event.at
            for campaign in self.found.campaigns
            for touch in campaign.touches
            for event in touch.events
            if event.state == "handed_over" and event.at <= decided.decided_at
        ]
        ours = say(self.language, "source.ours")
        return self._sentence(max(went), ours, None, open_ended=False) if went else ""

    def _register(self, code: str) -> str:
        """Return what the records say of a reason that they gave."""
        person = self.found.person
        until = self._fact_day(_UNTIL.get(code, ""))
        since = next((day for name in _SINCE.get(code, ()) if (day := self._fact_day(name))), None)
        if until or since:
            return self._sentence(
                since or local_date(person.updated_at), person.register, until, open_ended=False
            )
        return say(
            self.language,
            "ground.only_by",
            source=person.register,
            day=self._day(person.updated_at),
        )

    def _fact_day(self, name: str) -> date | None:
        """Return a day that a fact or an obligation says."""
        days: list[Any] = [each.days.get(name) for each in self.found.obligations]
        days.append(self.found.person.facts.get(name))
        known = [
            day if isinstance(day, date) else date.fromisoformat(str(day)) for day in days if day
        ]
        return max(known, default=None)

    def _sentence(
        self,
        since: date,
        source: str,
        until: date | None,
        *,
        entered: str = "",
        open_ended: bool = True,
    ) -> str:
        text = say(self.language, "ground.since", day=self._day(since))
        text += say(self.language, "ground.by", source=source)
        if entered:
            text += say(self.language, "ground.entered", name=entered)
        if until is not None:
            return text + say(self.language, "ground.until", day=self._day(until))
        return text + (say(self.language, "ground.open") if open_ended else ".")

    def _day(self, value: date | datetime) -> str:
        return written_day(value, self.language)


def _about(code: str, listed: ListedEntry) -> bool:
    """Return whether an entry is what a reason rests on."""
    if code not in _LISTED:
        return False
    reason = listed.entry.reason
    return reason == code or (code == "SUPPRESSED" and reason not in _OF_THEIR_OWN)
