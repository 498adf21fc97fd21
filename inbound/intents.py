"""The intent of a text (stop, start, help or talk), and when to call.

STOP overrides everything else. "STOP bel me maar" is both, so everything is held and the requested call is queued.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from desk.entries.promised_windows import Window
from inbound.callback_times import named_window
from inbound.objection_judging import Judgement, judge
from inbound.stop_recognition import is_stop, matches, phrases
from people.numbers import NotAPhoneNumber, PhoneNumber
from suppression.contact_hours import Hours

STARTS = """
    (start|unstop|herstart|hervat|opstarten)
    (weer|terug|opnieuw) (aan|starten|begin|beginen|)
    (aan|aanzeten|aanmelden)
    (zet|) (sms|smsjes|berichten|berichtjes) (weer|) aan
    (ik|) (wil|mag) (ik|) (weer|toch) (sms|smsjes|berichten|berichtjes) (weer|) (ontvangen|krijgen|)
    start (weer|again|sms|texts|messages)
    (text|mesage) me again
"""
HELPS = "(help|hulp|info|informatie|information) (help|hulp|info|)"
_CALL = re.compile(
    r"\bbel(?:t u|len jullie)? (?:me|mij|ons|maar|terug|even|op)\b"
    r"|\b(?:me|mij|ons) (?:(?:even|graag|terug) ?)*(?:op|terug)?bellen\b"
    r"|\b(?:kan|kunt|kunnen|wilt?|zou|zoudt?|zouden) (?:u|je|jij|jullie|iemand)\b"
    r".*\b(?:bellen|contact (?:met \w+ )?(?:willen )?op(?:te)?nemen)\b"
    r"|\bneemt? (?:u )?(?:even |aub |graag )*contact (?:met (?:mij|me|ons) )?op\b|\bcontact opnemen (?:graag|aub)\b"
    r"|\btelefonisch contact\b|\btelefoontje\b|\bterugbelverzoek\b"
    r"|\bplease (?:call|phone|ring)\b|\bcontact me\b"
    r"|\bterug ?(?:te )?bellen\b|\bgebeld worden\b|\b(?:call|phone|ring) (?:me|us)\b|\bcall (?:back|please)\b"
)
_NOT = re.compile(r"\b(?:niet|geen|nooit|not|don.?t|never|no more|stop calling|stop met)\b")
_WHY = re.compile(r"\W*(?:(?:en|maar|and|but) )?(?:waarom|hoezo|why)\b")
_CANNOT_CALL = re.compile(
    r"\b(?:kan|kon|durf|lukt|wil|hoef)\b(?: (?!mij|me|ons)[^\W\d_]+){0,2}? niet\b(?: (?!mij|me|ons)[^\W\d_]+){0,2}?"
    r" (?:te )?(?:op)?bellen\b"
    r"|\b(?:can.?t|cannot|can not|dare not|afraid to|do not dare to|don.?t dare to) (?:call|phone|ring)\b"
)
_CLAUSE = re.compile(r"[.,;:!?\n]+")
_STOP_AND_CALL = re.compile(r"\W*stop\b.*\b(?:bel|call|phone|ring)", re.DOTALL)
_NUMBER = re.compile(r"(?<!\w)(?:\+|00)?\d[\d ()-]{7,16}\d(?!\w)")
_DUTCH_WORDS = """
    ik u uw je jij mij me wij bel belt bellen kan kunt kunnen graag morgen uur na tussen en niet geen wat wie hoe waarom
    is het de een met voor om ja nee dank bedankt maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
"""
_ENGLISH_WORDS = """
    i you your my call please can could the a to at after between and not what who how why is it thanks thank yes hello
    tomorrow today monday tuesday wednesday thursday friday saturday sunday don't with for texting
