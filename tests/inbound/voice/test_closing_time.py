"""Sixty callers around closing time, half of all requests seconds late, ten agents by the API and by the pages."""

from pathlib import Path

import pytest

from benchmarks.closing_time import CALLERS, play


@pytest.mark.heavy
@pytest.mark.parametrize(("road", "seed"), [("api", 1), ("page", 2)])
def test_around_closing_time_every_promise_said_stands_and_nobody_is_left_in_a_closed_line(
    tmp_path: Path, road: str, seed: int
) -> None:
    ended = play(road, seed=seed, home=tmp_path)
    assert len({row["caller"] for row in ended.rows}) == CALLERS
    assert ended.answered > 10
    assert ended.promised > 10
    assert (ended.broken, ended.shut_in, ended.left) == ([], [], [])
