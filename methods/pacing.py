"""Calls that waves of cards bring, from how long people wait before they call."""

from functools import cache
from math import erfc, log, sqrt

SIGMA = 0.9156
SCALE = 8.3147
"""Days; the median of the delay.

Lognormal fit to a published series of 63 days of direct mail (stats.stackexchange.com/questions/145193).
"""
DAYS = 63
"""The last day on which a card brings a call."""


@cache
def daily_shares() -> tuple[float, ...]:
    """Return the share of all calls of a wave that comes on day 1, 2, … after it goes out."""
    last = _called_by(DAYS)
    return tuple((_called_by(day) - _called_by(day - 1)) / last for day in range(1, DAYS + 1))


def _called_by(day: float) -> float:
    """Return the share of those who will ever call that has called by the end of a day."""
    return erfc(-log(day / SCALE) / (SIGMA * sqrt(2))) / 2 if day > 0 else 0.0


def busiest_day(pieces: float, *, waves: int, every: int, callers: float) -> tuple[int, float]:
    """Return the day with the most calls, the first such day, and how many come on it.

    Args:
        pieces: All cards together, split evenly.
        waves: How many waves; the first goes out on day 0.
        every: Days between two waves.
        callers: The share of people who call.
    """
    each = pieces / waves * callers
    calls = [0.0] * ((waves - 1) * every + DAYS + 1)
    for wave in range(waves):
        for day, share in enumerate(daily_shares(), start=wave * every + 1):
            calls[day] += each * share
    busiest = max(range(len(calls)), key=lambda day: round(calls[day], 9))
    return busiest, calls[busiest]


def steady_wave(calls_per_day: float, *, every: int, callers: float) -> int:
    """Return how many cards a wave may hold, sent again and again, for at most so many calls a day."""
    shares = daily_shares()
    busiest = max(sum(shares[first::every]) for first in range(min(every, DAYS)))
    return int(calls_per_day / (callers * busiest))
