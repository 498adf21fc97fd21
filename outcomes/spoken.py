"""An explanation as sentences that can be read to the person, in Dutch or in English."""

from dataclasses import dataclass

from campaigns.audience_language.condition_sentences import SaidCondition
from campaigns.audience_language.condition_sentences import say as condition_words
from outcomes.person_history import CampaignDecision, Explanation
from outcomes.reason_grounds import Grounds
from outcomes.spoken_events import (
    SpokenEvent,
    campaign_events,
    coming_events,
    in_order,
    sorts,
)
from outcomes.why_words import say
from store.states import WENT_OUT
from store.written_dates import Language, written_day
from suppression.reasons import Reason

_OUT = frozenset(state.value for state in WENT_OUT)
_TO_COME = ("planned", "claimed")
_LED = ("not_sent", "hold_out", "left_out", "ledger_removed")
"""Decisions whose first sentence is not that of their reasons."""
_ENDED = ("stopped", "finished", "sent_back", "replaced")


@dataclass(frozen=True, slots=True)
class Because:
    """One condition of a campaign as it holds for the person, with its source."""

    clause: str
    source: str
    text: str  # as it stands in the campaign file


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenReason:
    """One reason why somebody got nothing: the sentence, what it rests on, and what would change it."""

    code: str
    sentence: str
    grounds: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCampaign:
    """A campaign's decision about a person, its reasons and its events in sentences."""

    name: str
    title: str
    lead: str
    notes: tuple[str, ...]
    reasons: tuple[SpokenReason, ...]
    because_heading: str
    because: tuple[Because, ...]
    coming: tuple[SpokenEvent, ...]
    coming_note: str
    past: tuple[SpokenEvent, ...]
    codes: tuple[str, ...]


def spoken_campaigns(found: Explanation, language: Language) -> tuple[SpokenCampaign, ...]:
    """Return what every campaign decided about a person."""
    return tuple(_campaign(found, each, language) for each in found.campaigns)


def _campaign(found: Explanation, decided: CampaignDecision, language: Language) -> SpokenCampaign:
    stage = _stage(decided)
    kind = sorts(decided.touches[0].channel) if decided.touches else "other"
    thing = say(language, f"thing.{kind}")
    outside = stage == "not_in_audience"
    because = _conditions(found, decided, language)
    heading = f"heading.{stage}" if stage != "ledger_removed" else "heading.maybe_not"
    failing = tuple(each for each, held in because if held is False) if outside else ()
    if outside and not failing:
        heading = "heading.maybe_not"
    coming = coming_events(decided, language) if decided.campaign_state not in _ENDED else ()
    return SpokenCampaign(
        name=decided.campaign,
        title=decided.title,
        lead=say(language, f"lead.{stage}", thing=thing)
        if stage in _LED or not (because or outside)
        else "",
        notes=(*_changed(found, decided, language), *_notes(decided, language)),
        reasons=_reasons(found, decided, language),
        because_heading=say(language, heading, thing=thing),
        because=failing or tuple(each for each, _ in because),
        coming=coming,
        coming_note=_waits_for(decided, language) if coming else "",
        past=in_order(campaign_events(found, decided, language)),
        codes=tuple(
            say(language, "placed.code", code=f"{code[:3]} {code[3:6]} {code[6:]}")
            for touch in decided.touches
            if (code := touch.code)
        ),
    )


def _stage(decided: CampaignDecision) -> str:
    """Return how far it came: got, will, not_sent, or the decision itself."""
    if decided.decision != "selected":
        return decided.decision
    states = {touch.state for touch in decided.touches}
    if states & _OUT:
        return "got"
    under_way = decided.campaign_state not in _ENDED and states & set(_TO_COME)
    return "will" if under_way or not states else "not_sent"


def _reasons(
    found: Explanation, decided: CampaignDecision, language: Language
) -> tuple[SpokenReason, ...]:
    """Return why somebody got nothing: the campaign's own reasons, or those of its touches."""
    codes = [reason.code for reason in decided.reasons]
    if decided.decision == "selected":
        codes = [reason.code for touch in decided.touches for reason in touch.reasons]
    grounds = Grounds(found, language)
    return tuple(
        SpokenReason(
            code=code,
            sentence=Reason(code).to_person(language),
            grounds=grounds.of(code, decided),
            change=Reason(code).what_changes_it(language),
        )
        for code in dict.fromkeys(codes)
        if code in Reason.__members__
    )


def _conditions(
    found: Explanation, decided: CampaignDecision, language: Language
) -> list[tuple[Because, bool | None]]:
    """Return each condition with its source, and whether it holds of the person if that can be said."""
    return [
        (
            Because(
                _clause(found, decided, each, language),
                _source(found, decided, each, language),
                each.text,
            ),
            _holds(found, decided, each),
        )
        for each in decided.conditions
    ]


def _as_it_was(found: Explanation, decided: CampaignDecision) -> bool:
    """Return whether the records are those by which the campaign decided."""
    return found.person.updated_at <= decided.decided_at


def _holds(found: Explanation, decided: CampaignDecision, condition: SaidCondition) -> bool | None:
    compares = condition.compares
    if compares is None or not _as_it_was(found, decided):
        return None
    # unknown is not yes: nobody is in an audience because of what is not known
    return compares.holds(found.person.facts.get(compares.name)) is True


def _clause(
    found: Explanation, decided: CampaignDecision, condition: SaidCondition, language: Language
) -> str:
    if condition.area and found.person.secret_address:
        return condition_words("join", "own_area", language)
    if condition.compares is None or not _as_it_was(found, decided):
        return condition.clauses[language]
    if decided.decision == "not_in_audience":
        return condition.clauses[language]
    return condition.for_person(language, found.person.facts.get(condition.compares.name))


def _source(
    found: Explanation, decided: CampaignDecision, condition: SaidCondition, language: Language
) -> str:
    person = found.person
    if condition.source != "people":
        name = say(language, f"source.{condition.source}")
        day = written_day(decided.decided_at, language)
        return say(language, "source.of", source=name, day=day)
    key = "source.of" if _as_it_was(found, decided) else "source.changed"
    day = written_day(person.updated_at, language)
    return say(language, key, source=person.register, day=day)


def _changed(found: Explanation, decided: CampaignDecision, language: Language) -> tuple[str, ...]:
    """Return the note that the records are no longer those by which the campaign decided."""
    if not decided.conditions or _as_it_was(found, decided):
        return ()
    return (say(language, "placed.changed", day=written_day(found.person.updated_at, language)),)


def _notes(decided: CampaignDecision, language: Language) -> tuple[str, ...]:
    notes = []
    if decided.arm and decided.decision == "selected":
        key = "placed.wave" if decided.wave and decided.wave_date else "placed.arm"
        day = written_day(decided.wave_date, language) if decided.wave_date else ""
        notes.append(say(language, key, arm=decided.arm, wave=decided.wave, day=day))
    notes += [each.nl if language == "nl" else each.en for each in decided.departures]
    if decided.household:
        notes.append(say(language, "placed.household", count=decided.household))
    if decided.remark:
        notes.append(say(language, "placed.late"))
    if decided.removed:
        day = written_day(decided.removed.on, language)
        notes.append(say(language, "placed.removed", day=day, retention=decided.removed.retention))
    return tuple(notes)


def _waits_for(decided: CampaignDecision, language: Language) -> str:
    state = decided.campaign_state
    return say(language, f"coming.{state}") if state in ("submitted", "approved", "paused") else ""
