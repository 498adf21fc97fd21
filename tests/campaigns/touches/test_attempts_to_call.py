"""Attempts to call fall in different parts of the day, three in one campaign."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from installation.installation import Installation
from store.clock import parse_moment
from store.states import DayPart, TouchState
from store.tables import Attempt, Touch
from tests.passes import deliver
from tests.stories import CALLS, campaign_file, launched, populate


@pytest.fixture
def calling(installation: Installation, tmp_path: Path, now: datetime) -> Installation:
    """A campaign of four attempts to call, all due on one Monday."""
    populate(installation, 600, now=now)
    launched(installation, campaign_file(tmp_path, where="has(call)", arms=CALLS), now=now)
    return installation


def parts(installation: Installation) -> set[DayPart | None]:
    with installation.store.reading() as connection:
        return set(connection.execute(select(Attempt.day_part)).scalars())


@pytest.mark.thorough
def test_each_attempt_is_made_in_another_part_of_the_day_and_after_three_it_is_enough(
    calling: Installation,
) -> None:
    with calling.store.reading() as connection:
        people = len(set(connection.execute(select(Touch.person_id)).scalars()))
    assert people > 20
    for at, part in (
        ("09:30", DayPart.MORNING),
        ("12:30", DayPart.AFTERNOON),
        ("17:30", DayPart.EVENING),
    ):
        before = parts(calling)
        made = deliver(calling, now=parse_moment(f"2023-06-05T{at}"))
        assert made.handed_over == people
        assert parts(calling) == before | {part}
        again = deliver(calling, now=parse_moment(f"2023-06-05T{at}"))
        assert again.handed_over == 0  # the next attempt waits for another part of the day
    assert made.withheld == people  # right after the third: a fourth is one too many
    assert deliver(calling, now=parse_moment("2023-06-06T09:30")).handed_over == 0
    with calling.store.reading() as connection:
        held = select(Touch.reason).where(Touch.state == TouchState.WITHHELD)
        assert set(connection.execute(held).scalars()) == {"FREQUENCY_CAP"}
