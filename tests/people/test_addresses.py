"""Addresses as the post wants them, and the key a household shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.exceptions import ValidationError
from stdnum.nl import postcode as stdnum_postcode

from people.addresses import NotAPostalAddress, PostalAddress


def an_address(
    number: str = "103", letter: str = "", addition: str = "", **also: str
) -> PostalAddress:
    parts = {"street": "Borgesiusstraat", "postcode": "2583XL", "town": "Scheveningen", **also}
    return PostalAddress.parse(
        house_number=number, house_letter=letter, house_addition=addition, **parts
    )


@pytest.mark.parametrize(
    ("number", "letter", "addition", "line"),
    [
        ("103", "", "", "Borgesiusstraat 103"),
        ("103", "c", "", "Borgesiusstraat 103 c"),
        ("35", "", "III", "Borgesiusstraat 35 III"),
        ("9", "", "2", "Borgesiusstraat 9-2"),
        ("400", "L", "Toe", "Borgesiusstraat 400 LToe"),
        ("555", "B", "73c", "Borgesiusstraat 555 B73c"),
        ("12", "", "bij", "Borgesiusstraat bij 12"),
        ("12", "a", "to", "Borgesiusstraat t/o 12 a"),
        ("12a", "", "", "Borgesiusstraat 12 a"),
        ("9-2", "", "", "Borgesiusstraat 9-2"),
        ("35 III", "", "", "Borgesiusstraat 35 III"),
        ("0012", "", "", "Borgesiusstraat 12"),
    ],
)
def test_the_house_is_written_as_the_register_writes_it(
    number: str, letter: str, addition: str, line: str
) -> None:
    assert an_address(number, letter, addition).lines()[0] == line


def test_the_town_stands_in_capitals_two_spaces_after_the_postcode() -> None:
    assert an_address().lines()[1] == "2583 XL  SCHEVENINGEN"
    assert (
        an_address(town="'s-Gravenhage", postcode="2584 bz").lines()[1] == "2584 BZ  'S-GRAVENHAGE"
    )


def test_an_address_abroad_ends_with_its_country() -> None:
    assert an_address(postcode="1000", town="Brussel", country="België").lines() == (
        "Borgesiusstraat 103",
        "1000 Brussel",
        "BELGIË",
    )


@pytest.mark.parametrize(
    "country", ["", "NL", "nl", "Nederland", "6030", "NEDERLAND", "The Netherlands"]
)
def test_the_netherlands_have_many_names(country: str) -> None:
    assert an_address(country=country).country == "NL"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("postcode", "35112AB"),
        ("postcode", "3511 SS"),
        ("postcode", "ABCD 12"),
        ("postcode", "0123 AB"),
        ("postcode", ""),
        ("town", ""),
        ("street", ""),
        ("house_number", ""),
        ("house_number", "0"),
        ("house_number", "twaalf"),
        ("house_letter", "bis"),
        ("country", "Atlantis"),
    ],
)
def test_what_is_wrong_with_an_address_is_named_by_its_field(field: str, wrong: str) -> None:
    parts = {"street": "A", "house_number": "1", "postcode": "1234AB", "town": "B", field: wrong}
    with pytest.raises(NotAPostalAddress) as refused:
        PostalAddress.parse(**parts)
    assert refused.value.field == field


def test_a_household_is_the_same_whatever_the_street_is_called_and_however_it_is_capitalised() -> (
    None
):
    assert (
        an_address("12", "a").household_key
        == an_address("12A", street="Elders", postcode="2583 xl").household_key
    )


def test_another_letter_or_addition_is_another_household() -> None:
    installations = [
        an_address("12"),
        an_address("12", "a"),
        an_address("12", "", "2"),
        an_address("122"),
        an_address("12", "b"),
    ]
    assert len({installation.household_key for installation in installations}) == len(installations)
    assert all(0 <= installation.household_key < 2**63 for installation in installations)


@given(st.from_regex(r"[0-9]{4} ?[A-Za-z]{2}", fullmatch=True))
def test_the_fast_road_for_postcodes_gives_the_answer_of_stdnum(text: str) -> None:
    try:
        wanted = stdnum_postcode.validate(text).replace(" ", "")
    except ValidationError:
        with pytest.raises(NotAPostalAddress):
            an_address(postcode=text)
    else:
        assert an_address(postcode=text).postcode == wanted
