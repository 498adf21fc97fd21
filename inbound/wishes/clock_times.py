"""Parse times of day in a text ("half 6", "kwart over 5", "17.30", "3pm") and spans between them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time

from inbound.wishes.time_words import EVENING, MORNING, NIGHT, NUMBERS

TIME = r"uur|u\b|h\b|am\b|pm\b|a\.m\.|p\.m\.|o'?clock"
_DAY = 24 * 60
_HOUR, _HALF = 60, 30
_NOON = 12 * 60
_NIGHT_OVER = 7 * 60
_EVENING_LIKELY = 8 * 60
"""An hour before eight is read as p.m., unless the text says otherwise."""

_WORDED = re.compile(rf"\b({'|'.join(word for word in NUMBERS if word not in {'een', 'one'})})\b")
_ONE = re.compile(
    r"\b(half|kwart over|kwart voor|half past|quarter past|quarter to) (?:een|one)\b|\bone(?= (?:o'?clock|[ap]m\b))"
)
_NOT_A_TIME = r"(?![\d/]| ?(?:minu|dag|day|we[e]?k|maand|month|jaar|year|keer|times|kind|child|procent|percent|euro|%))"
_BEFORE = "tussen|between|van|from|na|after|vanaf|voor|before|tot|until|till|om|at|rond|around|about|omstreeks|ongeveer"
_AWAY = re.compile(
    r"\b(?:over|in|binnen|within) (?:\d+|een|an?|half|anderhalf) ?(?:uur|uren|hours?|hrs?|u\b)"
)

_T = r"@(\d{4}[!?])"
_SPANS = (
    ("between", rf"\b(?:tussen|between) {_T} ?(?:en|and|tot|to|-) ?{_T}"),
    ("between", rf"\b(?:van|vanaf|from) {_T} ?(?:tot|t/m|to|until|till|-) ?{_T}"),
    ("between", rf"{_T} ?(?:-|tot|t/m|to|until|till|en|and) ?{_T}"),
    ("from", rf"\b(?:niet|not|liever niet|nooit) (?:voor|before) {_T}"),
    ("until", rf"\b(?:niet|not|liever niet|nooit) (?:na|after) {_T}"),
    ("from", rf"\b(?:na|vanaf|after|from) {_T}"),
    ("until", rf"\b(?:voor|tot|before|until|till|by|uiterlijk) {_T}"),
    ("around", rf"\b(?:rond|omstreeks|ongeveer|around|about|circa|tegen) {_T}"),
    ("at", rf"(?:\b(?:om|at) )?{_T}"),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes. `sure` where it can be read in one way only."""

    minutes: int
    sure: bool

    def readings(self, part: str | None) -> tuple[int, ...]:
        """Return the minutes it may mean, the likeliest first."""
        later = self.minutes + _NOON
        early = part == MORNING or (part == NIGHT and self.minutes < _NIGHT_OVER)
        if self.sure or self.minutes >= _NOON or early:
            return (self.minutes,)
        if part in {EVENING, NIGHT} or (part and self.minutes < _EVENING_LIKELY):
            return (later,)
        return (later, self.minutes) if self.minutes < _EVENING_LIKELY else (self.minutes, later)


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time. None means from opening, or until closing."""

    kind: str  # between, from, until, around, at
    first: Clock
    last: Clock | None = None

    def readings(self, part: str | None) -> Iterator[tuple[time | None, time | None]]:
        """Yield the times it may mean, the likeliest first."""
        for minutes in self.first.readings(part):
            match self.kind:
                case "between":
                    yield from self._between(minutes, part)
                case "from":
                    yield _time(minutes), None
                case "until":
                    yield None, _time(minutes)
                case "around":
                    yield _time(minutes - _HALF), _time(minutes + _HALF)
                case _:
                    yield _time(minutes), _time(minutes + _HOUR)

    def _between(self, first: int, part: str | None) -> Iterator[tuple[time, time]]:
        if self.last is None:
            return
        later = [last for last in self.last.readings(part) if last > first]
        if later:
            yield _time(first), _time(min(later))


def _time(minutes: int) -> time:
    kept = min(max(minutes, 0), _DAY - 1)
    return time(kept // 60, kept % 60)


def read_clocks(text: str) -> str:
    """Replace every time of day in a text by `@0530?`, or by `@1730!` where it has one reading only."""
    text = _AWAY.sub(" week ", text)  # "over een uur": of the time until then, as a week is
    text = _ONE.sub(lambda match: f"{match[1]} 1" if match[1] else "1", text)
    text = _WORDED.sub(lambda match: str(NUMBERS[match[1]]), text)
    for pattern, clock in _WRITTEN:
        text = re.sub(pattern, clock, text)
    return text


def spans_of(text: str) -> tuple[str, list[Span]]:
    """Remove the spans from a text. Return the rest and the spans."""
    found: list[Span] = []
    for kind, pattern in _SPANS:
        for match in re.finditer(pattern, text):
            clocks = [
                Clock(int(text[:2]) * 60 + int(text[2:4]), text[4] == "!")
                for text in match.groups()
            ]
            found.append(_like_its_end(Span(kind, *clocks)))
        text = re.sub(pattern, " ", text)
    return text, found


def _like_its_end(span: Span) -> Span:
    """Take the first time as p.m. where the last is and the first does not say ("5 to 7 pm")."""
    last = span.last
    alike = (
        last is not None
        and last.sure
        and not span.first.sure
        and span.first.minutes + _NOON < last.minutes
    )
    return Span(span.kind, Clock(span.first.minutes + _NOON, sure=True), last) if alike else span


def _stamp(hour: int, minute: int = 0, mark: str = "") -> str:
    mark = mark.replace(".", "").strip()
    if mark in {"am", "pm"} and 1 <= hour <= 12:  # noqa: PLR2004  hours on a clock's face
        hour = hour % 12 + (12 if mark == "pm" else 0)
        return f" @{hour:02}{minute:02}! "
    total = hour * 60 + minute
    if not 0 <= total < _DAY:
        return " week "  # not a time of day, but a later step must see that something was meant
    return f" @{total // 60:02}{total % 60:02}{'!' if total >= _NOON + _HOUR else '?'} "


def _numbers(sign: int, of: int) -> Callable[[re.Match[str]], str]:
    return lambda match: _moved(int(match["h"]), of + sign * int(match["n"]))


def _moved(hour: int, minutes: int) -> str:
    total = ((hour or 12) * 60 + minutes) % _DAY
    return _stamp(total // 60, total % 60)


_H = r"(?P<h>\d{1,2})\b"
_N = r"\b(?P<n>5|10|20) ?(?:min(?:uten|uut|utes)?)? ?"
_WRITTEN: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf"{_N}over half {_H}(?: uur)?", _numbers(1, -_HALF)),
    (rf"{_N}voor half {_H}(?: uur)?", _numbers(-1, -_HALF)),
    (rf"\bhalf past {_H}", lambda match: _moved(int(match["h"]), _HALF)),
    (rf"\bhalf {_H}(?: uur)?", lambda match: _moved(int(match["h"]), -_HALF)),
    (rf"\b(?:kwart over|quarter past) {_H}(?: uur)?", lambda match: _moved(int(match["h"]), 15)),
    (rf"\b(?:kwart voor|quarter to) {_H}(?: uur)?", lambda match: _moved(int(match["h"]), -15)),
    (rf"{_N}(?:over|past) {_H}(?: uur)?", _numbers(1, 0)),
    (rf"{_N}voor {_H} uur", _numbers(-1, 0)),
    (
        r"(?<![\d@])(\d{1,2})[:.uh]([0-5]\d)(?!\d)(?: ?(uur|am\b|pm\b|a\.m\.|p\.m\.))?",
        lambda match: _stamp(int(match[1]), int(match[2]), match[3] or ""),
    ),
    (
        rf"(?<![\d@:.])(\d{{1,2}}) ?- ?(\d{{1,2}}) ?({TIME})",
        lambda match: f"{_stamp(int(match[1]))} - {_stamp(int(match[2]), 0, match[3])}",
    ),
    (rf"(?<![\d@:.])(\d{{1,2}}) ?({TIME})", lambda match: _stamp(int(match[1]), 0, match[2])),
    (
        rf"\b({_BEFORE}) (\d{{1,2}})(?: ?(-|tot|to|en|and) ?(\d{{1,2}}))?\b{_NOT_A_TIME}",
        lambda match: (
            f"{match[1]}{_stamp(int(match[2]))}{match[3] or ''}{_stamp(int(match[4])) if match[4] else ''}"
        ),
    ),
    (
        r"(?<= en )(\d{1,2})\b(?!\d)|(?<= and )(\d{1,2})\b(?!\d)",
        lambda match: _stamp(int(match[1] or match[2])),
    ),
    (r"\s+", lambda _: " "),
)
