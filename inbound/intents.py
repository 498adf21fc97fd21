"""The intent of a text (stop, start, help or talk), and when to call.

STOP overrides everything else. "STOP bel me maar" is both, so everything is held and the requested call is queued.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from desk.entries.promised_windows import Window
from inbound.objection_judging import Judgement, judge
from inbound.stop_recognition import is_stop, matches, phrases
from inbound.text_languages import language_of
from inbound.wishes.callback_times import named_window, names_a_time
from inbound.wishes.wishes_to_be_called import clauses_of_wish, without_shyness
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
_STOP_AND_CALL = re.compile(r"\W*stop\b.*\b(?:bel|call|phone|ring)", re.DOTALL)
_NUMBER = re.compile(r"(?<!\w)(?:\+|00)?\d[\d ()-]{7,16}\d(?!\w)")
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
    calls = asks_call(text)
    judged = judge(without_shyness(text) if calls else text).judgement
    intent = _intent(text, _PROVIDER.get(provider_keyword.upper(), ""), judged)
    if intent is Intent.STOP and not calls:
        return Meaning(intent=intent, language=language_of(text))
    window = (
        named_window(text, at=at, hours=hours) if intent in {Intent.STOP, Intent.TALK} else None
    )
    # who asks for a time at which nobody can be called is not promised "as soon as we can": an agent reads it
    promised = calls and (window is not None or not names_a_time(text, at=at))
    return Meaning(
        intent=intent,
        calls=calls if intent is Intent.STOP else promised,
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
    return any(_STOP_AND_CALL.match(part) or not _objects(part) for part in clauses_of_wish(text))


def _objects(clause: str) -> bool:
    """Return whether a clause of its own is or may be an objection."""
    return judge(clause).judgement is not Judgement.NONE


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
