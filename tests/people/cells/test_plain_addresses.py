"""The short way for common addresses, which gives the answer of the long one or none."""

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
        "12",
        "nan",
        "-",
        "'s",
        "",
    ]
) | st.text(max_size=4)
NAMES = st.lists(WORDS, max_size=3).map(" ".join)
NUMBERS = st.sampled_from(["12", "012", "0", "45078", "12a", "12-14", "²", "٣", ""])
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


@given(NAMES, NUMBERS, POSTCODES, NAMES, st.sampled_from(["", "NL", "BE"]))
def test_the_short_way_gives_the_answer_of_the_long_one_or_none(
    street: str, number: str, postcode: str, town: str, country: str
) -> None:
    parts = {"street": street, "house_number": number, "postcode": postcode}
    fields = PLAIN._replace(**parts, town=town, country=country)

    if (found := plain_parts(fields)) is not None:
        refuse_doubtful(fields, "NL")
        assert found == address_parts(fields._replace(country="NL"))
