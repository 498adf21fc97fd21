"""The days of a draft's rounds against Sundays, public holidays and the print shop's days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaigns.drafts.document_edits import value_at
from campaigns.touches.shop_days import next_day
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from suppression.days import holiday

_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class WaveDay:
    """One round, with what is to be known of its day."""

    number: int
    day: date
    notes: tuple[str, ...]  # keys of texts
    shop: date | None  # the first day from then on, on which the print shop takes work


def wave_days(installation: Installation, document: Any, *, now: datetime) -> list[WaveDay]:
    """Return the day of each round that has one."""
    return list(_days(installation, document, local_date(now)))


def _days(installation: Installation, document: Any, today: date) -> Iterator[WaveDay]:
    waves = value_at(document, ("waves",))
    for at in range(len(waves) if isinstance(waves, list) else 0):
        try:
            day = date.fromisoformat(str(value_at(document, ("waves", at, "date"))))
        except ValueError:
            continue
        yield WaveDay(at + 1, day, tuple(_notes(day, today)), _shop_day(installation, day))


def _notes(day: date, today: date) -> Iterator[str]:
    if day < today:
        yield "making.day_past"
    if holiday(day) is not None:
        yield "making.day_holiday"
    elif day.weekday() == _SUNDAY:
        yield "making.day_sunday"


def _shop_day(installation: Installation, day: date) -> date | None:
    if installation.shop is None:
        return None
    try:
        return next_day(installation.shop, day)
    except BadInput:
        return None
