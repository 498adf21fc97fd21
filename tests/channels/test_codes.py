"""Response codes catch the slips that people make on a telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.codes import (
    DRAWS,
    NotAResponseCode,
    is_response_code,
    printed,
    read_code,
    response_code,
)

draws = st.integers(0, DRAWS - 1)


@given(draws)
def test_a_code_has_ten_digits_and_does_not_begin_with_zero(draw: int) -> None:
    code = response_code(draw)
    assert len(code) == 10
    assert code.isdigit()
    assert code[0] != "0"
    assert is_response_code(code)


@given(draws, draws)
def test_two_draws_give_two_codes(one: int, other: int) -> None:
    assert (response_code(one) == response_code(other)) == (one == other)


@given(draws, st.integers(0, 9), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(draw: int, place: int, shift: int) -> None:
    code = response_code(draw)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert not is_response_code(wrong)


@given(draws, st.integers(0, 8))
def test_every_two_neighbours_that_changed_places_are_caught(draw: int, place: int) -> None:
    code = response_code(draw)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (code == swapped) or not is_response_code(swapped)


@given(draws)
def test_a_code_is_read_as_it_is_printed(draw: int) -> None:
    code = response_code(draw)
    assert read_code(printed(code)) == code
    assert [len(group) for group in printed(code).split(" ")] == [3, 3, 4]


@pytest.mark.parametrize(
    "text", ["{0}", " {0} ", "{1}-{2}-{3}", "{1}.{2}.{3}", "{1}\u2011{2}\u2013{3}"]
)
def test_spaces_hyphens_and_dots_do_not_matter(text: str) -> None:
    code = response_code(382_913_057)
    assert read_code(text.format(code, code[:3], code[3:6], code[6:])) == code


@pytest.mark.parametrize(
    "text", ["", "123", "12345678901", "0000000000", "482 913 057x", "\u0661\u0662\u0663 456 7890"]
)
def test_what_is_no_code_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(NotAResponseCode, match="ten digits"):
        read_code(text)


def test_a_slip_is_distinguished_from_another_number() -> None:
    with pytest.raises(NotAResponseCode, match="one digit is wrong"):
        read_code("482 913 0570" if not is_response_code("4829130570") else "482 913 0571")
