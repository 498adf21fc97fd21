"""The one clock. Everything else takes the time as an argument (`now=`)."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

from store.errors import BadInput
from store.sentences import Sentence

LOCAL = ZoneInfo("Europe/Amsterdam")


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


def elapsed_seconds() -> float:
    """Return seconds since a moment of this process, to measure how long something lasts."""
    return monotonic()


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for `--now`, the demo and the tests."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment at which the clock was stopped."""
        return self.at


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that was set to a moment and goes on from there, for rehearsals."""

    since: datetime
    _began: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        """Return the moment that it was set to, and the time that went by since."""
        return self.since + timedelta(seconds=monotonic() - self._began)


def local_date(moment: datetime, zone: tzinfo = LOCAL) -> date:
    """Return the calendar day on which `moment` falls where the citizens live."""
    return moment.astimezone(zone).date()


def month_later(moment: datetime, months: int = 1) -> datetime:
    """Return the same local time so many months later, at most at the month's last day."""
    there = moment.astimezone(LOCAL)
    return datetime.combine(months_after(there.date(), months), there.timetz()).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, at most the month's last, also for 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 date or date-time as an aware UTC moment.

    A day without a time means nine o'clock in the morning, local time; a time without an offset is local time.

    Raises:
        ValueError: the text is no ISO 8601 date or date-time.
        BadInput: the clock skips that local time when summer begins.
    """
    moment = datetime.fromisoformat(text)
    if len(text) <= len("2023-06-01"):
        moment = moment.replace(hour=9)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    found = moment.replace(tzinfo=LOCAL).astimezone(UTC)
    if found.astimezone(LOCAL).replace(tzinfo=None) != moment.replace(fold=0):
        problem = Sentence("{text!r} does not exist, the clock goes forward over it", text=text)
        raise BadInput(
            problem,
            Sentence(
                "write an hour later, as {found:%Y-%m-%dT%H:%M}", found=found.astimezone(LOCAL)
            ),
        )
    return found


def parse_agreed_moment(text: str) -> datetime:
    """Read a moment that two people agree on, and that must not be any other.

    Raises:
        ValueError: see `parse_moment`.
        BadInput: also where that local time comes twice, when winter begins.
    """
    found, moment = parse_moment(text), datetime.fromisoformat(text)
    if moment.tzinfo is None and moment.replace(tzinfo=LOCAL).utcoffset() != (
        moment.replace(tzinfo=LOCAL, fold=1).utcoffset()
    ):
        problem = Sentence("{text!r} comes twice, the clock goes back over it", text=text)
        raise BadInput(
            problem, Sentence("say which one, as {text}+02:00 or {text}+01:00", text=text)
        )
    return found
