"""When people may be called and texted, and when a card may arrive: held against dates worked out by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from store.base import NotAware
from store.clock import LOCAL
from store.errors import BadInput
from store.states import DayPart
from suppression.card_arrivals import Post, expected_arrival, next_hand_over
from suppression.contact_hours import (
    EarlyEnd,
    Hours,
    Span,
    closes,
    day_part,
    is_open,
    next_in_other_day_part,
    next_open,
    open_hours,
)
from suppression.days import add_working_days, holiday, is_working_day, next_working_day
from suppression.reasons import Reason
from suppression.verdicts import Allowed, Blocked, Later, Verdict

# Worked out with the almanac's golden number, not with a library: the church's full moon, and the Sunday after it.
FULL_MOONS = (
    "2024-03-25",
    "2025-04-13",
    "2026-04-02",
    "2027-03-22",
    "2028-04-10",
    "2029-03-30",
    "2030-04-17",
)

NAMES = (
    "Nieuwjaarsdag",
    "Goede vrijdag",
    "Eerste paasdag",
    "Tweede paasdag",
    "Koningsdag",
    "Bevrijdingsdag",
    "Hemelvaartsdag",
    "Eerste pinksterdag",
    "Tweede pinksterdag",
    "Eerste kerstdag",
    "Tweede kerstdag",
)
YEARS = {  # month-day, in the order of NAMES
    2024: "01-01 03-29 03-31 04-01 04-27 05-05 05-09 05-19 05-20 12-25 12-26",
    2025: "01-01 04-18 04-20 04-21 04-26 05-05 05-29 06-08 06-09 12-25 12-26",  # 27 April is a Sunday
    2026: "01-01 04-03 04-05 04-06 04-27 05-05 05-14 05-24 05-25 12-25 12-26",
    2027: "01-01 03-26 03-28 03-29 04-27 05-05 05-06 05-16 05-17 12-25 12-26",
    2028: "01-01 04-14 04-16 04-17 04-27 05-05 05-25 06-04 06-05 12-25 12-26",
    2029: "01-01 03-30 04-01 04-02 04-27 05-05 05-10 05-20 05-21 12-25 12-26",
    2030: "01-01 04-19 04-21 04-22 04-27 05-05 05-30 06-09 06-10 12-25 12-26",
}
HOLIDAYS = {
    date.fromisoformat(f"{year}-{day}"): name
    for year, days in YEARS.items()
    for day, name in zip(days.split(), NAMES, strict=True)
}

SUMMERS = (  # the Sundays on which the clocks go forward, and back
    ("2024-03-31", "2024-10-27"),
    ("2025-03-30", "2025-10-26"),
    ("2026-03-29", "2026-10-25"),
    ("2027-03-28", "2027-10-31"),
    ("2028-03-26", "2028-10-29"),
    ("2029-03-25", "2029-10-28"),
    ("2030-03-31", "2030-10-27"),
)

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
HOURS = Hours()
MINUTE = timedelta(minutes=1)


def offset(day: date) -> timedelta:
    """Return how far the clock on the wall is ahead of UTC by day; not asked of any library."""
    summer = any(start <= day.isoformat() < end for start, end in SUMMERS)
    return timedelta(hours=2 if summer else 1)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - offset(day)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def by_hand(day: date) -> tuple[datetime, datetime] | None:
    """Return the default opening of a day, said once more and otherwise."""
    if day in HOLIDAYS or day.strftime("%a") == "Sun":
        return None
    if day.strftime("%a") == "Sat":
        return utc(day, 10), utc(day, 16)
    return utc(day, 9), utc(day, 18 if f"{day:%m-%d}" in ("05-04", "12-05", "12-24") else 20)


# Holidays and working days


@pytest.mark.parametrize("moon", FULL_MOONS)
def test_easter_in_the_table_is_the_sunday_after_the_full_moon(moon: str) -> None:
    after = date.fromisoformat(moon) + timedelta(days=1)
    easter = next(day for n in range(7) if (day := after + timedelta(days=n)).isoweekday() == 7)
    table = {"Goede vrijdag": -2, "Eerste paasdag": 0, "Tweede paasdag": 1}
    table |= {"Hemelvaartsdag": 39, "Eerste pinksterdag": 49, "Tweede pinksterdag": 50}
    assert {name: HOLIDAYS[easter + timedelta(days=n)] for name, n in table.items()} == {
        name: name for name in table
    }


def test_every_day_of_seven_years_is_a_holiday_or_not_as_the_table_says() -> None:
    assert {day: name for day in EVERY_DAY if (name := holiday(day))} == HOLIDAYS


@pytest.mark.parametrize("year", range(2024, 2031))
def test_nobody_is_called_on_the_fifth_of_may_of_any_year(year: int) -> None:
    assert holiday(date(year, 5, 5)) == "Bevrijdingsdag"
    assert open_hours(date(year, 5, 5), HOURS) is None


def test_kings_day_moves_to_saturday_when_it_falls_on_a_sunday() -> None:
    assert holiday(date(2025, 4, 26)) == "Koningsdag"
    assert holiday(date(2025, 4, 27)) is None
    assert open_hours(date(2025, 4, 26), HOURS) is None


def test_a_working_day_is_a_weekday_without_a_holiday() -> None:
    expected = [
        day for day in EVERY_DAY if day.strftime("%a") not in ("Sat", "Sun") and day not in HOLIDAYS
    ]
    assert [day for day in EVERY_DAY if is_working_day(day)] == expected


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2024-03-28", 1, "2024-04-02"),  # Thursday before Easter
        ("2024-03-28", 0, "2024-03-28"),
        ("2024-03-30", 1, "2024-04-02"),  # a Saturday
        ("2025-12-24", 2, "2025-12-30"),  # Thursday and Friday are Christmas
        ("2026-04-24", 3, "2026-04-30"),  # Monday is King's day
        ("2027-05-04", 1, "2027-05-07"),  # 5 May, and Ascension on the sixth
        ("2029-12-31", 1, "2030-01-02"),
    ],
)
def test_working_days_are_counted_over_weekends_and_holidays(
    day: str, n: int, expected: str
) -> None:
    assert add_working_days(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_a_day_named_by_decree_is_no_working_day() -> None:
    after_ascension = date(2026, 5, 15)
    assert is_working_day(after_ascension)
    assert not is_working_day(after_ascension, [after_ascension])
    assert next_working_day(date(2026, 5, 14), [after_ascension]) == date(2026, 5, 18)
    assert add_working_days(date(2026, 5, 13), 2, [after_ascension]) == date(2026, 5, 19)


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="in the past"):
        add_working_days(date(2024, 1, 8), -1)


law = settings(
    deadline=None
)  # the first question about a year reads its holidays, and takes longer
days = st.dates(FIRST, LAST)


@law
@given(days, st.integers(0, 15), st.integers(0, 15))
def test_counting_on_is_counting_at_once(day: date, n: int, more: int) -> None:
    assert add_working_days(add_working_days(day, n), more) == add_working_days(day, n + more)


@law
@given(days)
def test_the_next_working_day_is_the_day_itself_if_it_is_one(day: date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))


# Hours


def test_every_day_of_seven_years_opens_and_closes_as_worked_out_by_hand() -> None:
    assert [(day, open_hours(day, HOURS)) for day in EVERY_DAY] == [
        (day, by_hand(day)) for day in EVERY_DAY
    ]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2024-05-04", "16:00"),  # a Saturday closes earlier already
        ("2025-05-04", None),  # a Sunday
        ("2026-05-04", "18:00"),
        ("2027-05-04", "18:00"),
        ("2028-05-04", "18:00"),
        ("2029-05-04", "18:00"),
        ("2030-05-04", "16:00"),
        ("2024-12-05", "18:00"),
        ("2025-12-05", "18:00"),
        ("2026-12-05", "16:00"),
        ("2027-12-05", None),
        ("2028-12-05", "18:00"),
        ("2029-12-05", "18:00"),
        ("2030-12-05", "18:00"),
        ("2024-12-24", "18:00"),
        ("2025-12-24", "18:00"),
        ("2026-12-24", "18:00"),
        ("2027-12-24", "18:00"),
        ("2028-12-24", None),
        ("2029-12-24", "18:00"),
        ("2030-12-24", "18:00"),
    ],
)
def test_three_evenings_a_year_are_left_alone(day: str, last: str | None) -> None:
    opening = open_hours(date.fromisoformat(day), HOURS)
    assert (f"{opening[1].astimezone(LOCAL):%H:%M}" if opening else None) == last
    if last:
        assert not is_open(wall(f"{day}T{last}"), HOURS)
        assert is_open(wall(f"{day}T{last}") - MINUTE, HOURS)


@pytest.mark.parametrize(("forward", "back"), SUMMERS)
def test_nine_in_the_morning_is_nine_on_the_wall_around_the_change_of_the_clocks(
    forward: str, back: str
) -> None:
    for sunday, before, after in ((forward, 8, 7), (back, 7, 8)):
        change = date.fromisoformat(sunday)
        friday, monday = change - timedelta(days=2), change + timedelta(days=1)
        assert open_hours(change, HOURS) is None
        for day, hour in ((friday, before), (monday, after)):
            if day not in HOLIDAYS:
                midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
                assert next_open(midnight, HOURS) == midnight.replace(hour=hour)


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2024-03-30T15:59", "2024-03-30T15:59"),
        ("2024-03-30T16:00", "2024-04-02T09:00"),  # Easter, and the clocks change that Sunday
        ("2024-12-24T18:00", "2024-12-27T09:00"),
        ("2024-12-31T20:00", "2025-01-02T09:00"),
        ("2025-04-25T20:00", "2025-04-28T09:00"),  # King's day on Saturday
        ("2025-10-26T02:30", "2025-10-27T09:00"),  # an hour that comes twice
        ("2026-03-29T02:30", "2026-03-30T09:00"),  # an hour that never comes
        ("2026-12-24T18:00", "2026-12-28T09:00"),  # Christmas on Friday and Saturday
        (
            "2027-03-25T20:00",
            "2027-03-27T10:00",
        ),  # between Good Friday and Easter there is a Saturday
        ("2027-03-27T16:00", "2027-03-30T09:00"),
        ("2027-05-04T18:00", "2027-05-07T09:00"),  # 5 May, then Ascension
        ("2028-12-31T12:00", "2029-01-02T09:00"),
        ("2029-03-24T16:00", "2029-03-26T09:00"),
        ("2030-10-26T15:00", "2030-10-26T15:00"),
        ("2030-10-26T16:00", "2030-10-28T09:00"),
    ],
)
def test_whoever_is_too_late_waits_for_the_next_opening(asked: str, opens: str) -> None:
    assert next_open(wall(asked), HOURS) == wall(opens)


def test_the_answer_is_in_utc_also_when_asked_from_elsewhere() -> None:
    asked = datetime(
        2024, 7, 1, 6, 30, tzinfo=timezone(timedelta(hours=-4))
    )  # half past twelve in Amsterdam
    assert next_open(asked, HOURS) == asked
    assert {moment.tzinfo for moment in (next_open(asked, HOURS), closes(asked, HOURS))} == {UTC}


def test_a_day_closed_by_decree_is_skipped() -> None:
    hours = Hours(closed_days=(date(2026, 5, 15),))
    assert next_open(wall("2026-05-13T20:00"), HOURS) == wall("2026-05-15T09:00")
    assert next_open(wall("2026-05-13T20:00"), hours) == wall("2026-05-16T10:00")


def test_a_day_that_would_end_before_it_begins_is_closed() -> None:
    hours = Hours(early_ends=(EarlyEnd(month=12, day=31, closes=time(9)),))
    assert open_hours(date(2024, 12, 31), hours) is None
    assert open_hours(date(2024, 12, 24), hours) == (
        wall("2024-12-24T09:00"),
        wall("2024-12-24T20:00"),
    )


def test_hours_without_an_opening_in_a_year_are_one_clear_complaint() -> None:
    hours = Hours(closed_days=tuple(date(2024, 1, 1) + timedelta(days=n) for n in range(800)))
    for ask in (next_open, closes):
        with pytest.raises(BadInput, match="hours: has no opening within a year; open a day"):
            ask(wall("2024-01-05T12:00"), hours)
    assert next_in_other_day_part(wall("2024-01-05T12:00"), (), hours) is None


NAIVE = datetime(2024, 1, 8, 12)  # noqa: DTZ001  the very thing that is refused


@pytest.mark.parametrize("ask", [is_open, next_open, closes])
def test_a_moment_without_a_time_zone_is_refused(ask: Any) -> None:
    with pytest.raises(NotAware, match="has no time zone"):
        ask(NAIVE, HOURS)


@pytest.mark.parametrize("tried", [(), tuple(DayPart)])
def test_a_part_of_the_day_is_not_guessed_without_a_time_zone(tried: tuple[DayPart, ...]) -> None:
    with pytest.raises(NotAware):
        day_part(NAIVE)
    with pytest.raises(NotAware):
        next_in_other_day_part(NAIVE, tried, HOURS)


# Hours as somebody writes them down


def test_hours_are_read_as_people_write_them_and_kept_as_they_were_read() -> None:
    said = {
        "monday": {"opens": "9:30", "closes": "17:00"},
        "saturday": None,
        "early_ends": [{"month": 12, "day": 31, "closes": "15:00"}],
        "closed_days": ["2026-05-15"],
    }
    hours = Hours.model_validate(said)
    assert open_hours(date(2026, 5, 11), hours) == (
        wall("2026-05-11T09:30"),
        wall("2026-05-11T17:00"),
    )
    assert open_hours(date(2026, 5, 16), hours) is None
    assert closes(wall("2026-12-31T12:00"), hours) == wall("2026-12-31T15:00")
    assert Hours.model_validate_json(hours.model_dump_json()) == hours
    assert hash(hours) == hash(Hours.model_validate(said))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"sunday": {"opens": "9:00", "closes": "12:00"}}, "sunday"),
        ({"open_on_holidays": True}, "open_on_holidays"),
        ({"monday": {"opens": 540, "closes": 1200}}, "is not a time of day; write it as 9:00"),
        ({"monday": {"opens": "9:00", "closes": "24:00"}}, "'24:00' is not a time of day"),
        ({"monday": {"opens": "9:00Z", "closes": "20:00"}}, "is not a time of day"),
        ({"monday": {"opens": time(9, tzinfo=UTC), "closes": "20:00"}}, "is not a time of day"),
        ({"monday": {"opens": "20:00", "closes": "9:00"}}, "before it has opened"),
        ({"monday": {"opens": "9:00", "closes": "9:00"}}, "before it has opened"),
        (
            {"early_ends": [{"month": 4, "day": 31, "closes": "18:00"}]},
            "31-4 is not a day of the year",
        ),
        ({"closed_days": ["Ascension"]}, "closed_days"),
        (
            dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")),
            "is open on no day of the week; write monday",
        ),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Hours.model_validate(said)


def test_the_law_cannot_be_switched_off_by_a_copy() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        HOURS.saturday = None  # type: ignore[misc]  # mypy knows it too


# The laws of opening hours, for any hours


@st.composite
def _spans(draw: st.DrawFn) -> Span | None:
    opens, shut = sorted(
        draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2, unique=True))
    )
    return draw(
        st.sampled_from(
            [None, Span(opens=time(*divmod(opens, 60)), closes=time(*divmod(shut, 60)))]
        )
    )


_ends = st.builds(
    EarlyEnd,
    month=st.integers(1, 12),
    day=st.integers(1, 28),
    closes=st.times().map(lambda t: time(t.hour, t.minute)),
)


@st.composite
def _hours(draw: st.DrawFn) -> Hours:
    names = ("tuesday", "wednesday", "thursday", "friday", "saturday")
    spans = {name: draw(_spans()) for name in names}
    ends, closed = draw(st.lists(_ends, max_size=4)), draw(st.lists(days, max_size=6))
    monday = Span(opens=time(9), closes=time(20))  # one day that is always open
    return Hours(monday=monday, **spans, early_ends=tuple(ends), closed_days=tuple(closed))


hours_of_any_kind = st.one_of(st.just(HOURS), _hours())
moments = st.datetimes(
    datetime.fromisoformat("2024-01-01"),
    datetime.fromisoformat("2030-12-01"),
    timezones=st.sampled_from([UTC, LOCAL, timezone(timedelta(hours=9))]),
)


def around(edges: Iterable[datetime]) -> list[datetime]:
    return [edge + n * MINUTE for edge in edges for n in (-61, -60, -2, -1, 0, 1, 2, 60, 61)]


@law
@given(moments, hours_of_any_kind)
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime, hours: Hours) -> None:
    found = next_open(moment, hours)
    assert found >= moment
    assert is_open(found, hours)
    assert (found == moment) == is_open(moment, hours)
    assert next_open(found, hours) == found
    skipped = {*around([moment, found]), *(moment + n * timedelta(minutes=31) for n in range(200))}
    assert not any(is_open(between, hours) for between in skipped if moment <= between < found)


@law
@given(moments, hours_of_any_kind)
def test_it_stays_open_until_it_closes(moment: datetime, hours: Hours) -> None:
    begin, end = next_open(moment, hours), closes(moment, hours)
    assert begin < end
    assert not is_open(end, hours)
    assert closes(begin, hours) == end
    within = (begin + n * MINUTE for n in range((end - begin) // MINUTE))
    assert all(is_open(each, hours) for each in within)


@law
@given(moments, st.integers(0, 20_000))
def test_who_asks_later_is_never_served_earlier(moment: datetime, minutes: int) -> None:
    assert next_open(moment, HOURS) <= next_open(moment.astimezone(UTC) + minutes * MINUTE, HOURS)


def test_every_edge_of_seven_years_is_right_to_the_minute() -> None:
    openings = [opening for day in EVERY_DAY if (opening := by_hand(day))]
    for begin, end in openings:
        asked = (begin - MINUTE, begin, end - MINUTE, end)
        assert [is_open(moment, HOURS) for moment in asked] == [False, True, True, False]
    for (_, end), (begin, _) in pairwise(openings):
        assert next_open(end, HOURS) == begin


# Parts of the day


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ("00:00", DayPart.MORNING),
        ("09:00", DayPart.MORNING),
        ("11:59", DayPart.MORNING),
        ("12:00", DayPart.AFTERNOON),
        ("16:59", DayPart.AFTERNOON),
        ("17:00", DayPart.EVENING),
        ("23:59", DayPart.EVENING),
    ],
)
@pytest.mark.parametrize("day", ["2024-01-15", "2024-07-15", "2026-03-30", "2026-10-26"])
def test_the_afternoon_begins_at_noon_and_the_evening_at_five_on_the_wall(
    day: str, clock: str, part: DayPart
) -> None:
    assert day_part(wall(f"{day}T{clock}").astimezone(UTC)) == part


M, A, E = DayPart.MORNING, DayPart.AFTERNOON, DayPart.EVENING


@pytest.mark.parametrize(
    ("asked", "tried", "expected"),
    [
        ("2024-01-15T10:00", [], "2024-01-15T10:00"),
        ("2024-01-15T10:00", [M], "2024-01-15T12:00"),
        ("2024-01-15T10:00", [M, A], "2024-01-15T17:00"),
        ("2024-01-15T18:00", [E], "2024-01-16T09:00"),
        ("2024-01-15T18:00", [E, M], "2024-01-16T12:00"),
        ("2024-01-19T20:00", [M], "2024-01-20T12:00"),  # Saturday has an afternoon
        ("2024-01-19T20:00", [M, A], "2024-01-22T17:00"),  # but no evening
        ("2024-12-24T17:30", [M, A], "2024-12-24T17:30"),  # half an hour of it is left
        ("2024-12-24T18:00", [M, A], "2024-12-27T17:00"),
        ("2026-03-28T16:00", [A, E], "2026-03-30T09:00"),  # the clocks go forward in between
        ("2025-10-25T16:00", [M], "2025-10-27T12:00"),  # and back
        ("2024-01-15T10:00", [M, A, E], None),
    ],
)
def test_the_next_attempt_falls_in_another_part_of_the_day(
    asked: str, tried: list[DayPart], expected: str
) -> None:
    assert next_in_other_day_part(wall(asked), tried, HOURS) == (
        wall(expected) if expected else None
    )


def test_a_part_of_the_day_that_never_opens_is_not_waited_for() -> None:
    office = Span(opens=time(9), closes=time(17))
    spans = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), office)
    assert (
        next_in_other_day_part(wall("2024-01-15T10:00"), [M, A], Hours.model_validate(spans))
        is None
    )


@law
@given(moments, hours_of_any_kind, st.sets(st.sampled_from(DayPart), max_size=2))
def test_the_next_attempt_is_open_untried_and_the_first_such(
    moment: datetime, hours: Hours, tried: set[DayPart]
) -> None:
    found = next_in_other_day_part(moment, tried, hours)
    if found is None:
        found = moment + timedelta(days=30)  # not even a month holds one
    else:
        assert found >= moment
        assert is_open(found, hours)
        assert day_part(found) not in tried
    passed = {*around([moment, found]), *(moment + n * timedelta(minutes=29) for n in range(250))}
    good = [
        each
        for each in passed
        if moment <= each < found and is_open(each, hours) and day_part(each) not in tried
    ]
    assert good == []


@law
@given(moments, hours_of_any_kind)
def test_without_earlier_attempts_the_next_one_is_the_next_opening(
    moment: datetime, hours: Hours
) -> None:
    assert next_in_other_day_part(moment, [], hours) == next_open(moment, hours)


# Post


@pytest.mark.parametrize(
    ("handed_over", "arrives"),
    [
        ("2024-01-15", "2024-01-18"),  # Monday: posted on Tuesday, delivered Wednesday, Thursday
        ("2024-01-17", "2024-01-20"),  # Wednesday: Saturday
        ("2024-01-18", "2024-01-23"),  # Thursday: posted on Friday, then Saturday, Tuesday
        ("2024-01-19", "2024-01-24"),  # Friday: posted on Monday
        ("2024-01-20", "2024-01-25"),  # a Saturday is a Monday to the print shop
        ("2024-01-22", "2024-01-25"),
        ("2024-03-28", "2024-04-04"),  # Easter: posted on Tuesday
        ("2025-12-23", "2025-12-30"),  # posted on the 24th; Saturday the 27th, Tuesday
        ("2026-04-24", "2026-04-30"),  # Monday is King's day
        ("2027-05-03", "2027-05-08"),  # no post on the 5th and 6th
        ("2029-12-28", "2030-01-03"),  # posted on Monday the 31st; New Year's day has none
    ],
)
def test_a_card_arrives_after_printing_and_two_days_of_delivery(
    handed_over: str, arrives: str
) -> None:
    assert expected_arrival(date.fromisoformat(handed_over), Post()) == date.fromisoformat(arrives)


def test_the_print_shop_and_the_mail_are_as_fast_as_agreed() -> None:
    monday = date(2024, 1, 15)
    assert expected_arrival(monday, Post(production_days=0, transit_days=1)) == date(2024, 1, 16)
    assert expected_arrival(monday, Post(production_days=3, transit_days=3)) == date(2024, 1, 23)
    assert expected_arrival(monday, Post(delivery_days=(5,))) == date(2024, 1, 26)
    assert expected_arrival(
        monday, Post(closed_days=(date(2024, 1, 16), date(2024, 1, 18)))
    ) == date(2024, 1, 20)


def test_a_holiday_on_which_the_post_comes_all_the_same_is_data() -> None:
    good_friday = date(2026, 4, 3)
    post = Post(delivered_holidays=(good_friday,))
    assert expected_arrival(date(2026, 3, 31), Post()) == date(2026, 4, 4)
    assert expected_arrival(date(2026, 3, 31), post) == good_friday


@pytest.mark.parametrize(
    ("day", "open_days", "hand_over"),
    [
        ("2024-01-15", (1, 2, 3, 4, 5), "2024-01-15"),
        ("2024-01-17", (1, 2, 3, 4, 5), "2024-01-18"),  # it would arrive on Saturday
        ("2024-01-15", (5,), "2024-01-16"),
        ("2024-01-15", (2,), "2024-01-18"),
        (
            "2027-05-03",
            (1, 2, 3, 4, 5),
            "2027-05-04",
        ),  # on Saturday too, after two holidays: one day later, Tuesday
    ],
)
def test_a_card_waits_until_it_arrives_on_a_day_the_line_is_open(
    day: str, open_days: tuple[int, ...], hand_over: str
) -> None:
    assert next_hand_over(date.fromisoformat(day), Post(), open_days) == date.fromisoformat(
        hand_over
    )


def test_a_card_does_not_arrive_on_a_day_the_line_is_closed_for_once() -> None:
    monday, thursday = date(2024, 1, 15), date(2024, 1, 18)
    assert next_hand_over(monday, Post(), (4, 5)) == monday
    assert next_hand_over(monday, Post(), (4, 5), closed=[thursday]) == date(2024, 1, 16)


def test_no_card_arrives_on_a_holiday_although_the_post_comes() -> None:
    post = Post(delivered_holidays=(date(2026, 4, 3),))
    assert next_hand_over(date(2026, 3, 31), post, (2, 3, 4, 5)) == date(2026, 4, 2)


@pytest.mark.parametrize("open_days", [(), (1,), (7,), (0, 8)])
def test_a_line_that_is_never_open_when_the_post_comes_is_one_clear_complaint(
    open_days: tuple[int, ...],
) -> None:
    with pytest.raises(
        BadInput, match="open_days: has no day on which a card could arrive; open the line"
    ):
        next_hand_over(date(2024, 1, 15), Post(), open_days)


@pytest.mark.parametrize(
    "said",
    [
        {"transit_days": 0},
        {"production_days": -1},
        {"delivery_days": []},
        {"delivery_days": [0]},
        {"delivery_days": [8]},
        {"days": 2},
    ],
)
def test_post_that_cannot_be_meant_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Post.model_validate(said)


posts = st.builds(
    Post,
    production_days=st.integers(0, 5),
    transit_days=st.integers(1, 5),
    delivery_days=st.sets(st.integers(1, 7), min_size=1).map(lambda found: tuple(sorted(found))),
    closed_days=st.lists(days, max_size=5).map(tuple),
)


@law
@given(days, posts)
def test_a_card_arrives_on_a_day_of_delivery(day: date, post: Post) -> None:
    arrival = expected_arrival(day, post)
    assert arrival > day
    assert arrival.isoweekday() in post.delivery_days
    assert arrival not in post.closed_days
    assert arrival not in HOLIDAYS


@law
@given(days, posts)
def test_what_is_handed_over_later_never_arrives_earlier(day: date, post: Post) -> None:
    assert expected_arrival(day, post) <= expected_arrival(day + timedelta(days=1), post)


@law
@given(days, st.sets(st.integers(2, 6), min_size=1), st.lists(days, max_size=5))
def test_the_day_of_handing_over_is_the_first_that_arrives_when_the_line_is_open(
    day: date, open_days: set[int], closed: list[date]
) -> None:
    def answered(handed_over: date) -> bool:
        arrival = expected_arrival(handed_over, Post())
        return (
            arrival.isoweekday() in open_days and arrival not in closed and arrival not in HOLIDAYS
        )

    found = next_hand_over(day, Post(), open_days, closed)
    assert found >= day
    assert answered(found)
    assert not any(answered(day + timedelta(days=n)) for n in range((found - day).days))


# Verdicts


def _in_words(verdict: Verdict) -> str:
    match verdict:
        case Allowed():
            return "now"
        case Blocked(reason, also):
            return " + ".join([reason, *also])
        case Later(not_before, None):
            return f"from {not_before:%a %H:%M}"
        case Later(not_before, reason):
            return f"from {not_before:%a %H:%M}: {reason}"


def test_a_verdict_is_one_of_three_and_is_taken_apart() -> None:
    monday = next_open(wall("2024-01-20T18:00"), HOURS)
    verdicts = (
        Allowed(),
        Blocked(Reason.DECEASED, (Reason.OBJECTION,)),
        Later(monday),
        Later(monday, Reason.FREQUENCY_CAP),
    )
    assert [_in_words(verdict) for verdict in verdicts] == [
        "now",
        "DECEASED + OBJECTION",
        "from Mon 08:00",
        "from Mon 08:00: FREQUENCY_CAP",
    ]
    assert len(set(verdicts)) == 4
