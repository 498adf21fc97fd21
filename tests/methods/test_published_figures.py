"""Every figure that somebody published and that we compute is computed here again.

The readability score of Douma is in `tests/templates/test_readability.py`.
"""

import pytest

from methods.intervals import newcombe, wald_difference, wilson
from methods.pacing import busiest_day, steady_wave
from methods.proportion_tests import holm, pooled_test, sample_ratio_test
from methods.queues import erlang_a, erlang_c
from methods.sample_size import detectable_difference, needed
from methods.sequential_boundaries import Kind, boundaries

HUNDRED_IN_HALF_AN_HOUR = {"calls_per_s": 100 / 1800, "handling_s": 180, "target_s": 20}


def test_erlang_c_of_the_manual_of_the_package_erlangc_for_r() -> None:
    """Source: rdocumentation.org/packages/ErlangC, 100 calls in 30 minutes of 180 s."""
    found = erlang_c(agents=14, **HUNDRED_IN_HALF_AN_HOUR)
    assert found.p_wait == pytest.approx(0.1741319, abs=5e-8)
    assert found.service_level == pytest.approx(0.88835, abs=5e-6)
    assert found.average_wait_s == pytest.approx(7.83593701, abs=5e-9)
    assert found.occupancy == pytest.approx(0.7142857, abs=5e-8)
    fewer = erlang_c(agents=13, **HUNDRED_IN_HALF_AN_HOUR)
    assert fewer.service_level == pytest.approx(0.79559, abs=5e-6)


def test_erlang_a_of_the_survey_of_call_centres() -> None:
    """Source: N. Gans, G. Koole and A. Mandelbaum, Telephone call centers (M&SOM, 2003), the worked example."""
    found = erlang_a(calls_per_s=48 / 60, handling_s=60, agents=50, target_s=20, patience_s=120)
    assert found.p_abandon == pytest.approx(0.0309, abs=5e-5)
    assert found.average_wait_s == pytest.approx(3.71, abs=5e-3)


def test_calls_after_cards_by_the_published_delay_of_direct_mail() -> None:
    """Source: the lognormal fit of stats.stackexchange.com/questions/145193, with 15 % callers assumed."""
    day, calls = busiest_day(5_000, waves=1, every=7, callers=0.15)
    assert day == 4
    assert calls == pytest.approx(60.3, abs=0.05)
    day, calls = busiest_day(5_000, waves=5, every=7, callers=0.15)
    assert day == 31
    assert calls == pytest.approx(23.31, abs=0.005)
    assert steady_wave(24, every=7, callers=0.15) == 986


@pytest.mark.parametrize(("control", "treated", "people"), [(0.1, 0.15, 686), (0.3, 0.33, 3_763)])
def test_the_size_of_a_trial(control: float, treated: float, people: int) -> None:
    """Source: Fleiss, Levin and Paik (2003), without continuity correction, two-sided 5 %, power 80 %."""
    assert needed(control, treated) == people
    assert needed(treated, control) == people


def test_what_a_trial_can_detect() -> None:
    """Source: the same formula, solved for the difference at a baseline of 25 % and 2,500 an arm."""
    found = detectable_difference(0.25, held_out=2_500, per_arm=2_500)
    assert found == pytest.approx(0.035, abs=5e-4)


def test_five_hundred_in_fifteen_hundred() -> None:
    """Source: Wilson (1927); the share of card holders of 2023 who filed, without a control group."""
    low, high = wilson(500, 1_500)
    assert [low, high] == pytest.approx([0.310, 0.358], abs=5e-4)


@pytest.mark.parametrize(
    ("kind", "published", "precision"),
    [
        (Kind.OBRIEN_FLEMING, (4.562, 3.226, 2.634, 2.281, 2.040), 5.1e-4),
        (Kind.LAN_DEMETS, (4.8769, 3.3570, 2.6803, 2.2898, 2.0310), 5.1e-5),
        (Kind.POCOCK, (2.413, 2.413, 2.413, 2.413, 2.413), 5.1e-4),
    ],
)
def test_the_boundaries_of_five_looks(
    kind: Kind, published: tuple[float, ...], precision: float
) -> None:
    """Source: C. Jennison and B. W. Turnbull, Group sequential methods (2000); gsDesign for the spending."""
    assert boundaries(5, kind) == [pytest.approx(each, abs=precision) for each in published]


OLD_LETTER = (round(27_567 * 0.5330), 27_567)


@pytest.mark.parametrize(
    ("people", "paid", "difference", "low", "high"),
    [
        (27_500, 0.6232, 9.02, 8.20, 9.84),
        (27_464, 0.6247, 9.17, 8.35, 9.99),
        (27_073, 0.6412, 10.82, 10.00, 11.64),
    ],
)
def test_the_belgian_letters(
    people: int, paid: float, difference: float, low: float, high: float
) -> None:
    """Source: FPS Finance, dunning letters of personal income tax (doi 10.1086/713096), debts with a payment.

    The table prints shares in two decimals, so hits are known to the nearest debt.
    """
    letter = (round(people * paid), people)
    wald = [100 * each for each in wald_difference(OLD_LETTER, letter)]
    assert wald == [pytest.approx(low, abs=0.0051), pytest.approx(high, abs=0.0051)]
    assert sum(wald) / 2 == pytest.approx(difference, abs=0.0051)
    # At this size Newcombe's interval differs from Wald's in the third decimal only.
    assert [100 * each for each in newcombe(*letter, *OLD_LETTER)] == [
        pytest.approx(each, abs=0.01) for each in wald
    ]
    assert pooled_test(OLD_LETTER, letter) < 1e-90


def test_the_intervals_of_newcombes_paper() -> None:
    """Source: Newcombe (1998), table II, method 10."""
    paper = {((48, 80), (56, 70)): (0.0524, 0.3339), ((3, 10), (9, 10)): (0.1705, 0.8090)}
    paper |= {((0, 10), (10, 10)): (0.6075, 1.0)}
    for (control, arm), interval in paper.items():
        assert list(newcombe(*arm, *control)) == pytest.approx(list(interval), abs=6e-4)


def test_holms_correction() -> None:
    """Source: Holm (1979): the least of three by three, the next by two, never less than the one before."""
    assert holm([0.01, 0.04, 0.03]) == [pytest.approx(each) for each in (0.03, 0.06, 0.06)]


def test_a_sample_ratio_is_tested_by_chi_square() -> None:
    """Source: the table of chi-square: 3.841 and 5.991 are the 5 % points of one and two degrees of freedom."""
    assert sample_ratio_test([50, 50], [1, 1]) == 1
    off = (3.841459 * 100) ** 0.5 / 2
    assert sample_ratio_test([50 + off, 50 - off], [1, 1]) == pytest.approx(0.05, abs=1e-6)
    assert sample_ratio_test([800, 1_000, 0], [4, 5, 1]) < 1e-20
