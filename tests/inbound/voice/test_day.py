"""An hour of five hundred people, a hundred agents and visitors of the web page, in half a minute."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.line_day import play
from channels.voice.in_memory import Switchboard
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import RunningClock
from tests.inbound.voice.rushing import OPEN


@pytest.mark.heavy
@pytest.mark.alone
def test_among_five_hundred_people_in_half_a_minute_nobody_is_lost_and_nobody_is_given_to_two(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = Settings(
        home=tmp_path, database_url=postgres_url, secret="a key for tests only, nobody has another"
    )
    board = Switchboard()
    installation = replace(open_installation(settings, clock=RunningClock(OPEN)), exchange=board)
    day = play(installation, board, people=500, agents_many=100, seconds=30)
    installation.store.engine.dispose()
    assert not day.troubles
    assert (day.lost, day.doubled) == (0, 0)
    assert day.helped + day.gone == 500
    assert day.helped > 375  # how many lose their patience is the affair of the machine
