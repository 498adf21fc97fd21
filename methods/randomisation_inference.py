"""P-values from the draw itself, without a model of why people respond."""

from math import exp, lgamma

_AS_FAR = 1e-9  # two differences this near are one, since floats round


def redrawn(control: tuple[int, int], arm: tuple[int, int]) -> float:
    """Return how often a new draw of the same groups gives a difference as large, by chance.

    Each group is given as hits and total. Under the sharp null nobody's response depends on the group, so only
    the draw is chance, and the number of hits that fall in the arm is hypergeometric. It is summed exactly,
    over both sides, with half of what is just as large (mid-p).

    Source: R. A. Fisher, The design of experiments (1935), chapter 2; G. W. Imbens and D. B. Rubin, Causal
    inference for statistics, social, and biomedical sciences (2015), chapter 5.
    """
    (before, many_before), (after, many_after) = control, arm
    hits, people = before + after, many_before + many_after
    seen = abs(after / many_after - before / many_before)

    if seen <= _AS_FAR:  # no draw is nearer, as where everybody responded
        return 1.0

    def counts(inside: int) -> float:
        beyond = abs(inside / many_after - (hits - inside) / many_before) - seen
        return 0.5 if abs(beyond) <= _AS_FAR else float(beyond > 0)

    least, most = max(0, hits - many_before), min(hits, many_after)
    whole = _ways(people, many_after)
    chance = 0.0
    for inside in range(least, most + 1):
        if part := counts(inside):
            ways = _ways(hits, inside) + _ways(people - hits, many_after - inside)
            chance += part * exp(ways - whole)
    return min(1.0, chance)


def _ways(of: int, chosen: int) -> float:
    """Return the logarithm of the number of ways to choose some of these."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
