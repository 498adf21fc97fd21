"""Strata and clusters of a draw: of one stratum, or of people drawn alone, the plain formulas come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from methods.clusters import design_effect, redrawn_clusters
from methods.intervals import newcombe
from methods.randomisation_inference import redrawn
from methods.stratified import LEAST, adjusted_difference, redrawn_in_strata, together

groups = st.integers(LEAST, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.lists(st.tuples(groups, groups), min_size=1, max_size=4)


@given(groups, groups)
def test_one_stratum_is_no_stratum(control: tuple[int, int], arm: tuple[int, int]) -> None:
    difference, low, high = adjusted_difference([(control, arm)])
    assert difference == pytest.approx(arm[0] / arm[1] - control[0] / control[1])
    assert (low, high) == pytest.approx(newcombe(*arm, *control))
    assert redrawn_in_strata([(control, arm)]) == pytest.approx(redrawn(control, arm), abs=1e-7)


@given(tables)
def test_the_order_of_strata_changes_nothing_and_the_interval_holds_the_difference(
    found: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    difference, low, high = adjusted_difference(found)
    assert low - 1e-12 <= difference <= high + 1e-12
    assert adjusted_difference(found[::-1]) == pytest.approx((difference, low, high))
    assert 0 < redrawn_in_strata(found) <= 1
    assert redrawn_in_strata(found[::-1]) == pytest.approx(redrawn_in_strata(found))


def test_the_chance_in_strata_is_that_of_every_draw() -> None:
    """Two strata of two and one of three: 2 x 2 x 3 draws, counted by hand."""
    found = [((0, 1), (1, 1)), ((0, 1), (1, 1)), ((0, 2), (1, 1))]
    assert redrawn_in_strata(found) == pytest.approx(1 / 12 / 2)  # one draw, and it counts half
    assert redrawn_in_strata([((0, 3), (0, 3))]) == redrawn_in_strata([((3, 3), (3, 3))]) == 1


@given(groups, groups)
def test_half_of_what_is_just_as_large_counts(
    control: tuple[int, int], arm: tuple[int, int]
) -> None:
    """Held against scipy's table of chances, of which the exact p-value takes all that is as far."""
    (before, many_before), (after, many_after) = control, arm
    hits, people = before + after, many_before + many_after
    counts = range(max(0, hits - many_before), min(hits, many_after) + 1)
    chances = hypergeom.pmf(list(counts), people, hits, many_after)
    far = [abs(each * people - hits * many_after) for each in counts]
    seen = abs(after * people - hits * many_after)
    beyond = sum(chance for chance, each in zip(chances, far, strict=True) if each > seen)
    level = sum(chance for chance, each in zip(chances, far, strict=True) if each == seen)
    wanted = beyond + level / 2 if seen else 1
    assert redrawn(control, arm) == pytest.approx(wanted, abs=1e-9)


def test_small_strata_are_taken_together_and_nobody_is_lost() -> None:
    found = together([((1, 40), (2, 40)), ((0, 1), (1, 3)), ((0, 0), (1, 1))])
    assert found == [((1, 41), (4, 44))]
    assert together([((1, 9), (2, 9)), ((0, 6), (1, 6)), ((0, 1), (1, 5)), ((0, 4), (0, 3))]) == [
        ((1, 9), (2, 9)),
        ((0, 6), (1, 6)),
        ((0, 5), (1, 8)),
    ]


def test_people_drawn_alone_have_no_design_effect_and_twins_have_two() -> None:
    assert design_effect({(1, 0): 300, (1, 1): 100}) == pytest.approx(1, abs=0.01)
    assert design_effect({(2, 0): 150, (2, 2): 50}) == pytest.approx(2, abs=0.02)
    assert design_effect({(1, 1): 1}) == 1
    assert design_effect({(50, 10): 1}) == 50  # of one cluster nothing is known but that it is one


def test_a_new_draw_of_people_alone_is_fishers() -> None:
    control, arm = [(0, 1, 0)] * 30 + [(0, 1, 1)] * 10, [(0, 1, 0)] * 20 + [(0, 1, 1)] * 20
    found = redrawn_clusters(control, arm, draws=40_000, seed=1)
    assert found == pytest.approx(redrawn((10, 40), (20, 40)), abs=0.003)
    assert found == redrawn_clusters(control, arm, draws=40_000, seed=1)


def test_twins_are_drawn_together_so_a_difference_is_less_rare() -> None:
    control, arm = [(0, 2, 0)] * 15 + [(0, 2, 2)] * 5, [(0, 2, 0)] * 10 + [(0, 2, 2)] * 10
    found = redrawn_clusters(control, arm, draws=40_000, seed=1)
    assert found == pytest.approx(redrawn((5, 20), (10, 20)), abs=0.01)
