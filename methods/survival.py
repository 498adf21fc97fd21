"""Time until something happens, where some are still waiting when we look."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt


def kaplan_meier(days: Sequence[float], happened: Sequence[bool]) -> list[tuple[float, float]]:
    """Return the share still waiting after each day on which something happened.

    Args:
        days: Until it happened, or until we last looked.
        happened: Whether it did. Who was seen last on a day still counts as waiting on that day.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations (JASA, 1958).
    """
    return [(day, share) for day, share, _ in _steps(days, happened)]


def interval_at(
    days: Sequence[float], happened: Sequence[bool], day: float, z: float = 1.959963984540054
) -> tuple[float, float]:
    """Return the interval of the share still waiting after a day, within 0 and 1.

    Source of the variance: M. Greenwood, The natural duration of cancer (1926).
    """
    share, variance = 1.0, 0.0
    for moment, after, of_step in _steps(days, happened):
        if moment > day:
            break
        share, variance = after, variance + of_step
    spread = z * share * sqrt(variance)
    return max(0.0, share - spread), min(1.0, share + spread)


def restricted_mean(curve: Sequence[tuple[float, float]], horizon: float) -> float:
    """Return the mean wait within a horizon, where who waits longer counts as the horizon.

    Source: P. Royston and M. K. B. Parmar, Restricted mean survival time (BMC Medical Research Methodology, 2013).
    """
    area, since, share = 0.0, 0.0, 1.0
    for day, after in curve:
        if day >= horizon:
            break
        area += (day - since) * share
        since, share = day, after
    return area + (horizon - since) * share


def _steps(days: Sequence[float], happened: Sequence[bool]) -> list[tuple[float, float, float]]:
    """Return each day on which something happened, the share after it, and its part of the variance."""
    events = Counter(day for day, did in zip(days, happened, strict=True) if did)
    leaving = Counter(days)
    waiting, share, found = len(days), 1.0, []
    for day in sorted(leaving):
        if did := events[day]:
            share *= 1 - did / waiting
            left = waiting - did
            found.append((day, share, did / (waiting * left) if left else 0.0))
        waiting -= leaving[day]
    return found
