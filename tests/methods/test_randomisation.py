"""Assignment: by cluster, in the shares of each stratum, the same on every machine."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods.randomisation import InTwoStrata, assign, assignment_hash

SHARES = st.sampled_from([(80, 20), (50, 50), (40, 40, 20), (1, 1, 1)])


@settings(max_examples=50)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5), shares=SHARES, seed=st.integers(0)
)
def test_every_stratum_is_within_one_block_of_its_shares(
    sizes: list[int], shares: tuple[int, ...], seed: int
) -> None:
    strata = [f"s{at}" for at, size in enumerate(sizes) for _ in range(size)]
    clusters = [f"c{at}" for at in range(len(strata))]
    arms = assign(clusters, strata, shares, seed=seed)
    for stratum, size in Counter(strata).items():
        counted = Counter(arm for arm, of in zip(arms, strata, strict=True) if of == stratum)
        for arm, share in enumerate(shares):
            block = min(sum(shares), 5 if sum(shares) == 100 else 3)
            assert abs(counted[arm] - size * share / sum(shares)) < block


@given(seed=st.integers(0, 10**6))
def test_a_household_is_in_one_arm_and_the_order_of_the_file_does_not_matter(seed: int) -> None:
    clusters = ["a", "b", "a", "c", "b", "d"]
    arms = assign(clusters, ["x"] * 6, (1, 1), seed=seed)
    assert (arms[0], arms[1]) == (arms[2], arms[4])
    assert assign(clusters[::-1], ["x"] * 6, (1, 1), seed=seed) == arms[::-1]


def test_a_stratum_of_one_gets_each_arm_as_often_as_its_share_says() -> None:
    drawn = Counter(assign(["c"], ["s"], (80, 20), seed=seed)[0] for seed in range(2_000))
    assert 1_520 < drawn[0] < 1_680  # 1,600, give or take four standard deviations and a half


def test_a_cluster_in_two_strata_is_refused() -> None:
    with pytest.raises(InTwoStrata, match="a is in x and in y"):
        assign(["a", "a"], ["x", "y"], (1, 1), seed=1)


def test_the_same_seed_gives_the_same_draw_on_every_machine() -> None:
    arms = assign([f"c{each}" for each in range(12)], ["s"] * 12, (80, 20), seed=2023)
    assert arms == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0]
    assert assignment_hash([("P2", "card"), ("P1", "hold-out")]) == (
        "371b192818f0c31e87ca804d4dd50c3b6c08bbbeda906213a8822a4bae19d9b1"
    )


def test_the_hash_changes_when_anybody_is_moved() -> None:
    assigned = [("P1", "card"), ("P2", "hold-out")]
    assert assignment_hash(assigned) == assignment_hash(assigned[::-1])
    moved = [("P1", "hold-out"), ("P2", "hold-out")]
    assert assignment_hash(assigned) != assignment_hash(moved)
