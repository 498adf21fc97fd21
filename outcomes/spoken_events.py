"""Events of a person's history as sentences, in order of time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from outcomes.person_history import CallTaken, CampaignDecision, Explanation, ReplyReceived
from outcomes.person_history import TouchHistory as Touch
from outcomes.why_words import known, say
from store.clock import LOCAL
from store.written_dates import Language, weekday_and_day, weekday_and_moment
from suppression.reasons import Reason

_SENT = ("card", "letter", "sms", "call")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenEvent:
    """One thing that happened or will happen.

    Attributes:
        at: When; a day counts from its beginning.
        when: When, in words.
        sentence: What.
        quote: What somebody wrote, for those who may read it.
    """

    at: datetime
    when: str
    sentence: str
    quote: str = ""


def sorts(channel: str) -> str:
    """Return the kind of message under which words know a channel."""
    return channel if channel in _SENT else "other"


def in_order(events: Iterable[SpokenEvent]) -> tuple[SpokenEvent, ...]:
    """Return events in order of time."""
    return tuple(sorted(events, key=lambda event: event.at))


def campaign_events(
    found: Explanation, decided: CampaignDecision, language: Language
) -> Iterator[SpokenEvent]:
    """Yield what became of one campaign for a person."""
    if decided.decision != "selected" and not decided.touches:
        return
    if decided.decision == "selected":
        yield _event(decided.decided_at, say(language, "event.decided"), language)
    for touch in decided.touches:
        yield from _touch(touch, language)
    for reply in found.replies:
        if reply.campaign == decided.campaign and not _is_a_call(reply, found):
            yield _reply(reply, language)
    for call in found.calls:
        if call.campaign == decided.campaign:
            yield _call(call, language)


def other_events(found: Explanation, language: Language) -> tuple[SpokenEvent, ...]:
    """Return what happened outside any campaign."""
    names = {each.campaign for each in found.campaigns if each.touches}
    events = [
        _reply(each, language)
        for each in found.replies
        if each.campaign not in names and not _is_a_call(each, found)
    ]
    events += [_call(each, language) for each in found.calls if each.campaign not in names]
    events += [
        _event(each.at, say(language, "call.appointment", kind=each.kind), language)
        for each in found.appointments
    ]
    events += [
        _event(each.on, say(language, f"outcome.{each.kind}"), language) for each in found.outcomes
    ]
    events += [
        _event(each.at, say(language, "call.answered"), language, quote=each.body)
        for each in found.answers
    ]
    return in_order(events)


def coming_events(decided: CampaignDecision, language: Language) -> tuple[SpokenEvent, ...]:
    """Return what a campaign will still send."""
    return in_order(
        _event(touch.due_on, say(language, f"coming.{sorts(touch.channel)}"), language)
        for touch in decided.touches
        if touch.state == "planned"
    )


def _touch(touch: Touch, language: Language) -> Iterator[SpokenEvent]:
    it = say(language, f"it.{sorts(touch.channel)}")
    for event in touch.events:
        own = f"event.{event.state}_{touch.channel}"
        key = own if known(own) else f"event.{event.state}"
        sentence = say(language, key, it=it, It=it[:1].upper() + it[1:])
        yield _event(event.at, f"{sentence}{_why(event.reason, language)}", language)
    for report in touch.receipts:
        status = (report.status or "-").replace("_", " ")
        sentence = say(language, "event.reported", status=status)
        yield _event(report.at, f"{sentence}{_why(report.code, language)}", language)


def _why(reason: str | None, language: Language) -> str:
    """Return the reason of an event as a sentence behind it."""
    if not reason:
        return ""
    if reason in Reason.__members__:
        return f" {Reason(reason).to_person(language)}"
    return f" {say(language, 'event.code', code=reason)}"


def _is_a_call(reply: ReplyReceived, found: Explanation) -> bool:
    """Return whether a reply is one of the calls, which says the same and more."""
    plain = not (reply.objects or reply.text)
    calls = {(call.received_at, call.campaign) for call in found.calls if call.kind == "call"}
    return reply.kind == "called" and plain and (reply.at, reply.campaign) in calls


def _reply(reply: ReplyReceived, language: Language) -> SpokenEvent:
    sentence = say(language, f"reply.{reply.kind}")
    if reply.objects:
        sentence += f" {say(language, 'reply.objects')}"
    return _event(reply.at, sentence, language, quote=reply.text)


def _call(call: CallTaken, language: Language) -> SpokenEvent:
    sentence = say(language, f"call.{call.kind}")
    if call.taken_by:
        sentence += f" {say(language, 'call.taken', name=call.taken_by)}"
    return _event(call.received_at, sentence, language, quote=call.note)


def _event(
    at: date | datetime, sentence: str, language: Language, *, quote: str = ""
) -> SpokenEvent:
    quote = " ".join(quote.split())
    if isinstance(at, datetime):
        when = weekday_and_moment(at, language)
        return SpokenEvent(at=at, when=when, sentence=sentence, quote=quote)
    begins = datetime.combine(at, time(), LOCAL)
    return SpokenEvent(
        at=begins, when=weekday_and_day(at, language), sentence=sentence, quote=quote
    )
