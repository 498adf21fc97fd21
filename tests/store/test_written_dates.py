"""Dates and times as people write them."""

from datetime import UTC, date, datetime

import pytest

from store.written_dates import (
    weekday_and_day,
    weekday_and_moment,
    written_day,
    written_moment,
    written_partial,
)

LATE = datetime(2023, 6, 11, 22, 30, tzinfo=UTC)


def test_a_moment_is_written_in_the_citizens_own_time() -> None:
    assert written_moment(LATE, "nl") == "12 juni 2023, 0.30 uur"
    assert written_moment(LATE, "en") == "12 June 2023, 00:30"
    assert weekday_and_moment(LATE, "nl") == "maandag 12 juni 2023, 0.30 uur"
    assert weekday_and_moment(LATE, "en") == "Monday 12 June 2023, 00:30"


def test_a_day_is_written_with_the_name_of_its_month() -> None:
    assert written_day(date(2023, 3, 1), "nl") == "1 maart 2023"
    assert written_day(LATE, "en") == "12 June 2023"
    assert weekday_and_day(date(2023, 3, 1), "en") == "Wednesday 1 March 2023"


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("1980-05-17", "17 mei 1980"),
        ("1980-05", "mei 1980"),
        ("1980", "1980"),
        ("1979-1981", "1979-1981"),
        ("", ""),
    ],
)
def test_of_a_birth_date_only_what_is_known_is_written(known: str, written: str) -> None:
    assert written_partial(known, "nl") == written
