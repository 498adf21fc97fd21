"""Differences of two proportions within strata of a draw, and their p-value by drawing anew.

A table is a stratum: the hits and the total of the control, and those of the arm.
"""

from collections.abc import Sequence
from math import exp, lgamma, sqrt

from methods.intervals import Z_95, wilson

Table = tuple[tuple[float, float], tuple[float, float]]
LEAST = 5
"""People whom each group of a stratum must have; smaller strata are taken together."""
_AS_FAR = 1e-9
_SPREADS = 14  # standard deviations; what lies farther out is nought in a float


def together(tables: Sequence[Table]) -> list[Table]:
    """Return the strata, those too small for an interval taken together as one."""
    large = [each for each in tables if min(each[0][1], each[1][1]) >= LEAST]
    small = [each for each in tables if min(each[0][1], each[1][1]) < LEAST]
    if not small:
        return large
    rest = _sum(small)
    if large and min(rest[0][1], rest[1][1]) < LEAST:
        smallest = min(large, key=lambda each: each[0][1] + each[1][1])
        large.remove(smallest)
        rest = _sum([rest, smallest])
    return [*large, rest]


def _sum(tables: Sequence[Table]) -> Table:
    control, arm = zip(*tables, strict=True)
    return (
        (sum(hits for hits, _ in control), sum(total for _, total in control)),
        (sum(hits for hits, _ in arm), sum(total for _, total in arm)),
    )


def adjusted_difference(tables: Sequence[Table], z: float = Z_95) -> tuple[float, float, float]:
    """Return the difference, arm minus control, weighed by the size of the strata, with its interval.

    Of one stratum it is Newcombe's. Source: G. Zou and A. Donner, Construction of confidence limits about effect
    measures: a general approach (Statistics in Medicine, 2008), over the Wilson limits of every stratum.
    """
    people = sum(control[1] + arm[1] for control, arm in tables)
    weights = [(control[1] + arm[1]) / people for control, arm in tables]
    before, low_before, high_before = _weighed([each[0] for each in tables], weights, z)
    after, low_after, high_after = _weighed([each[1] for each in tables], weights, z)
    difference = after - before
    return (
        difference,
        max(-1.0, difference - sqrt((after - low_after) ** 2 + (high_before - before) ** 2)),
        min(1.0, difference + sqrt((high_after - after) ** 2 + (before - low_before) ** 2)),
    )


def _weighed(
    groups: Sequence[tuple[float, float]], weights: Sequence[float], z: float
) -> tuple[float, float, float]:
    share = below = above = 0.0
    for (hits, total), weight in zip(groups, weights, strict=True):
        own = hits / total
        low, high = wilson(hits, total, z)
        share += weight * own
        below += (weight * (own - low)) ** 2
        above += (weight * (high - own)) ** 2
    return share, share - sqrt(below), share + sqrt(above)


def redrawn_in_strata(tables: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> float:
    """Return how often a new draw within the strata puts as many or as few hits in the arm by chance.

    Under the sharp null the hits in the arm are a sum of independent hypergeometric numbers, whose distribution is
    computed exactly. Two-sided: farther from its mean than what was seen, and half of what is as far. With all of
    it a count can only jump past 5 %, and the test rejects too seldom.

    Sources: R. A. Fisher, The design of experiments (1935); N. Mantel and W. Haenszel, Statistical aspects of the
    analysis of data from retrospective studies of disease (JNCI, 1959). Mid-p: H. O. Lancaster, Significance tests
    in discrete distributions (Journal of the American Statistical Association, 1961).
    """
    import numpy as np

    first, chances = 0, np.ones(1)
    seen, mean = 0, 0.0
    for (before, many_before), (after, many_after) in tables:
        hits, people = before + after, many_before + many_after
        if not many_before or not many_after:
            continue
        least, more = _hypergeometric(hits, people, many_after)
        first, chances = first + least, np.convolve(chances, more)
        seen, mean = seen + after, mean + hits * many_after / people
    if abs(seen - mean) <= _AS_FAR:  # no draw is nearer, as where everybody responded
        return 1.0
    counts = first + np.arange(len(chances))
    beyond = np.abs(counts - mean) - abs(seen - mean)
    farther, as_far = beyond > _AS_FAR, np.abs(beyond) <= _AS_FAR
    return min(1.0, float(chances[farther].sum() + chances[as_far].sum() / 2))


def _hypergeometric(hits: int, people: int, drawn: int) -> tuple[int, list[float]]:
    """Return the chances of the number of hits among the drawn, and the least number that they begin at."""
    mean = hits * drawn / people
    spread = sqrt(mean * (1 - drawn / people) * (people - hits) / max(1, people - 1))
    least = max(0, drawn - (people - hits), int(mean - _SPREADS * spread) - 1)
    most = min(hits, drawn, int(mean + _SPREADS * spread) + 1)
    whole = _ways(people, drawn)
    return least, [
        exp(_ways(hits, inside) + _ways(people - hits, drawn - inside) - whole)
        for inside in range(least, most + 1)
    ]


def _ways(of: int, chosen: int) -> float:
    """Return the logarithm of the number of ways to choose some of these."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
