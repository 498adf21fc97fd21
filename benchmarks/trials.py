"""Simulated trials that count false alarms of the test and intervals that hold the truth.

`python -m benchmarks.trials --seeds 10000 [--only rejects]`. The people are not drawn from what the estimator
supposes: each has a chance of their own (a logit with a frailty of the cluster and one of the person, and a stratum),
the effect differs by person and does nothing to whom it does not reach. The truth is the mean over a million of them.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from methods.clusters import design_effect, redrawn_clusters
from methods.proportion_tests import two_sided
from methods.sequential_boundaries import Kind, boundaries
from methods.stratified import adjusted_difference, redrawn_in_strata, together

PEOPLE = 1_500
HELD = 0.2
LOOKS = 3
DRAWS = 2_000
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Invented people with their stratum, cluster, and response with and without an offer."""

    stratum: Any
    cluster: Any
    without: Any
    treated: Any
    day: Any  # of their response, in parts of the period


def invented(random: Any, people: int, *, effect: float, pairs: float = 0.0) -> People:
    """Invent people, of whom a share stands in clusters of two."""
    in_pairs = int(people * pairs) // 2 * 2
    cluster = np.concatenate(
        [np.repeat(np.arange(in_pairs // 2), 2), np.arange(in_pairs // 2, people - in_pairs // 2)]
    )
    many = people - in_pairs // 2
    stratum = (random.random(many) < 0.3)[cluster].astype(int)
    logit = -1.4 + 0.9 * stratum + 1.2 * random.standard_normal(many)[cluster]
    logit = logit + 0.5 * random.standard_normal(people)
    own = effect * random.gamma(2.0, 0.5, people) * (random.random(people) < 0.955)
    level = random.random(people)
    return People(
        stratum=stratum,
        cluster=cluster,
        without=level < 1 / (1 + np.exp(-logit)),
        treated=level < 1 / (1 + np.exp(-logit - own)),
        day=np.minimum(1.0, random.lognormal(-1.6, 0.9, people)),
    )


def truth(effect: float, by: float = 1.0) -> float:
    """Return the difference that an offer makes in a million people by a part of the period."""
    found = invented(np.random.default_rng(0), MILLION, effect=effect)
    in_time = found.day <= by
    return float((found.treated & in_time).mean() - (found.without & in_time).mean())


def first_by_lot(random: Any, people: People, many: int) -> Any:
    """Return who is among the first of one random order that is spread over the strata, clusters whole."""
    clusters, first = np.unique(people.cluster, return_index=True)
    stratum, spread = people.stratum[first], np.empty(len(clusters))
    for each in np.unique(stratum):
        mine = np.flatnonzero(stratum == each)
        place = random.permutation(len(mine)) + 1
        spread[mine] = (place - random.random()) / len(mine)
    order = np.argsort(spread)
    sizes = np.bincount(people.cluster)[order]
    taken = order[np.cumsum(sizes) <= many]
    return np.isin(people.cluster, clusters[taken])


def tables(people: People, arm: Any, did: Any) -> list[Any]:
    """Return hits and people of both groups by stratum."""
    found = []
    for each in np.unique(people.stratum):
        here = people.stratum == each
        control, treated = here & ~arm, here & arm
        found.append(
            (
                (int(did[control].sum()), int(control.sum())),
                (int(did[treated].sum()), int(treated.sum())),
            )
        )
    return found


def covers(found: list[Any], true: float, wider: tuple[float, float] = (1.0, 1.0)) -> bool:
    """Say whether the interval holds the true difference."""
    control, arm = wider
    effective = [
        ((b / control, n / control), (a / arm, m / arm)) for (b, n), (a, m) in together(found)
    ]
    _, low, high = adjusted_difference(effective)
    return low <= true <= high


def _tried(seed: int, effect: float, pairs: float, held: float) -> tuple[Any, People, Any, Any]:
    random = np.random.default_rng(seed)
    people = invented(random, PEOPLE, effect=effect, pairs=pairs)
    arm = first_by_lot(random, people, int(PEOPLE * (1 - held)))
    return random, people, arm, np.where(arm, people.treated, people.without)


def null_in_strata(seed: int) -> bool:
    """Say whether the test rejects, where people are drawn alone in strata and nothing has an effect."""
    _, people, arm, did = _tried(seed, 0, 0, HELD)
    return redrawn_in_strata(tables(people, arm, did)) < 0.05


def null_of_clusters(seed: int) -> bool:
    """Say whether the test rejects, where a third of the people are drawn in twos."""
    _, people, arm, did = _tried(seed, 0, 0.33, HELD)
    before, after = _clusters(people, ~arm, did), _clusters(people, arm, did)
    return redrawn_clusters(before, after, draws=DRAWS, seed=seed) < 0.05


def null_of_looks(seed: int) -> bool:
    """Say whether any of three looks crosses its boundary, where nothing has an effect."""
    _, people, arm, did = _tried(seed, 0, 0, HELD)
    # looks at equal information: each sees another third of the people
    places = np.random.default_rng(seed + 10**6).permutation(PEOPLE)
    for look, z in enumerate(_critical(), 1):
        seen = np.zeros(PEOPLE, dtype=bool)
        seen[places[: PEOPLE * look // LOOKS]] = True
        part = People(
            stratum=people.stratum[seen],
            cluster=people.cluster[seen],
            without=people.without[seen],
            treated=people.treated[seen],
            day=people.day[seen],
        )
        if redrawn_in_strata(tables(part, arm[seen], did[seen])) < two_sided(z):
            return True
    return False


@cache
def _critical() -> list[float]:
    return list(boundaries(LOOKS, Kind.OBRIEN_FLEMING))


def _clusters(people: People, inside: Any, did: Any) -> list[tuple[int, int, int]]:
    order = np.bincount(people.cluster[inside])
    hits = np.bincount(people.cluster[inside], weights=did[inside])
    stratum = np.zeros(len(order), dtype=int)
    stratum[people.cluster[inside]] = people.stratum[inside]
    return [(int(stratum[at]), int(order[at]), int(hits[at])) for at in np.flatnonzero(order)]


def covered_of_hold_out(true: float) -> Callable[[int], bool]:
    """Say whether the interval against a hold-out holds the truth."""

    def one(seed: int) -> bool:
        _, people, arm, did = _tried(seed, EFFECT, 0, HELD)
        return covers(tables(people, arm, did), true)

    return one


def covered_of_clusters(true: float) -> Callable[[int], bool]:
    """Say the same where a third of the people are drawn in twos."""

    def one(seed: int) -> bool:
        _, people, arm, did = _tried(seed, EFFECT, 0.33, HELD)
        wider = tuple(
            design_effect(Counter((n, hits) for _, n, hits in _clusters(people, side, did)))
            for side in (~arm, arm)
        )
        return covers(tables(people, arm, did), true, (wider[0], wider[1]))

    return one


def covered_of_limit(true: float) -> Callable[[int], bool]:
    """Say the same where the control are most of the people, those beyond a limit."""

    def one(seed: int) -> bool:
        _, people, arm, did = _tried(seed, EFFECT, 0, 0.6)
        return covers(tables(people, arm, did), true)

    return one


def covered_of_waves(true: float) -> Callable[[int], bool]:
    """Say the same of the first two of three waves against the third, before its day."""

    def one(seed: int) -> bool:
        _, people, arm, did = _tried(seed, EFFECT, 0, 1 / 3)
        return covers(tables(people, arm, did & (people.day <= BY)), true)

    return one


EFFECT = 0.6
BY = 0.25
"""The part of the period after which the last wave goes."""


def main() -> None:
    """Run every simulation over the seeds 1 to N and print the shares as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--only", default="", help="run those whose name holds this text")
    asked = parser.parse_args()
    seeds = asked.seeds
    whole, early = truth(EFFECT), truth(EFFECT, BY)
    runs: dict[str, Callable[[int], bool]] = {
        "rejects, strata": null_in_strata,
        "rejects, clusters": null_of_clusters,
        "rejects, three looks": null_of_looks,
        "covers, hold-out": covered_of_hold_out(whole),
        "covers, clusters": covered_of_clusters(whole),
        "covers, limit": covered_of_limit(whole),
        "covers, later waves": covered_of_waves(early),
    }
    found = {}
    for name, run in runs.items():
        if asked.only in name:
            found[name] = sum(run(seed) for seed in range(1, seeds + 1)) / seeds
            print(name, found[name], file=sys.stderr, flush=True)
    print(json.dumps({"seeds": seeds, "true": [whole, early], **found}, indent=2))


if __name__ == "__main__":
    main()
