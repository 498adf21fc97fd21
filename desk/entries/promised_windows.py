"""Windows in which somebody can be called back, found among the free turns of a line.

A day of a line is cut into turns of a quarter of an hour. Every promise takes the latest free turn of its window, and
the begin of that turn is when the call has to be taken at the latest (decision 0128).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import ceil

from sqlalchemy import Connection, func, select

from desk.entries.agents import on_duty
from desk.entries.line_hours import hours_of_line
from desk.entries.queue_entries import ANY_SKILL, TURN
from store.clock import LOCAL, local_date
from store.states import CallState
from store.tables import Call
from suppression.contact_hours import Hours, open_hours

WIDE = timedelta(hours=2)
"""How wide a window is that we offer by ourselves."""
NARROW = timedelta(hours=1)
"""With less than this until closing, we offer another day by ourselves."""
DAYS_AHEAD = 60
_OPEN = (CallState.WAITING, CallState.TAKEN)


@dataclass(frozen=True, slots=True)
class Window:
    """A period in which somebody is called. Both ends are aware and in UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A window that can be kept, and when its call must be taken at the latest."""

    window: Window
    start_by: datetime
    as_asked: bool  # it lies within what was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTurns:
    """The turns of one line for calls that need one skill."""

    connection: Connection
    line_id: int
    skill: str
    hours: Hours
    now: datetime

    @classmethod
    def read(
        cls, connection: Connection, policy: Hours, line_id: int, *, skill: str, now: datetime
    ) -> "LineTurns":
        """Read when the line is open."""
        hours = hours_of_line(connection, line_id, policy, today=local_date(now))
        return cls(connection=connection, line_id=line_id, skill=skill, hours=hours, now=now)

    def offer(self, asked: Window | None) -> Offer | None:
        """Return the window asked for, as far as it can be kept, or else the next one that can."""
        if asked is not None and (found := self._within(asked)) is not None:
            return found
        begins = max(asked.begins, self.now) if asked else self.now
        return next(self._next(begins), None)

    def can_keep(self, window: Window) -> bool:
        """Return whether one more promise for this window can be kept."""
        return self._latest_turn(window) is not None

    def _within(self, asked: Window) -> Offer | None:
        """Return what is left of a window within the line's hours of its day."""
        opening = open_hours(local_date(asked.begins), self.hours)
        if opening is None:
            return None
        begins, ends = max(asked.begins, opening[0], self.now), min(asked.ends, opening[1])
        window = Window(begins.astimezone(UTC), ends.astimezone(UTC))
        turn = self._latest_turn(window)
        return Offer(window=window, start_by=turn, as_asked=True) if turn else None

    def _next(self, moment: datetime) -> Iterator[Offer]:
        first = local_date(moment)
        for ahead in range(DAYS_AHEAD):
            opening = open_hours(first + timedelta(days=ahead), self.hours)
            if opening is None:
                continue
            begins = max(opening[0], moment.astimezone(UTC))
            while opening[1] - begins >= NARROW:
                window = Window(begins, min(opening[1], begins + WIDE))
                if (turn := self._latest_turn(window)) is not None:
                    yield Offer(window=window, start_by=turn, as_asked=False)
                begins = window.ends

    def _latest_turn(self, window: Window) -> datetime | None:
        turns = list(_turns(window))
        if not turns:
            return None
        day = local_date(turns[0])
        people = on_duty(self.connection, self.line_id, day, skill=self.skill)
        everybody = on_duty(self.connection, self.line_id, day, skill=ANY_SKILL)
        mine, all_ = self._taken(turns[0], turns[-1])
        free = (
            turn
            for turn in reversed(turns)
            if mine[turn] < room(turn, people) and all_[turn] < room(turn, everybody)
        )
        return next(free, None)

    def _taken(
        self, first: datetime, last: datetime
    ) -> tuple[Counter[datetime], Counter[datetime]]:
        """Count the turns that are taken, of this skill and of all."""
        query = (
            select(Call.start_by, Call.skill, func.count())
            .where(Call.line_id == self.line_id, Call.state.in_(_OPEN))
            .where(Call.start_by >= first, Call.start_by <= last)
            .group_by(Call.start_by, Call.skill)
        )
        mine: Counter[datetime] = Counter()
        all_: Counter[datetime] = Counter()
        for start_by, skill, count in self.connection.execute(query):
            if start_by is None:
                continue
            all_[start_by] += count
            mine[start_by] += count if skill == self.skill else 0
        return mine, all_


def room(turn: datetime, people: int) -> int:
    """Return how many promises have place in a turn. Half of it is for those who call us."""
    place = int(turn.timestamp() // TURN.total_seconds())
    return (place + 1) * people // 2 - place * people // 2


def _turns(window: Window) -> Iterator[datetime]:
    seconds = TURN.total_seconds()
    turn = datetime.fromtimestamp(ceil(window.begins.timestamp() / seconds) * seconds, UTC)
    while turn + TURN <= window.ends:
        yield turn
        turn += TURN


def day_parts(hours: Hours, day: date) -> list[Window]:
    """Return the parts of a day on which a line is open, cut at noon and at five."""
    opening = open_hours(day, hours)
    if opening is None:
        return []
    cuts = [datetime.combine(day, time(hour), LOCAL).astimezone(UTC) for hour in (12, 17)]
    edges = [opening[0], *(cut for cut in cuts if opening[0] < cut < opening[1]), opening[1]]
    return [Window(begins, ends) for begins, ends in pairwise(edges)]
