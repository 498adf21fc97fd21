"""What may be done with a telephone number: an inventory of what people type, and the law of the fast road."""

import re
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import numbers
from people.dutch_numbers import classify
from people.numbers import NotAPhoneNumber, PhoneNumber, check
from tests.examples import examples

USED = re.compile(r"\bphonenumbers\.(\w+)|from phonenumbers import ([\w, ]+)")
BOTH = [
    "06 12345678",
    "06-12345678",
    "0612345678",
    "+31612345678",
    "+31 6 1234 5678",
    "+31 (0)6 12345678",
    "0031612345678",
    "612345678",
    "tel:+31612345678",
    "0611111111",
    "٠٦١٢٣٤٥٦٧٨",
    "+32 470 12 34 56",
    "+48 512 345 678",
    "+1 212 555 0123",
    # a note beside the number
    *("06 12345678 (zoon)", "06-12345678 zus", "0612345678 moeder", "06-12345678 (na 18 uur)"),
    *("zus: 06 12345678", "tel.0612345678", "(zoon) 06 12345678", "M 06-12345678"),
    *("06 12345678 niet na 18 uur", "06-12345678 (sinds 12-03-2021)"),
    *("+31612345678 (18:00)", "+32 470 12 34 56 zus", "0612345678 / 06 12345678"),
    # as spreadsheets and data frames write it
    *("612345678.0", "612345678,0", "6.12345678E8", "6,12345678E+08", "31612345678.0"),
]
ONLY_CALL = [
    "020-1234567",
    "(070) 345 67 89",
    "085-1234567",
    "091 1234567",
    "088 123 4567",
    "0871234567",
]
NEITHER = [
    *("0800-1234", "0900-1234", "0906 1234", "0909 1234", "066-1234567", "14020", "14 0591"),
    *("097012345678", "0970 1234 5678", "+3197012345678", "0031 970 12345678"),
    *(
        "112",
        "144",
        "0900",
        "1850",
        "116111",
        "0672345678",
        "0692345678",
        "0605123456",
        "082 1234567",
        "06123456789",
    ),
    *(
        "",
        " ",
        "geen",
        "onbekend",
        "0612",
        "06 12 34",
        "zie dossier",
        "anonymous",
        "Restricted",
        "+266696687",
        "2562533",
    ),
    *(
        "7378742833",
        "86282452253",
        "06-12345678 / 020-1234567",
        "0" * 300,
        "+31",
        "+",
        "é",
        "1-1-1980",
    ),
    # masked, shortened, taken back, or two in one
    *(
        "061234XXXX",
        "06-1234 XXXX",
        "06 12 34 XX XX",
        "+31 6 12 34 XX XX",
        "06****5678",
        "061234....",
    ),
    *(
        "O612345678",
        "06l2345678",
        "a0316123456aa",
        "0800-BELLEN",
        "+49 30 1234 XXXX",
        "+49 30 1234 CALL",
        "+1 800 FLOWERS",
    ),
    *("6.12E+08", "6.1234567E+08", "06 12345678 (niet bellen)", "oud nummer: 06 12345678"),
    *("0612345678 of 0687654321", "0612345678;0687654321", "06 12345678 (020-1234567 werk)"),
    *("+49 tel 301234567", "06 1234 zoon 5678"),
    *("+44 70 1234 5678", "+979 123456789", "+800 1234 5678", "+1 900 234 5678", "+1 800 234 5678"),
]


@pytest.mark.parametrize("text", BOTH)
def test_a_mobile_number_may_be_texted_and_called_however_it_is_typed(text: str) -> None:
    found = check(text)
    assert (found["text"], found["call"], found["reasons"]) == (True, True, [])


@pytest.mark.parametrize("text", ONLY_CALL)
def test_a_landline_may_be_called_but_not_texted(text: str) -> None:
    found = check(text)
    assert (found["text"], found["call"]) == (False, True)
    assert found["reasons"]


@pytest.mark.parametrize("text", NEITHER)
def test_what_must_not_be_dialled_or_is_no_number_is_refused_with_a_reason(text: str) -> None:
    found = check(text)
    assert (found["text"], found["call"]) == (False, False)
    assert found["reasons"]
    assert set(found) == {"text", "call", "e164", "type", "reasons"}


@given(
    st.sampled_from(
        ["0612345678", "06-12345678", "+31 6 12345678", "020-1234567", "0031612345678"]
    ),
    st.lists(st.integers(0, 13), min_size=1, max_size=6),
    st.sampled_from("aAbBeEoOlILxXzZSN"),
)
def test_a_letter_in_the_place_of_a_digit_leaves_no_number(
    number: str, places: list[int], letter: str
) -> None:
    masked = "".join(
        letter if index in places and sign.isdigit() else sign for index, sign in enumerate(number)
    )
    found = check(masked)
    assert masked == number or (found["text"], found["call"]) == (False, False)


def test_a_withheld_number_is_no_number_though_it_looks_like_one() -> None:
    with pytest.raises(NotAPhoneNumber, match="withheld"):
        PhoneNumber.parse("+266696687")
    assert check("+266696687")["e164"] is None


def test_an_extension_is_left_off_and_said() -> None:
    found = check("+31 6 1234 5678 x12")
    assert (found["e164"], found["reasons"]) == ("+31612345678", ["extension 12 was left off"])


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("+31612345678", "06 12345678"),
        ("08001234", "0800 1234"),
        ("+32470123456", "+32 470 12 34 56"),
    ],
)
def test_a_number_is_printed_as_people_read_it(text: str, printed: str) -> None:
    assert PhoneNumber.parse(text).printed() == printed


digits = st.text("0123456789", min_size=7, max_size=12)
prefixes = st.sampled_from(["0", "+31", "0031", "+31 ", "+31-", "00", "", "+3106", "0031 0"])
starts = st.sampled_from(
    [
        "6",
        "66",
        "97",
        "970",
        "800",
        "90",
        "906",
        "85",
        "87",
        "88",
        "14",
        "20",
        "115",
        "57",
        "82",
        "",
    ]
)


@settings(max_examples=examples(400), deadline=None)
@given(prefixes, starts, digits, st.sampled_from(["", " ", "-", "  ", "--"]), st.integers(0, 9))
def test_the_fast_road_gives_the_answer_of_the_library(
    prefix: str, start: str, rest: str, between: str, place: int
) -> None:
    typed = start + rest
    text = prefix + typed[:place] + between + typed[place:]
    fast = classify(text)
    if fast is None:
        return
    number = phonenumbers.parse(text, "NL")
    assert phonenumbers.is_valid_number(number)
    assert fast[0] == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert fast[1] == phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))


@pytest.mark.parametrize(
    "text",
    ["06-12345678", "0612345678", "+31612345678", "020 1234567", "085-1234567", "0031612345678"],
)
def test_the_common_ways_to_type_a_number_take_the_fast_road(text: str) -> None:
    assert classify(text) is not None


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=40))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    found = check(text)
    assert isinstance(found["text"], bool)
    assert isinstance(found["call"], bool)
    assert not found["text"] or found["call"]


def test_only_what_libphonenumber_publishes_is_used() -> None:
    used = {
        name
        for path in Path(numbers.__file__).parent.glob("*.py")
        for found in USED.finditer(path.read_text(encoding="utf-8"))
        for name in re.split(r"\W+", found[1] or found[2])
    }
    assert used
    assert used <= set(phonenumbers.__all__)
