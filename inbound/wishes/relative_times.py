"""Parse how long from now somebody wants to be called ("over een uurtje", "in half an hour")."""

import re
from dataclasses import dataclass
from datetime import timedelta

from inbound.wishes.time_words import NUMBERS

SLACK = timedelta(minutes=30)
"""How long after the named moment the call may still begin."""
LONGEST = timedelta(hours=12)
_ABOUT = (
    r"(?:ongeveer|zo'n|een kleine|ruim|krap|goed|bijna|circa|etwa|ungefahr|about|around|roughly)? ?"
)
_A = "(?:een|'n|n|1n|1)(?: klein| goed| krap| dik| groot| ruim)?"
_COUNT = (
    rf"(\d{{1,3}}(?:[.,]5)?|{'|'.join(word for word in NUMBERS if word not in {'een', 'one'})})"
)
_WHOLE = (
    (
        (
            rf"(?:anderhalf|anderhalve) (?:uur|uurtje|u)\b|{_A} uur(?:tje)? of anderhalf"
            "|(?:an hour|one hour) and a half|anderthalb stunden"
        ),
        90,
    ),
    (rf"{_A} (?:uur|uurtje) of (?:twee|2)|(?:an|one) hour or two|a couple of hours", 120),
    (rf"{_A} (?:uur|uurtje) of (?:drie|3)", 180),
    (rf"(?:{_A} )?half ?uur(?:tje)?|(?:half an|a half) hour|einer halben stunde", 30),
    (r"(?:vijf|5) ?kwartier", 75),
    (r"(?:drie|3) ?kwartier|three quarters of an hour", 45),
    (rf"(?:{_A} )?kwartier(?:tje)?|a quarter of an hour|einer viertelstunde", 15),
    (rf"{_A} (?:uur|uurtje)|1 ?u\b|(?:an|one|1) hour|einer stunde", 60),
)
_UNITS = (
    (rf"{_COUNT} ?(?:uur|uren|uurtjes|u|hours?|hrs?|stunden)", 60),
    (rf"{_COUNT} ?(?:minuten|minuutjes|min|minutes|mins)", 1),
    (rf"een (?:minuut|minuutje) of {_COUNT}", 1),
)
_SEVERAL = (
    r"(?:een )?paar (?:uur|uren|uurtjes)|enkele uren|a few hours|some hours|several hours",
    timedelta(hours=2),
    timedelta(hours=4),
)
"""More than an hour or two and less than half a day. The answer says which hours we take them for."""
_WITHIN = ("binnen", "within")
_LATER = rf"\b(over|binnen|in|within) {_ABOUT}"
_END = r"\b(?! (?:geleden|ago|lang|long|per))"


@dataclass(frozen=True, slots=True)
class Wait:
    """A time from now, with what is left of the text."""

    begins: timedelta
    ends: timedelta
    rest: str


def wait_named(text: str) -> Wait | None:
    """Return the time from now that a text names, or None.

    "Within an hour" begins now. Text is lower case, without accents, words parted by one space.
    """
    several, begins, ends = _SEVERAL
    if found := re.search(f"{_LATER}(?:{several}){_END}", text):
        now = found[1] in _WITHIN
        return Wait(timedelta(0) if now else begins, ends, _without(found, text))
    for pattern, minutes in _WHOLE:
        if found := re.search(f"{_LATER}(?:{pattern}){_END}", text):
            return _wait(found, timedelta(minutes=minutes), text)
    for pattern, unit in _UNITS:
        if found := re.search(f"{_LATER}{pattern}{_END}", text):
            count = found[2]
            number = NUMBERS.get(count) or float(count.replace(",", "."))
            return _wait(found, timedelta(minutes=number * unit), text)
    return None


def _wait(found: re.Match[str], length: timedelta, text: str) -> Wait | None:
    if not timedelta(0) < length <= LONGEST:
        return None
    rest = _without(found, text)
    if found[1] in _WITHIN:
        return Wait(timedelta(0), length, rest)
    return Wait(length, length + SLACK, rest)


def _without(found: re.Match[str], text: str) -> str:
    return f" {' '.join(f'{text[: found.start()]} {text[found.end() :]}'.split())} "
