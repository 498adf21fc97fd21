"""The smallest difference that a plan can find, said before anybody signs."""

import pytest

from campaigns.planning.arm_allocation import Slice, Split
from campaigns.planning.trial_figures import detectable


def _split(*sizes: int, held: int = 0) -> Split:
    slices, rank = [], 1
    for arm, size in enumerate((*sizes, held)):
        hold_out = arm == len(sizes)
        last = rank + size - 1
        slices.append(Slice(arm=arm, wave=0, first=rank, last=last, hold_out=hold_out))
        rank = last + 1
    return Split(rank - 1, tuple(slices))


@pytest.mark.parametrize(
    ("split", "over_limit", "points"),
    [
        (_split(1_200, held=300), 0, (6.2, 8.3, 9.0)),  # 1,500 people, a fifth held out
        (_split(1_200), 300, (6.2, 8.3, 9.0)),  # those beyond the limit were drawn by lot too
        (_split(5_000, 1_200, held=300), 0, (6.2, 8.3, 9.0)),  # the smallest arm counts
        (_split(7, held=2), 0, (85.6, None, None)),
    ],
)
def test_the_smallest_difference_follows_from_the_groups(
    split: Split, over_limit: int, points: tuple[float | None, ...]
) -> None:
    found = detectable(split, over_limit)
    assert found is not None
    assert found.points == points


def test_without_anybody_left_out_by_lot_nothing_is_promised() -> None:
    assert detectable(_split(1_500), 0) is None
    assert detectable(_split(0, held=5), 0) is None
