"""New draws of a million people in four arms, a thousand times, beside a permutation for each draw.

python -m benchmarks.redraws [--quick]

The peer permutes the arms of everybody with numpy and counts the hits of each arm with bincount.
"""

import argparse
import resource
import time

import numpy as np

from benchmarks.measuring import Verdict, ratio, report
from methods.clusters import redrawn_clusters

PEOPLE, ARMS, DRAWS, QUICKLY = 1_000_000, 4, 1_000, 20
FASTER, MEGABYTES = 10.0, 1_000


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICKLY} draws of the peer, scaled")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    draws = QUICKLY if arguments.quick else DRAWS
    random = np.random.default_rng(1)
    arms = np.arange(PEOPLE) % ARMS
    did = random.random(PEOPLE) < 0.3
    began = time.perf_counter()
    for _ in range(draws):
        np.bincount(random.permutation(arms), weights=did, minlength=ARMS)
    peer = (time.perf_counter() - began) * DRAWS / draws
    began = time.perf_counter()
    groups = [[(0, 1, int(each)) for each in did[arms == arm]] for arm in range(ARMS)]
    for arm in range(1, ARMS):
        redrawn_clusters(groups[0], groups[arm], draws=DRAWS, seed=1)
    ours = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = f"{DRAWS:,} draws of {PEOPLE:,} people in {ARMS} arms"
    return report(
        [
            ratio(name, ours, peer, 1 / FASTER),
            Verdict(
                name=f"{name}: memory",
                ours=memory,
                goal=f"under {MEGABYTES} MB",
                holds=memory < MEGABYTES,
                unit="MB",
            ),
        ],
        as_json=arguments.json,
    )


if __name__ == "__main__":
    raise SystemExit(main())