"""
_DUTCH, _ENGLISH = frozenset(_DUTCH_WORDS.split()), frozenset(_ENGLISH_WORDS.split())
_PROVIDER = {"STOP": "stop", "START": "start", "HELP": "help"}


class Intent(StrEnum):
    """The request a text makes."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    TALK = "talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The parsed content of a text."""

    intent: Intent
    calls: bool = False  # asks to be called, in so many words
    in_doubt: bool = False  # may be an objection, and a person has to read it
    window: Window | None = None  # when
    number: str | None = None  # E.164: on which number, where the text names one
    language: str | None = None  # ISO 639-1 of the words; None: nobody can tell
    confirmed: bool = False  # the provider has answered it already


NO_WORDS = Meaning(intent=Intent.TALK)


def meaning_of(text: str, *, at: datetime, hours: Hours, provider_keyword: str = "") -> Meaning:
    """Parse what a text asks for.

    Args:
        text: as it came.
        at: when it came in: "morgen" is the day after that.
        hours: when people are called.
        provider_keyword: STOP, START or HELP, where the provider recognised it, else empty.
    """
    calls, judged = asks_call(text), judge(text).judgement
    intent = _intent(text, _PROVIDER.get(provider_keyword.upper(), ""), judged)
    if intent is Intent.STOP and not calls:
        return Meaning(intent=intent, language=language_of(text))
    window = (
        named_window(text, at=at, hours=hours) if intent in {Intent.STOP, Intent.TALK} else None
    )
    return Meaning(
        intent=intent,
        calls=calls,
        in_doubt=judged is Judgement.PERHAPS and intent is Intent.TALK and not calls,
        window=window,
        number=_number(text),
        language=language_of(text),
    )


def stopped_by_phrase(text: str) -> bool:
    """Return whether a text is a STOP by its phrases alone, as it was judged at first (decision 0032).

    The keys of imported replies rest on it, so that a file that is imported again changes nothing.
    """
    return is_stop(text) or bool(_STOP_AND_CALL.match(text.casefold()))


def _intent(text: str, keyword: str, judged: Judgement) -> Intent:
    surely = judged is Judgement.OBJECTION or bool(_STOP_AND_CALL.match(text.casefold()))
    if keyword == Intent.STOP or surely:
        return Intent.STOP
    if keyword:
        return Intent(keyword)
    if matches(text, _starts()):
        return Intent.START
    return Intent.HELP if matches(text, _helps()) else Intent.TALK


@cache
def _starts() -> re.Pattern[str]:
    return phrases(STARTS)


@cache
def _helps() -> re.Pattern[str]:
    return phrases(HELPS)


def asks_call(text: str) -> bool:
    """Return whether a text explicitly asks for a call, and does not say the opposite."""
    words = _CANNOT_CALL.sub(" ", " ".join(text.casefold().split()))
    asked = (part for part in _CLAUSE.split(words) if _CALL.search(part) and not _denies(part))
    return any(_STOP_AND_CALL.match(part) or not _objects(part) for part in asked)


def _denies(clause: str) -> bool:
    """Return whether a clause says not to call, or asks why we did."""
    return bool(_NOT.search(clause) or _WHY.match(clause))


def _objects(clause: str) -> bool:
    """Return whether a clause of its own is or may be an objection."""
    return judge(clause).judgement is not Judgement.NONE


def language_of(text: str) -> str | None:
    """Return the language of a text, Dutch or English, or None where neither clearly prevails."""
    words = re.findall(r"[a-z']+", text.casefold())
    dutch, english = sum(word in _DUTCH for word in words), sum(word in _ENGLISH for word in words)
    return None if dutch == english else "nl" if dutch > english else "en"


def _number(text: str) -> str | None:
    """Return the number a text asks to be called on, if it names exactly one."""
    found = set()
    for match in _NUMBER.finditer(text):
        try:
            number = PhoneNumber.parse(match[0])
        except NotAPhoneNumber:
            continue
        if number.may_call:
            found.add(number.e164)
    return next(iter(found)) if len(found) == 1 else None
