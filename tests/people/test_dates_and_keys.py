"""Partial dates, citizen numbers, and what every draw starts from."""

from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn as stdnum_bsn

from people import citizen_numbers
from people.citizen_numbers import NotACitizenNumber
from people.dates import NotADate, PartialDate, parse_day, parse_partial
from people.draw_numbers import draw_key
from tests.fictitious_numbers import fictitious


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("19800000", date(1980, 1, 1), date(1980, 12, 31)),
        ("19800200", date(1980, 2, 1), date(1980, 2, 29)),
        ("1980-06-00", date(1980, 6, 1), date(1980, 6, 30)),
        ("1980", date(1980, 1, 1), date(1980, 12, 31)),
        ("1980-06", date(1980, 6, 1), date(1980, 6, 30)),
        ("19800615", date(1980, 6, 15), date(1980, 6, 15)),
        ("1980-06-15", date(1980, 6, 15), date(1980, 6, 15)),
    ],
)
def test_a_date_that_is_partly_known_is_kept_as_its_first_and_last_day(
    text: str, first: date, last: date
) -> None:
    assert parse_partial(text) == PartialDate(first, last)


@pytest.mark.parametrize("text", ["", "00000000", "0000-00-00"])
def test_a_date_of_zeros_is_unknown(text: str) -> None:
    assert parse_partial(text) is None


@pytest.mark.parametrize(
    "text", ["19801301", "19800230", "1980-1", "gisteren", "15-06-1980", "03000101", "198006151"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_partial(text)


def test_a_whole_day_is_asked_for_where_a_part_does_not_do() -> None:
    with pytest.raises(NotADate, match="partly known"):
        parse_day("19800600")


@given(st.dates(date(1850, 1, 1), date(2200, 12, 31)))
def test_every_order_reads_its_own_day(day: date) -> None:
    written = {
        "yyyy-mm-dd": day.isoformat(),
        "yyyymmdd": f"{day:%Y%m%d}",
        "dd-mm-yyyy": f"{day:%d-%m-%Y}",
        "d-m-yyyy": f"{day.day}/{day.month}/{day.year}",
        "ddmmyyyy": f"{day:%d%m%Y}",
        "mm-dd-yyyy": f"{day:%m/%d/%Y}",
    }
    assert [parse_day(text, order) for order, text in written.items()] == [day] * len(written)


@given(st.integers(1, 999_999_999))
def test_the_eleven_test_gives_the_answer_of_stdnum(number: int) -> None:
    digits = f"{number:09d}"
    assert citizen_numbers.passes(digits) == stdnum_bsn.is_valid(digits)


@pytest.mark.parametrize(
    "text", ["123456789", "000000000", "1234567", "12345678a", "1234567890", ""]
)
def test_a_number_that_fails_the_eleven_test_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(NotACitizenNumber) as refused:
        citizen_numbers.parse(text)
    assert not text or text not in str(refused.value)


def test_a_citizen_number_is_kept_only_as_a_keyed_hash() -> None:
    digits = citizen_numbers.parse("000.000.012")
    hashed = citizen_numbers.keyed_hash(digits, b"one key")
    assert len(hashed) == 64
    assert hashed != citizen_numbers.keyed_hash(digits, b"another key")


def test_fictitious_numbers_pass_the_test_and_stay_below_every_real_one() -> None:
    first = list(islice(fictitious(), 500))
    assert first[0] == "000000012"
    assert all(stdnum_bsn.is_valid(digits) and digits < "010000000" for digits in first)


def test_the_draw_of_a_person_never_changes() -> None:
    assert [draw_key(ref) for ref in ("K100000", "K100001", "é")] == [
        533750441,
        200790228,
        1670878325,
    ]
