"""Time until something happens, against the best-known published curve."""

import pytest

from methods.survival import interval_at, kaplan_meier, restricted_mean

HAPPENED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_WAITING = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
DAYS = [*HAPPENED, *STILL_WAITING]
DID = [*[True] * len(HAPPENED), *[False] * len(STILL_WAITING)]


def test_the_curve_of_the_trial_of_mercaptopurine() -> None:
    """Source: E. J. Freireich and others (Blood, 1963), weeks of remission; the table of many textbooks."""
    curve = kaplan_meier(DAYS, DID)
    assert [day for day, _ in curve] == [6, 7, 10, 13, 16, 22, 23]
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [share for _, share in curve] == pytest.approx(published, abs=5e-4)
    assert restricted_mean(curve, 35) == pytest.approx(23.3, abs=0.05)


def test_without_anybody_waiting_it_is_the_share_and_the_mean() -> None:
    curve = kaplan_meier([1, 2, 3, 4], [True] * 4)
    assert curve == [(1, 0.75), (2, 0.5), (3, pytest.approx(0.25)), (4, 0)]
    assert restricted_mean(curve, 10) == pytest.approx(2.5)


def test_the_interval_holds_the_share_and_is_certain_before_anything_happened() -> None:
    low, high = interval_at(DAYS, DID, 10)
    assert low < 0.753 < high
    assert interval_at(DAYS, DID, 5) == (1, 1)
    assert (low, high) == pytest.approx((0.564, 0.942), abs=2e-3)  # Greenwood's error is .0963


def test_where_nothing_happened_everybody_still_waits() -> None:
    assert kaplan_meier([3, 5], [False, False]) == []
    assert restricted_mean([], 7) == 7
