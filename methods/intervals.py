"""Confidence intervals for a proportion, and for the difference of two."""

from math import sqrt

Z_95 = 1.959963984540054


def wilson(hits: float, total: float, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion, which is sound for small numbers too.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (JASA, 1927). With
    `z` as given it covers 95 %. Nothing is known of nobody: the interval of 0 in 0 is from 0 to 1.
    """
    if not total:
        return 0.0, 1.0
    share = hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def newcombe(
    hits: int, total: int, other_hits: int, other_total: int, z: float = Z_95
) -> tuple[float, float]:
    """Return the interval of the first proportion less the second, of two independent groups.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions (Statistics in
    Medicine, 1998), method 10: from the Wilson interval of each.
    """
    low, high = wilson(hits, total, z)
    other_low, other_high = wilson(other_hits, other_total, z)
    share = hits / total if total else 0.0
    other = other_hits / other_total if other_total else 0.0
    difference = share - other
    return (
        max(-1.0, difference - sqrt((share - low) ** 2 + (other_high - other) ** 2)),
        min(1.0, difference + sqrt((high - share) ** 2 + (other - other_low) ** 2)),
    )


def wald_difference(
    control: tuple[int, int], arm: tuple[int, int], z: float = Z_95
) -> tuple[float, float]:
    """Return the Wald interval of a difference of two proportions, for large groups only.

    Published trials often print it. Source: A. Agresti, Categorical data analysis (3rd edition, 2013), 3.1.
    """
    before, after = _share(control), _share(arm)
    variance = before * (1 - before) / control[1] + after * (1 - after) / arm[1]
    spread = z * sqrt(variance)
    return after - before - spread, after - before + spread


def _share(group: tuple[int, int]) -> float:
    hits, total = group
    return hits / total
