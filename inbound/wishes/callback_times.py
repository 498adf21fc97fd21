"""Parse when somebody wants to be called ("morgen na 5 uur", "monday between 10 and 12").

A text gives no window if it names the time in an unknown way, in two ways, or beside a "niet" or "gisteren". It is
in the queue as it is, and an agent reads it. A window lies within the calling hours of one day. For an hour that
can be read in two ways ("5 uur"), the reading within calling hours is taken.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from desk.entries.promised_windows import Window
from inbound.wishes.clock_times import TIME, Span, read_clocks, spans_of
from inbound.wishes.foreign_time_words import OTHER_DAYS, in_dutch
from inbound.wishes.relative_times import Wait, wait_named
from inbound.wishes.time_words import (
    AFTERNOON,
    AHEAD,
    ALONG,
    EVENING,
    MONTHS,
    MORNING,
    NIGHT,
    NUMBERS,
    PARTS,
    UNCLEAR,
    WEEKDAYS,
)
from store.clock import LOCAL, local_date
from suppression.contact_hours import WEEKDAY, Hours, open_hours

WAKING = Hours(
    **dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
        WEEKDAY.model_copy(update={"closes": time(21)}),
    ),
    early_ends=(),
)
"""Hours at which people may mean to be called. Whether a line can is another question (desk.entries.promises)."""
FURTHEST = timedelta(days=60)
SHORTEST = timedelta(minutes=15)
_A_WEEK = 7
_SIGNS = str.maketrans({"\u2019": "'", "\u2018": "'", "`": "'", "\u2013": "-", "\u2014": "-"})
_PHONE = re.compile(r"\+?\d(?:[\s()-]?\d){8,}")
_FOLLOWING = "(?:volgende|next) week"
_WEEKDAY = re.compile(
    rf"\b(?:({_FOLLOWING}|volgende|next) )?({'|'.join(WEEKDAYS)})(?: ({_FOLLOWING}))?\b"
)
_AHEAD = re.compile(rf"\b({'|'.join(AHEAD)})\b")
_IN_DAYS = re.compile(
    rf"\b(?:over|in) (?:(\d{{1,2}}|{'|'.join(NUMBERS)}) (?:dagen|days)|(?:een|a|1) (dag|day|week))\b(?! of)"
)
_NTH, _MONTH = "(?:e|ste|de|th|st|nd|rd)?", "|".join(MONTHS)
_NAMED_DATE = re.compile(
    rf"\b(\d{{1,2}}){_NTH} ({_MONTH})\b(?: (20\d\d))?|\b({_MONTH}) (\d{{1,2}}){_NTH}\b"
)
# "10-12" between two hours is no day of December
_NUMBERED_DATE = re.compile(
    r"(?<!\btussen )(?<!\bbetween )(?<!\bvan )(?<!\bfrom )(?<![\d:.])(\d{1,2})[-/](\d{1,2})"
    rf"(?:[-/](?:20)?(\d\d))?(?![\d:])(?! ?(?:{TIME}))"
)
_UNTIL_A_DAY = re.compile(
    r"\b(?:na|vanaf|voor|tot|after|from|before|until|till|by|uiterlijk|sinds)\s+#"
)
_HALVES = {
    MORNING: (time(0), time(12)),
    AFTERNOON: (time(12), time(17)),
    EVENING: (time(17), time(23, 59)),
    NIGHT: (time(0), time(7)),
}
_LONG = r"(?:week|weken|weeks|maand|maanden|months?|jaar|years?)"
_FAR_AHEAD = re.compile(
    rf"\b(?:over|in|within) (?:\d+|{'|'.join(NUMBERS)}|an?|(?:een )?paar|a few|a couple of) {_LONG}\b"
    rf"|\b(?:eind|einde|begin|end|beginning)(?: (?:van|of))?(?: (?:de|the|deze|this|volgende|next))? {_LONG}\b"
    rf"|\b(?:komende?|volgende?|next|following) {_LONG}\b|\bweekend\b"
)
_OF_A_DATE = re.compile(
    rf"\b(?:van|of|dated) (?:\d{{1,2}}{_NTH} (?:{_MONTH})|(?:{_MONTH}) \d{{1,2}}{_NTH})\b"
)


class _Unclear(Exception):
    """The text can be read in more than one way."""


def named_window(text: str, *, at: datetime, hours: Hours) -> Window | None:
    """Return the window a text names, seen from `at`, or None where it names no usable one."""
    bare = _bare(text)
    if wait := wait_named(bare):
        return _after(wait, at=at, hours=hours)
    try:
        text, days = _days(_plain(bare), local_date(at))
        text, part = _part(read_clocks(text))
        text, span = _span(text)
        _refuse_doubt(text, named=bool(days or part or span))
    except _Unclear:
        return None
    if not (days or part or span):
        return None
    ahead = [days] if days else [local_date(at) + timedelta(days=n) for n in range(_A_WEEK + 1)]
    return next(
        (found for day in ahead if (found := _within(day, part, span, at=at, hours=hours))), None
    )


def names_a_time(text: str, *, at: datetime) -> bool:
    """Return whether a text names a time at all, also one at which nobody can be called."""
    bare = _OF_A_DATE.sub(" ", _bare(text))  # "the letter of 12 May"
    if wait_named(bare) or _FAR_AHEAD.search(bare):
        return True
    try:
        rest, days = _days(_plain(bare), local_date(at))
        rest, part = _part(read_clocks(rest))
        _, span = _span(rest)
    except _Unclear:
        return True
    return bool(days or part or span or set(rest.split()) & OTHER_DAYS)


def _after(wait: Wait, *, at: datetime, hours: Hours) -> Window | None:
    """Return the window of a time from now, or None beside another time or outside calling hours."""
    try:
        text, day = _days(_plain(wait.rest), local_date(at))
        text, part = _part(read_clocks(text))
        text, span = _span(text)
        _refuse_doubt(text, named=True)
    except _Unclear:
        return None
    begins, ends = at + wait.begins, at + wait.ends
    opening = open_hours(local_date(begins), hours)
    if part or span or opening is None or (day and day != local_date(begins)):
        return None
    begins, ends = max(begins, opening[0]), min(ends, opening[1])
    if begins - at > wait.ends or ends - begins < SHORTEST:
        return None
    return Window(begins.astimezone(UTC), ends.astimezone(UTC))


def _bare(text: str) -> str:
    """Return a text in lower case and Dutch words for time, without accents and phone numbers."""
    apart = unicodedata.normalize("NFKD", text[:2000]).casefold()
    kept = "".join(c for c in apart if not unicodedata.combining(c)).translate(_SIGNS)
    return in_dutch(f" {' '.join(_PHONE.sub(' ', kept).split())} ")


def _plain(text: str) -> str:
    """Normalize a bare text, without filler words."""
    for pattern, word in ALONG:
        text = re.sub(pattern, word, text)
    return f" {' '.join(text.split())} "


def _days(text: str, today: date) -> tuple[str, date | None]:
    """Remove all days from a text. Return the rest, and the one day that they all mean."""
    found: list[set[date]] = []
    for pattern, read in _DAYS:
        found.append({read(match, today) for match in pattern.finditer(text)})
        text = pattern.sub(" # ", text)
    dates, others = found[0] | found[1], found[2] | found[3] | found[4]
    if dates and {day.weekday() for day in others} <= {day.weekday() for day in dates}:
        others = set()  # "maandag 12 juni" is one day, whichever monday comes first
    if len(dates | others) > 1 or _UNTIL_A_DAY.search(text):
        raise _Unclear
    return text, next(iter(dates | others), None)


def _named_date(match: re.Match[str], today: date) -> date:
    day, month = (match[1], match[2]) if match[1] else (match[5], match[4])
    return _date(int(day), MONTHS[month], match[3], today)


def _numbered_date(match: re.Match[str], today: date) -> date:
    return _date(int(match[1]), int(match[2]), match[3], today)


def _ahead(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=AHEAD[match[1]])


def _in_days(match: re.Match[str], today: date) -> date:
    if match[2]:
        return today + timedelta(days=_A_WEEK if match[2] == "week" else 1)
    days = timedelta(days=NUMBERS.get(match[1]) or int(match[1]))
    if days > FURTHEST:
        raise _Unclear
    return today + days


def _weekday(match: re.Match[str], today: date) -> date:
    """Return the next such weekday.

    "Volgende maandag" is accepted only where the coming Monday is in the next calendar week too.
    """
    weekday, following = WEEKDAYS[match[2]], f"{match[1] or ''}{match[3] or ''}"
    in_next_week = today + timedelta(days=_A_WEEK - today.weekday() + weekday)
    coming = today + timedelta(days=(weekday - today.weekday() - 1) % _A_WEEK + 1)
    if following and "week" not in following and coming != in_next_week:
        raise _Unclear
    return in_next_week if following else coming


def _date(day: int, month: int, year: str | None, today: date) -> date:
    try:
        found = date(2000 + int(year[-2:]) if year else today.year, month, day)
        if not year and found < today:
            found = found.replace(year=today.year + 1)
    except ValueError:
        raise _Unclear from None
    if not today <= found <= today + FURTHEST:
        raise _Unclear
    return found


_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (_NAMED_DATE, _named_date),
    (_NUMBERED_DATE, _numbered_date),
    (_WEEKDAY, _weekday),
    (_AHEAD, _ahead),
    (_IN_DAYS, _in_days),
)


def _part(text: str) -> tuple[str, str | None]:
    """Remove all parts of the day from a text. Return the rest, and the one part that they all mean."""
    words = text.split()
    found = {PARTS[word.strip(".,;!?")] for word in words if word.strip(".,;!?") in PARTS}
    if len(found) > 1:
        raise _Unclear
    kept = " ".join(word for word in words if word.strip(".,;!?") not in PARTS)
    return f" {kept} ", next(iter(found), None)


def _span(text: str) -> tuple[str, Span | None]:
    rest, found = spans_of(text)
    if len(found) > 1:
        raise _Unclear
    return rest, next(iter(found), None)


def _refuse_doubt(text: str, *, named: bool) -> None:
    if named and set(re.findall(r"[^\W\d_]+", text)) & (UNCLEAR | OTHER_DAYS):
        raise _Unclear
    if re.search(r"@\d{4}", text):
        raise _Unclear


def _within(
    day: date, part: str | None, span: Span | None, *, at: datetime, hours: Hours
) -> Window | None:
    """Return what is left of the named time on a day, within its calling hours."""
    opening = open_hours(day, hours)
    if opening is None:
        return None
    for begins, ends in _readings(part, span):
        first = max(_at(day, begins), opening[0], at) if begins else max(opening[0], at)
        last = min(_at(day, ends), opening[1]) if ends else opening[1]
        if last - first >= SHORTEST:
            return Window(first.astimezone(UTC), last.astimezone(UTC))
    return None


def _readings(part: str | None, span: Span | None) -> Iterator[tuple[time | None, time | None]]:
    """Yield every reading of a span, the likeliest first."""
    if span is not None:
        yield from span.readings(part)
    elif part is not None:
        yield _HALVES[part]
    else:
        yield None, None


def _at(day: date, clock: time) -> datetime:
    # on the days when the clocks change nobody is called, so no hour is missing or doubled here
    return datetime.combine(day, clock, LOCAL)
