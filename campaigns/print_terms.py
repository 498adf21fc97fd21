"""What was agreed on with the print shop, as far as reconciling needs it."""

from datetime import datetime, timedelta
from typing import Any

from campaigns.differing import Tolerance
from campaigns.house import House
from channels.shops import WEEK, Calendar
from store.clock import LOCAL
from suppression.days import ONE_DAY, holiday


def tolerance(house: House) -> Tolerance:
    """Return how much may differ in one run; nothing, where no print shop is named."""
    if house.shop is None:
        return Tolerance()
    return Tolerance(house.shop.tolerance.pieces, house.shop.tolerance.per_mille)


def pull_until(house: House, run: Any) -> datetime | None:
    """Return until when a piece of a run can be pulled; None where no print shop is named."""
    if house.shop is None:
        return None
    posting = posting_moment(house.shop.calendar, run.handed_over_at or run.made_at)
    return posting - timedelta(hours=house.shop.pull.hours_before_posting)


def posting_moment(calendar: Calendar, handed_over_at: datetime) -> datetime:
    """Return when what was handed over then is posted at the earliest: at the cut-off of the day after its own.

    What comes after the cut-off, or on a day on which the shop is closed, is the work of its next open day.
    """
    local = handed_over_at.astimezone(LOCAL)
    day = local.date() + (ONE_DAY if local.time() > calendar.cut_off else timedelta())
    while not _is_open(calendar, day):
        day += ONE_DAY
    day += ONE_DAY
    while not _is_open(calendar, day):
        day += ONE_DAY
    return datetime.combine(day, calendar.cut_off, LOCAL)


def _is_open(calendar: Calendar, day: Any) -> bool:
    named = WEEK[day.weekday()] in calendar.closed
    return not named and day not in calendar.closed_days and holiday(day) is None
