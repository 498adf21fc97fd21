"""The short way for common addresses, which gives the answer of the long one or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.addresses import AddressFields, address_parts
from people.cells.address_doubts import refuse_doubtful
from people.cells.plain_addresses import plain_parts

WORDS = st.sampled_from(
    [
        "Kerkstraat",
        "Den",
        "Haag",
        "NULL",
        "t/o",
        "tegenover",
        "Woonboot",
        "1e",
        "Burg.",
        "Postbus",
        "12a",
        "Ede",
        "12",
        "nan",
        "-",
        "'s",
        "",
    ]
) | st.text(max_size=4)
NAMES = st.lists(WORDS, max_size=3).map(" ".join)
NUMBERS = st.sampled_from(["12", "12", "1123", "012", "0", "45078", "12a", "12-14", "²", "٣", ""])
POSTCODES = st.sampled_from(["1234AB", "1234 AB", "1234SS", "0234AB", "1234 ab", "1234  AB", ""])
PLAIN = AddressFields(
    street="Lange Kerkstraat",
    house_number="12",
    house_letter="",
    house_addition="",
    house_designation="",
    location="",
    line_1="",
    line_2="",
    line_3="",
    postcode="1234 AB",
    town="Den Haag",
    country="",
)


def test_a_common_address_is_read_the_short_way() -> None:
    expected = ("Lange Kerkstraat", 12, "", "", "", "1234AB", "Den Haag", "NL")

    assert plain_parts(PLAIN) == expected


def test_a_letter_an_addition_and_a_beside_are_read_the_short_way() -> None:
    behind = PLAIN._replace(house_letter="a", house_addition="bis", town="'s-Gravenhage")
    beside = behind._replace(house_letter="", house_addition="bij", country="Nederland")

    assert (plain_parts(behind) or ())[1:5] == (12, "a", "bis", "")
    assert (plain_parts(beside) or ())[1:5] == (12, "", "", "by")


@pytest.mark.parametrize(
    "odd",
    [
        {"house_addition": "Ede", "town": "Ede"},
        {"house_addition": "denhaag", "town": "Den Haag"},
        {"house_number": "1123", "house_addition": "4AB"},
        {"street": "Kerkstraat 12a", "house_number": "12"},
        {"house_addition": "2-jan"},
    ],
)
def test_an_odd_address_is_left_to_the_long_way(odd: dict[str, str]) -> None:
    assert plain_parts(PLAIN._replace(**odd)) is None


LETTERS = st.sampled_from(["", "", "a", "B", "x", "ab", "2", "-"]) | st.text(max_size=1)
ADDITIONS = st.sampled_from(
    ["", "", "bis", "II", "hs", "2", "0", "A1", "bij", "to", "Ede", "4AB", "AB", "nan", "en", "tot"]
) | st.text("abehmotvEN0123 -/", max_size=5)


@given(
    NAMES,
    NUMBERS,
    LETTERS,
    ADDITIONS,
    POSTCODES,
    NAMES,
    st.sampled_from(["", "NL", "BE", "Nederland"]),
)
def test_the_short_way_gives_the_answer_of_the_long_one_or_none(
    street: str,
    number: str,
    letter: str,
    addition: str,
    postcode: str,
    town: str,
    country: str,
) -> None:
    house = {"house_number": number, "house_letter": letter, "house_addition": addition}
    fields = PLAIN._replace(street=street, **house, postcode=postcode, town=town, country=country)

    if (found := plain_parts(fields)) is not None:
        refuse_doubtful(fields, "NL")
        assert found == address_parts(fields._replace(country="NL"))
