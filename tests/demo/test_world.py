"""The demo's world: an arm changes nothing but by a card that arrives, and the stated effect is found again."""

from datetime import date, timedelta
from statistics import NormalDist, fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.world import BASE_RATE, CARD_EFFECT, LONGEST_DAYS, POST_DAYS, World
from methods.intervals import newcombe
from methods.stratified import adjusted_difference

DAY_ONE = date(2023, 6, 5)
WAVES = tuple(DAY_ONE + timedelta(days=14 * wave) for wave in range(3))
SEEDS = range(1, 201)
CARDED, HELD_OUT = 1500, 375
worlds = st.builds(
    World, seed=st.integers(0, 10**9), first_day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    base_rate=st.floats(0, 0.6), effect=st.floats(0, 0.4),
)  # fmt: skip
refs = st.from_regex(r"P[0-9]{7}", fullmatch=True)


@given(worlds, refs, st.integers(0, 60))
def test_without_an_effect_a_card_changes_nobodys_filing(world: World, ref: str, days: int) -> None:
    still = World(seed=world.seed, first_day=world.first_day, base_rate=world.base_rate, effect=0)
    card = world.first_day + timedelta(days=days)
    assert still.filed_on(ref, card) == still.filed_on(ref) == world.filed_on(ref)


@given(worlds, refs, st.integers(0, 60))
def test_whoever_files_alone_does_so_on_the_same_day_with_a_card(
    world: World, ref: str, days: int
) -> None:
    card = world.first_day + timedelta(days=days)
    alone, carded = world.filed_on(ref), world.filed_on(ref, card)
    if alone is not None:
        assert carded == alone
        assert world.first_day <= alone <= world.first_day + timedelta(days=LONGEST_DAYS)
    elif carded is not None:
        assert world.moved_by_a_card(ref)
        assert carded >= card + timedelta(days=POST_DAYS)


def test_people_file_from_the_first_day_on_with_the_delays_of_the_curve() -> None:
    world = World(seed=1, first_day=DAY_ONE)
    filed = [day for at in range(8000) if (day := world.filed_on(f"P{at:07d}")) is not None]
    within = [sum((day - DAY_ONE).days < days for day in filed) / len(filed) for days in (9, 35)]
    assert len(filed) / 8000 == pytest.approx(BASE_RATE, abs=0.015)
    assert within == pytest.approx([0.53, 0.95], abs=0.04)
    assert min(filed) < WAVES[0] + timedelta(days=POST_DAYS)


def _difference(world: World) -> tuple[float, float]:
    """Difference in filed shares of cards and hold-out, and its z in a test of two proportions."""
    carded = sum(
        world.filed_on(f"P{at:07d}", WAVES[at % len(WAVES)]) is not None for at in range(CARDED)
    )
    held = sum(world.filed_on(f"P{CARDED + at:07d}") is not None for at in range(HELD_OUT))
    difference = carded / CARDED - held / HELD_OUT
    pooled = (carded + held) / (CARDED + HELD_OUT)
    error = (pooled * (1 - pooled) * (1 / CARDED + 1 / HELD_OUT)) ** 0.5
    return difference, difference / error


@pytest.mark.heavy
def test_no_effect_is_found_where_there_is_none_and_the_stated_one_where_it_is() -> None:
    limit = NormalDist().inv_cdf(0.975)
    for effect in (0.0, CARD_EFFECT):
        found = [_difference(World(seed=seed, first_day=DAY_ONE, effect=effect)) for seed in SEEDS]
        differences = [difference for difference, _ in found]
        error = stdev(differences) / len(found) ** 0.5
        expected = World(seed=0, first_day=DAY_ONE, effect=effect).expected_difference
        assert abs(fmean(differences) - expected) <= 2 * error
        rejected = sum(abs(z) > limit for _, z in found)
        if not effect:
            assert 3 <= rejected <= 19
        else:
            assert rejected > 100


@pytest.mark.heavy
def test_the_interval_of_an_effect_holds_the_stated_one_in_45_of_50_worlds() -> None:
    held = 0
    for seed in range(1, 51):
        world = World(seed=seed, first_day=DAY_ONE)
        carded = sum(
            world.filed_on(f"P{at:07d}", WAVES[at % len(WAVES)]) is not None for at in range(CARDED)
        )
        alone = sum(world.filed_on(f"P{CARDED + at:07d}") is not None for at in range(HELD_OUT))
        _, low, high = adjusted_difference([((alone, HELD_OUT), (carded, CARDED))])
        held += low <= world.expected_difference <= high
    assert held >= 45


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    counts: tuple[int, int, int, int], interval: tuple[float, float]
) -> None:
    # Newcombe 1998, method 10, as its table gives them
    assert newcombe(*counts) == pytest.approx(interval, abs=5e-5)
