"""Random assignment of clusters to arms, in permuted blocks within strata, the same on every machine.

Source: M. Zelen, The randomization and stratification of patients to clinical trials (Journal of Chronic Diseases,
1974); J. P. Matts and J. M. Lachin, Properties of permuted-block randomization in clinical trials (Controlled Clinical
Trials, 1988).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b, sha256
from math import gcd


class InTwoStrata(ValueError):
    """A cluster has members in two strata, so it cannot be drawn as a whole within one."""


def assign(
    clusters: Sequence[str], strata: Sequence[str], shares: Sequence[int], *, seed: int
) -> list[int]:
    """Return the arm of each person, from 0.

    A cluster gets one arm. Within a stratum, clusters in a random order fill blocks, each of which holds the arms
    in their shares and in an order of its own. So a stratum is never further from its shares than one block, and a
    stratum of one cluster gets each arm as often as its share says.

    Args:
        clusters: The cluster of each person: a household, or those who share a number.
        strata: The stratum of each person.
        shares: Whole numbers, one for each arm, such as 80 and 20.
        seed: Another seed gives another draw.

    Raises:
        InTwoStrata: A cluster has members in two strata.
    """
    block = _block(shares)
    arms: dict[str, int] = {}
    for stratum, members in _by_stratum(clusters, strata).items():
        order = sorted(members, key=lambda cluster: _draw(seed, "cluster", stratum, cluster))
        for place, cluster in enumerate(order):
            number, slot = divmod(place, len(block))
            if slot == 0:
                slots = _shuffled(block, seed, stratum, number)
            arms[cluster] = slots[slot]
    return [arms[cluster] for cluster in clusters]


def assignment_hash(assigned: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 over everybody's reference and arm, in the order of the references.

    Fixed before anything goes out, it proves afterwards that nobody was moved.
    """
    total = sha256()
    for reference, arm in sorted(assigned):
        total.update(f"{len(reference)}:{reference}{len(arm)}:{arm}\n".encode())
    return total.hexdigest()


def _by_stratum(clusters: Sequence[str], strata: Sequence[str]) -> Mapping[str, set[str]]:
    of: dict[str, str] = {}
    members: dict[str, set[str]] = defaultdict(set)
    for cluster, stratum in zip(clusters, strata, strict=True):
        if of.setdefault(cluster, stratum) != stratum:
            raise InTwoStrata(f"{cluster} is in {of[cluster]} and in {stratum}")
        members[stratum].add(cluster)
    return members


def _block(shares: Sequence[int]) -> list[int]:
    """Return the smallest list of arms that holds each in its share."""
    common = gcd(*shares)
    return [arm for arm, share in enumerate(shares) for _ in range(share // common)]


def _shuffled(block: Sequence[int], seed: int, stratum: str, number: int) -> list[int]:
    order = sorted(
        range(len(block)), key=lambda slot: _draw(seed, "block", stratum, f"{number}.{slot}")
    )
    return [block[slot] for slot in order]


def _draw(seed: int, what: str, stratum: str, name: str) -> bytes:
    """Return random bytes that follow from the seed and these names alone."""
    text = f"{seed}\0{what}\0{stratum}\0{name}"
    return blake2b(text.encode(), digest_size=16).digest()
