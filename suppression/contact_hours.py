"""Contact hours for calls and texts, and the parts of the day for repeated calls.

All hours are by the clock on the wall where the citizens live. The clocks change on a Sunday, and on Sundays nothing is
open: so no hour of an opening is ever missing or doubled, and a Monday's is found by that Monday's own offset.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from store.base import NotAware
from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import DayPart
from suppression.days import holiday

AFTERNOON = time(12)
EVENING = time(17)
HORIZON = 366
"""Days to look ahead for an opening. Hours without one in a year are a mistake."""
_LEAP_YEAR = 2024
_WRITTEN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")


def _wall_time(value: Any) -> time:
    """Read a time such as `9:00`. Refuse bare numbers, since some YAML reads it as seconds."""
    found = _WRITTEN.fullmatch(value.isoformat() if isinstance(value, time) else str(value).strip())
    if not found:
        raise ValueError(
            Sentence("{seen!r} is not a time of day; write it as 9:00", seen=str(value)[:40])
        )
    return time(int(found[1]), int(found[2]))


WallTime = Annotated[time, BeforeValidator(_wall_time)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Part):
    """Opening hours of one day in local time. The closing minute itself is closed."""

    opens: WallTime
    closes: WallTime

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError(
                Sentence(
                    "closes at {closes:%H:%M}, before it has opened; write a later time in closes",
                    closes=self.closes,
                )
            )
        return self


class EarlyEnd(_Part):
    """A day of every year on which nobody is called or texted after `closes`."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    closes: WallTime

    @model_validator(mode="after")
    def _exists(self) -> Self:
        try:
            date(_LEAP_YEAR, self.month, self.day)
        except ValueError:
            raise ValueError(
                Sentence(
                    "{day}-{month} is not a day of the year; write month: 5, day: 4",
                    day=self.day,
                    month=self.month,
                )
            ) from None
        return self


WEEKDAY = Span(opens=time(9), closes=time(20))
SATURDAY = Span(opens=time(10), closes=time(16))
QUIET_EVENINGS = tuple(
    EarlyEnd(month=month, day=day, closes=time(18)) for month, day in ((5, 4), (12, 5), (12, 24))
)
"""Early ends on Remembrance Day, Saint Nicholas' eve and Christmas eve. The telemarketing code allows 18:30."""


class Hours(_Part):
    """Contact hours. There is no key for Sundays and holidays, which are always closed.

    Source: the Reclamecode Telemarketing (weekdays 9-22, Saturday 10-16), with a stricter evening.
    """

    monday: Span | None = WEEKDAY
    tuesday: Span | None = WEEKDAY
    wednesday: Span | None = WEEKDAY
    thursday: Span | None = WEEKDAY
    friday: Span | None = WEEKDAY
    saturday: Span | None = SATURDAY
    early_ends: tuple[EarlyEnd, ...] = QUIET_EVENINGS
    closed_days: tuple[date, ...] = ()  # by decree, or because the line is closed: 2026-05-15

    @property
    def week(self) -> tuple[Span | None, ...]:
        """The opening hours of Monday to Sunday."""
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            None,
        )

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not any(self.week):
            raise ValueError(
                'is open on no day of the week; write monday: {opens: "9:00", closes: "20:00"}'
            )
        return self

    def span(self, day: date) -> Span | None:
        """Return the opening hours of a date, or None if it is closed."""
        usual = self.week[day.weekday()]
        if usual is None or day in self.closed_days or holiday(day):
            return None
        early = [
            end.closes for end in self.early_ends if (end.month, end.day) == (day.month, day.day)
        ]
        last = min([usual.closes, *early])
        return Span(opens=usual.opens, closes=last) if usual.opens < last else None


def open_hours(day: date, hours: Hours) -> tuple[datetime, datetime] | None:
    """Return when a day opens and closes (aware, UTC), or None when it is closed."""
    span = hours.span(day)
    return (_at(day, span.opens), _at(day, span.closes)) if span else None


def is_open(moment: datetime, hours: Hours) -> bool:
    """Return whether somebody may be called or texted at a moment.

    Raises:
        NotAware: the moment has no time zone.
    """
    opening = open_hours(_day_of(moment), hours)
    return opening is not None and opening[0] <= moment < opening[1]


def next_open(moment: datetime, hours: Hours) -> datetime:
    """Return the first moment (UTC) from `moment` on, within contact hours.

    Raises:
        BadInput: the hours have no opening within a year.
        NotAware: the moment has no time zone.
    """
    return _opening(moment, hours)[0]


def closes(moment: datetime, hours: Hours) -> datetime:
    """Return the end (UTC) of the contact hours at a moment, or of the next ones.

    Raises:
        BadInput: the hours have no opening within a year.
        NotAware: the moment has no time zone.
    """
    return _opening(moment, hours)[1]


def day_part(moment: datetime) -> DayPart:
    """Return the part of the day in local time. Afternoon begins at noon, evening at five.

    Raises:
        NotAware: the moment has no time zone.
    """
    clock = _aware(moment).astimezone(LOCAL).time()
    if clock < AFTERNOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if clock < EVENING else DayPart.EVENING


def next_in_other_day_part(
    moment: datetime, tried: Collection[DayPart], hours: Hours
) -> datetime | None:
    """Return the earliest moment (UTC) within contact hours in a day part that was not tried.

    None when all were tried, or when the hours never reach into one that is left.

    Raises:
        NotAware: the moment has no time zone.
    """
    _aware(moment)
    if set(DayPart) <= set(tried):
        return None
    starts = (start for opening in _openings(moment, hours) for start in _parts(*opening))
    return next((start for start in starts if day_part(start) not in tried), None)


def _parts(begin: datetime, end: datetime) -> list[datetime]:
    """Return the beginning of each part of the day within one opening."""
    day = local_date(begin)
    return [begin, *(cut for cut in (_at(day, AFTERNOON), _at(day, EVENING)) if begin < cut < end)]


def _opening(moment: datetime, hours: Hours) -> tuple[datetime, datetime]:
    for opening in _openings(moment, hours):
        return opening
    raise BadInput(
        "has no opening within a year",
        "open a day, or shorten closed_days and early_ends",
        field="hours",
    )


def _openings(moment: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is left of each opening from `moment` on."""
    first = _day_of(moment)
    for ahead in range(HORIZON):
        opening = open_hours(first + timedelta(days=ahead), hours)
        if opening and moment < opening[1]:
            yield max(moment.astimezone(UTC), opening[0]), opening[1]


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LOCAL).astimezone(UTC)


def _day_of(moment: datetime) -> date:
    return local_date(_aware(moment))


def _aware(moment: datetime) -> datetime:
    # a naive moment would be taken for the machine's own time, in silence
    if moment.tzinfo is None:
        raise NotAware(f"{moment!r} has no time zone")
    return moment
