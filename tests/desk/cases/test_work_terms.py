"""Terms of our own count working days, and a term of a law counts as the law says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cases.overdue import overdue
from desk.cases.referrals import Consent, refer
from desk.cases.work_terms import (
    READING,
    RECEIPT,
    TERMS,
    LawTerm,
    WorkTerm,
    answer_by,
    working_day_before,
)
from store.clock import local_date, parse_moment
from store.engine import Store
from suppression.days import is_working_day
from tests.builders import Builder


@pytest.mark.parametrize(
    ("made", "late_on"),
    [
        (
            "2023-12-22T15:00",
            "2024-01-04",
        ),  # before Christmas: 27, 28, 29 December, 2 and 3 January
        ("2023-06-01T10:00", "2023-06-09"),
        ("2023-06-03T10:00", "2023-06-13"),  # a Saturday counts from Monday
        ("2023-05-25T10:00", "2023-06-03"),  # over Whit Monday
        ("2024-05-03T10:00", "2024-05-14"),  # over Ascension
    ],
)
def test_a_referral_is_late_after_five_working_days(store: Store, made: str, late_on: str) -> None:
    at, late = parse_moment(made), parse_moment(f"{late_on}T00:00")
    with store.writing() as connection:
        Builder(connection, at).person("P1")
    refer(
        store,
        "P1",
        "debt_help",
        shared=["name"],
        consent=Consent("May we tell them your name?", at),
        by="Henri",
        now=at,
    )
    before = [each.kind for each in overdue(store, now=late - timedelta(seconds=1))]
    assert "referral" not in before
    assert "referral" in [each.kind for each in overdue(store, now=late)]
    closed = [local_date(late) - timedelta(days=1)]
    if is_working_day(closed[0]):
        assert "referral" not in [each.kind for each in overdue(store, now=late, closed=closed)]


def test_every_term_says_how_it_counts() -> None:
    assert all(each.what for each in TERMS)
    assert {type(each) for each in TERMS} == {WorkTerm, LawTerm}
    assert answer_by(parse_moment("2023-12-22T10:00")) == parse_moment("2024-01-22T10:00")
    assert READING.last_day(parse_moment("2023-12-22T10:00")) < date(2024, 1, 22)


@given(st.dates(date(2023, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_a_term_ends_on_a_working_day_with_so_many_before_it(at: date, days: int) -> None:
    since = parse_moment(f"{at}T12:00")
    term = WorkTerm(days, "x")
    last = term.last_day(since)
    assert is_working_day(last)
    assert local_date(term.late_from(since)) == last + timedelta(days=1)
    day, counted = local_date(since), 0
    while day < last:
        day += timedelta(days=1)
        counted += is_working_day(day)
    assert counted in {days, days + 1}  # one more where it began on a day off
    assert is_working_day(local_date(working_day_before(since)))
    assert working_day_before(since) < since


def test_the_first_term_is_that_of_a_receipt() -> None:
    assert TERMS[0] is RECEIPT
