"""Holidays and working days in the Netherlands.

Holidays are those of the Algemene termijnenwet, article 3: New Year, Easter Monday, Ascension, Whit Monday, both
Christmas days, King's day, 5 May of every year, and Good Friday, which the second paragraph puts on a par with them.
Days that a decree adds (often the Friday after Ascension) follow no rule: they are data, `closed`.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cache

LIBERATION = (5, 5)
ONE_DAY = timedelta(days=1)
SATURDAY = 6


@cache
def _public(year: int) -> Mapping[date, str]:
    import holidays

    return dict(holidays.country_holidays("NL", years=year, language="nl"))


def holiday(day: date) -> str | None:
    """Return the Dutch name of the holiday that `day` is, or None. Easter and Whit Sunday have one too."""
    # for most employees 5 May is a day off every fifth year, and so it is in the library; in this law it is every year
    liberation = "Bevrijdingsdag" if (day.month, day.day) == LIBERATION else None
    return _public(day.year).get(day, liberation)


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    """Return whether `day` is a Monday to Friday, no holiday, and none of the `closed` days."""
    return day.isoweekday() < SATURDAY and holiday(day) is None and day not in closed


def next_working_day(day: date, closed: Collection[date] = ()) -> date:
    """Return `day` itself if it is a working day, else the first one after it."""
    while not is_working_day(day, closed):
        day += ONE_DAY
    return day


def add_working_days(day: date, n: int, closed: Collection[date] = ()) -> date:
    """Return the n-th working day after `day`, or `day` itself if n is 0.

    Raises:
        ValueError: `n` is negative.
    """
    if n < 0:
        raise ValueError(f"{n} working days lie in the past")
    for _ in range(n):
        day = next_working_day(day + ONE_DAY, closed)
    return day
