"""Tests of proportions and counts against chance."""

from math import erfc, sqrt


def two_sided(z: float) -> float:
    """Return the probability that a standard normal draw lies at least as far from nought as `z`."""
    return erfc(abs(z) / sqrt(2))


def pooled_test(control: tuple[int, int], arm: tuple[int, int]) -> float:
    """Return the two-sided p-value of equal proportions, with the variance pooled under the null.

    Each group is given as hits and total. It is the chi-square test of the two by two table without
    continuity correction. Where everybody or nobody responded in both groups it is 1.

    Source: J. L. Fleiss, B. Levin and M. C. Paik, Statistical methods for rates and proportions (3rd edition, 2003).
    """
    (before, many_before), (after, many_after) = control, arm
    pooled = (before + after) / (many_before + many_after)
    variance = pooled * (1 - pooled) * (1 / many_before + 1 / many_after)
    if variance <= 0:
        return 1.0
    return two_sided((after / many_after - before / many_before) / sqrt(variance))


def holm(p_values: list[float]) -> list[float]:
    """Return p-values corrected for the number of comparisons, in their order.

    Source: S. Holm, A simple sequentially rejective multiple test procedure (Scandinavian Journal of
    Statistics, 1979).
    """
    corrected, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = least
    return corrected


def sample_ratio_test(counts: list[int], shares: list[float]) -> float:
    """Return the p-value that groups of these sizes were drawn with these shares (chi-square).

    A tiny one, under .001, says that people were lost or added after the draw. Shares need not add up to 1.

    Source: A. Fabijan and others, Diagnosing sample ratio mismatch in online controlled experiments (KDD, 2019).
    """
    from scipy.special import chdtrc

    total, whole = sum(counts), sum(shares)
    if total == 0 or len(counts) < 2:  # noqa: PLR2004  one group has nothing to differ from
        return 1.0
    expected = [total * share / whole for share in shares]
    statistic = sum((seen - due) ** 2 / due for seen, due in zip(counts, expected, strict=True))
    return float(chdtrc(len(counts) - 1, statistic))
