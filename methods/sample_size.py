"""Sample size of a trial with two groups, and the smallest effect that it can detect."""

from math import ceil, sqrt
from statistics import NormalDist

from methods.roots import bisected

ALPHA = 0.05
"""The two-sided level of every trial."""
POWER = 0.8
_LEAST = 1e-9  # a difference that no trial can detect


def needed(control: float, treated: float, power: float = POWER) -> int:
    """Return how many people each of two equal groups needs, rounded up.

    The variance is pooled under the null; there is no continuity correction; the test is two-sided at 5 %.

    Source: J. L. Fleiss, B. Levin and M. C. Paik, Statistical methods for rates and proportions (3rd edition,
    2003), chapter 4.

    Raises:
        ValueError: The two proportions are equal.
    """
    if control == treated:
        raise ValueError("equal proportions need an endless trial")
    return ceil(_of_control(control, treated, power, ratio=1.0))


def detectable_difference(
    control: float, *, held_out: int, per_arm: int, power: float = POWER
) -> float | None:
    """Return the smallest upward difference that a trial finds with this power.

    None: even if everybody in the arm responded, it would not be found.
    """
    if not held_out or not per_arm:
        return None
    ratio = per_arm / held_out

    def too_small(treated: float) -> float:
        return _of_control(control, treated, power, ratio) - held_out

    if control >= 1 or too_small(1.0) > 0:
        return None
    return bisected(too_small, control + _LEAST, 1.0) - control


def _of_control(control: float, treated: float, power: float, ratio: float) -> float:
    """Return the size of the control group, where the arm is `ratio` times as large.

    Source: Fleiss, Levin and Paik (2003), chapter 4, for groups of different sizes.
    """
    normal = NormalDist()
    pooled = (control + ratio * treated) / (1 + ratio)
    under_null = normal.inv_cdf(1 - ALPHA / 2) * sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    apart = control * (1 - control) + treated * (1 - treated) / ratio
    together = under_null + normal.inv_cdf(power) * sqrt(apart)
    return max(0.0, together) ** 2 / (treated - control) ** 2
