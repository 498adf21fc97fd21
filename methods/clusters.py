"""Trials in which people were drawn together, as those who share a number: intervals and new draws."""

from collections import Counter
from collections.abc import Mapping, Sequence

Cluster = tuple[int, int, int]
"""A stratum, the people of a cluster, and how many of them responded."""
_AS_FAR = 1e-9


def design_effect(clusters: Mapping[tuple[int, int], int]) -> float:
    """Return by how much the variance of a proportion is larger than if everybody were drawn alone.

    It is never taken under 1. Source: J. N. K. Rao and A. J. Scott, A simple method for the analysis of clustered
    binary data (Biometrics, 1992): divide hits and total by it, and use the formulas for people drawn alone.

    Args:
        clusters: How many clusters there are of each size and number of hits.
    """
    many = sum(clusters.values())
    people = sum(size * count for (size, _), count in clusters.items())
    hits = sum(found * count for (_, found), count in clusters.items())
    if many < 2:  # noqa: PLR2004  one cluster says nothing of the spread, so it counts as one person
        return float(max(1, people))
    if not 0 < hits < people:
        return 1.0
    share = hits / people
    residuals = sum(
        count * (found - size * share) ** 2 for (size, found), count in clusters.items()
    )
    variance = many / (many - 1) * residuals / people**2
    return max(1.0, variance / (share * (1 - share) / people))


def redrawn_clusters(
    control: Sequence[Cluster], arm: Sequence[Cluster], *, draws: int, seed: int
) -> float:
    """Return how often a new draw of whole clusters gives a difference as large, by chance.

    Clusters of one stratum, size and number of hits are alike: how many of each kind fall in the arm is a
    multivariate hypergeometric number, so a draw costs as much for a million people as for a hundred. What was
    seen counts as one of the draws, so that the p-value is never nought, and draws just as large count half (mid-p).

    Sources: B. Phipson and G. K. Smyth, Permutation p-values should never be zero (SAGMB, 2010); H. O. Lancaster,
    Significance tests in discrete distributions (Journal of the American Statistical Association, 1961).
    """
    import numpy as np

    random = np.random.default_rng(seed)
    inside, whole = Counter(arm), Counter(control) + Counter(arm)
    hits = np.zeros(draws)
    people = np.zeros(draws)
    seen_hits = seen_people = all_hits = all_people = 0
    for stratum in sorted({kind[0] for kind in whole}):
        kinds = sorted(kind for kind in whole if kind[0] == stratum)
        drawn = sum(inside[kind] for kind in kinds)
        counts = [whole[kind] for kind in kinds]
        fell = random.multivariate_hypergeometric(counts, drawn, size=draws, method="marginals")
        sizes, found = [kind[1] for kind in kinds], [kind[2] for kind in kinds]
        hits += fell @ np.array(found)
        people += fell @ np.array(sizes)
        seen_hits += sum(inside[kind] * kind[2] for kind in kinds)
        seen_people += sum(inside[kind] * kind[1] for kind in kinds)
        all_hits += sum(whole[kind] * kind[2] for kind in kinds)
        all_people += sum(whole[kind] * kind[1] for kind in kinds)

    def apart(hits_in: object, people_in: object) -> object:
        rest = np.maximum(1, all_people - np.asarray(people_in))
        within = np.maximum(1, np.asarray(people_in))
        return np.abs(np.asarray(hits_in) / within - (all_hits - np.asarray(hits_in)) / rest)

    if float(np.asarray(apart(seen_hits, seen_people))) <= _AS_FAR:
        return 1.0
    beyond = np.asarray(apart(hits, people)) - np.asarray(apart(seen_hits, seen_people))
    farther, as_far = int(np.sum(beyond > _AS_FAR)), int(np.sum(np.abs(beyond) <= _AS_FAR))
    return (farther + (as_far + 1) / 2) / (draws + 1)
