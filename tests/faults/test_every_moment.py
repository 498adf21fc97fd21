"""A fault at every moment of a delivery by post, text and call: nobody is lost and nobody is reached twice.

The judge is the audit that operators run, against the provider's own list and every file. A trial that finds something
names its seed and its moments; `python -m tests.faults.replay SEED MOMENT [MOMENT]` plays it again.
"""

import sys
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.faults.small_campaign import prepare
from tests.faults.trials import Left, Outcome, fails_at, fresh, kept_at_every_moment

FEW, PEOPLE = 3, 30
SEEDS, FAILING = range(1, 5), (1,)
AGAIN = 2
"""First kills of one seed after which the pass that mends is killed at every moment too."""
LEAST = 160
"""Trials of one seed at least. Four seeds run before a change lands; a dozen are more than two thousand."""
DECISIVE = ("link",)


def test_a_kill_at_the_decisive_moments_loses_nobody_and_doubles_nobody(tmp_path: Path) -> None:
    prepared = prepare(tmp_path / "home", FEW, now=NOW)
    kept = kept_at_every_moment(fresh(prepared, tmp_path / "first"), tmp_path / "kept")
    outcome = Outcome(seed=0, people=FEW)
    for what in DECISIVE:
        at = next(n for n, each in enumerate(kept) if each.what == what)
        outcome.judge(f"killed at {at}", kept[at])
    assert outcome.violations == []


@pytest.mark.heavy
@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_at_every_moment_loses_nobody_and_doubles_nobody(tmp_path: Path, seed: int) -> None:
    prepared = prepare(tmp_path / "home", PEOPLE, now=NOW, seed=seed)
    outcome = Outcome(seed=seed, people=PEOPLE)
    kept = kept_at_every_moment(fresh(prepared, tmp_path / "first"), tmp_path / "kept")
    _kill_again(outcome, kept, tmp_path)
    for at, each in enumerate(kept):
        outcome.judge(f"killed at {at}", each)
    sys.stdout.write(f"{outcome}\n")
    assert outcome.violations == []
    assert outcome.trials >= LEAST


@pytest.mark.heavy
@pytest.mark.parametrize("seed", FAILING)
def test_a_failure_at_every_moment_loses_nobody_and_doubles_nobody(
    tmp_path: Path, seed: int
) -> None:
    prepared = prepare(tmp_path / "home", PEOPLE, now=NOW, seed=seed)
    outcome, number = Outcome(seed=seed, people=PEOPLE), 1
    while left := fails_at(fresh(prepared, tmp_path / f"failed-{number}"), number):
        outcome.judge(f"failed at {number}", left)
        left.remove()
        number += 1
    sys.stdout.write(f"{outcome}\n")
    assert outcome.violations == []


def _kill_again(outcome: Outcome, kept: list[Left], folder: Path) -> None:
    """Kill the pass after some of the kills at every moment; each seed takes other ones."""
    step = len(kept) // AGAIN
    for first in range(outcome.seed % step, step * AGAIN, step):
        left = fresh_from(kept[first], folder / f"again-{first}")
        second = kept_at_every_moment(left, folder / f"kept-{first}")
        for at, each in enumerate(second):
            outcome.judge(f"killed at {first} and {at}", each)
        for each in (*second, left):
            each.remove()


def fresh_from(left: Left, folder: Path) -> Left:
    """Return a copy of what was left, so that it can be judged too."""
    copy = fresh(left.home, folder)
    return Left(what=left.what, home=copy.home, provider=left.provider.copied(), at=left.at)
