"""Dates as registers write them, whole or with only the year or the year and month known."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from store.errors import BadInput
from store.sentences import Sentence

FORMATS = ("yyyy-mm-dd", "yyyymmdd", "dd-mm-yyyy", "d-m-yyyy", "ddmmyyyy", "mm-dd-yyyy")
"""Every order in which a map may say dates are written; `-` stands for any of `-`, `/`, `.` and a space."""
_TIME = r"(?:[T ]0?0:00(?::00(?:\.0+)?)?Z?)?"  # midnight, as databases export a day
_PATTERNS: dict[str, str] = {
    "yyyy-mm-dd": r"(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})" + _TIME,
    "yyyymmdd": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:0{6})?",
    "dd-mm-yyyy": r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})" + _TIME,
    "d-m-yyyy": r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})" + _TIME,
    "ddmmyyyy": r"(?P<d>\d{1,2})(?P<m>\d{2})(?P<y>\d{4})",
    "mm-dd-yyyy": r"(?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})[-/. ](?P<y>\d{4})" + _TIME,
}
_SHORT = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2}))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1850, 2200


@dataclass
class NotADate(BadInput):
    """The text is not a date, or not a whole one where one is needed."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date that may be known only by year or by month, as its first and last possible day."""

    first: date
    last: date

    @property
    def whole(self) -> bool:
        """Whether the exact day is known."""
        return self.first == self.last


def parse_partial(text: str, *orders: str) -> PartialDate | None:
    """Read a date in the first of `orders` that fits, or None when it is wholly unknown.

    Unknown are `00000000` and an empty text. `19800000` is a day in 1980, `19800600` one in June
    1980. `1980` and `1980-06` mean the same.

    Raises:
        NotADate: it fits none of the orders, or is not a day of the calendar.
    """
    return _read(text, orders or FORMATS[:2])


def parse_day(text: str, *orders: str) -> date | None:
    """Read a whole date, or None when it is empty or all zeros.

    Raises:
        NotADate: it is no date, or only partly known.
    """
    found = _read(text, orders or FORMATS[:2])
    if found is None:
        return None
    if not found.whole:
        raise NotADate(
            Sentence("{text!r} is only partly known", text=text), "give the day, or leave it empty"
        )
    return found.first


@lru_cache(maxsize=4096)
def _read(text: str, orders: tuple[str, ...]) -> PartialDate | None:
    if not text.strip("0-/. "):
        return None
    # a year in front leaves no doubt, whatever the file's own order is
    patterns = (*map(_pattern, orders), _SHORT, _pattern(FORMATS[0]))
    for pattern in patterns:
        if found := pattern.fullmatch(text):
            return _span(
                text, int(found["y"]), int(found["m"] or 0), int(found.groupdict().get("d") or 0)
            )
    raise NotADate(
        Sentence("{seen!r} is not a date", seen=text[:30]),
        Sentence("write it as {orders}", orders=orders[0]),
    )


@lru_cache(maxsize=len(FORMATS))
def _pattern(order: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[order], re.ASCII)


def _span(text: str, year: int, month: int, day: int) -> PartialDate:
    try:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise NotADate(
                Sentence("{seen!r} is not in a believable year", seen=text),
                Sentence("write a year from {first_year}", first_year=_FIRST_YEAR),
            )
        if month == 0 and day == 0:
            return PartialDate(date(year, 1, 1), date(year, 12, 31))
        if day == 0:
            return PartialDate(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        whole = date(year, month, day)
    except (ValueError, IndexError) as error:
        if isinstance(error, NotADate):
            raise
        raise NotADate(
            Sentence("{seen!r} is not a day of the calendar", seen=text[:30]), "correct the date"
        ) from None
    return PartialDate(whole, whole)
