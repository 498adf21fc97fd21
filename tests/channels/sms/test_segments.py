"""A text is counted as the network counts it, whatever letters it holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from channels.sms.characters import BASIC, EXTENDED, instead, septets
from channels.sms.segments import weigh
from console.main import app

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER N}\N{REGIONAL INDICATOR SYMBOL LETTER L}"
PIECES = [
    "a",
    " ",
    "\n",
    "\r\n",
    "€",
    "[",
    "é",
    "ë",
    "ş",
    "\N{GRINNING FACE}",
    FAMILY,
    FLAG,
    "e\u0301",
    "\u200b",
]


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("€" * 153, "GSM-7", 3),  # 306 septets, but 76 pairs to a segment
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),  # the pair on the edge begins the next segment
        ("a" * 151 + "€" + "a" * 153, "GSM-7", 2),
        ("a\r\nb", "GSM-7", 1),
        ("\x1b", "UCS-2", 1),  # an escape on its own is no letter
        ("ë" * 70, "UCS-2", 1),
        ("ë" * 71, "UCS-2", 2),
        ("ë" * 134, "UCS-2", 2),
        ("ë" * 135, "UCS-2", 3),
        ("\N{GRINNING FACE}" * 35, "UCS-2", 1),
        ("\N{GRINNING FACE}" * 67, "UCS-2", 3),  # 134 units, but 33 faces to a segment
        ("a" * 66 + "\N{GRINNING FACE}" + "a" * 66, "UCS-2", 3),
        ("ë" * 66 + "e\u0301" + "ë" * 66, "UCS-2", 3),  # an accent stays with its letter
        (FLAG * 33, "UCS-2", 3),
        (FAMILY * 12, "UCS-2", 2),
        ("e" + "\u0301" * 200, "UCS-2", 3),  # no segment holds it whole
    ],
)
def test_a_text_is_cut_where_the_network_cuts_it(text: str, encoding: str, segments: int) -> None:
    weight = weigh(text)
    assert (weight.encoding, weight.segments) == (encoding, segments)


@given(st.lists(st.sampled_from(PIECES), max_size=400))
def test_segments_are_never_fewer_than_the_units_need_and_none_is_nearly_empty(
    pieces: list[str],
) -> None:
    weight = weigh("".join(pieces))
    one, each = (160, 153) if weight.encoding == "GSM-7" else (70, 67)
    if weight.units <= one:
        assert weight.segments == 1
    else:
        assert weight.segments >= -(-weight.units // each)
        assert weight.units > (weight.segments - 1) * (each - len(FAMILY.encode("utf-16-le")) // 2)


@given(st.text())
def test_one_letter_outside_the_alphabet_makes_all_of_it_ucs_2(text: str) -> None:
    weight = weigh(text)
    assert (weight.encoding == "GSM-7") == all(char in BASIC | EXTENDED for char in text)
    assert (weight.encoding == "GSM-7") == (not weight.forcing)
    if weight.forcing:
        assert weight.units == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text())
def test_writing_what_is_suggested_takes_the_letter_away(text: str) -> None:
    weight = weigh(text)
    for letter in weight.forcing:
        if letter.instead is not None:
            assert weigh(letter.instead).encoding == "GSM-7"


@pytest.mark.parametrize(
    ("letter", "written"),
    [
        ("ë", "e"),
        ("ï", "i"),
        ("ó", "o"),
        ("ç", "c"),
        ("e\u0301", "é"),
        ("‘", "'"),
        ("”", '"'),
        ("–", "-"),
        ("…", "..."),
        ("\u00a0", " "),
        ("\u200b", ""),
        ("ĳ", "ij"),
        ("ł", "l"),
        ("`", "'"),
        ("\t", " "),
        ("\N{GRINNING FACE}", ""),
        (FAMILY, ""),
        ("я", None),
        ("ت", None),
        ("气", None),
    ],
)
def test_a_letter_that_makes_it_dear_comes_with_another(letter: str, written: str | None) -> None:
    assert instead(letter) == written


def test_a_letter_weighs_one_two_or_cannot_be_written() -> None:
    assert [septets(char) for char in "a€ë"] == [1, 2, None]


def count(given: bytes, *options: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["sms", "count", *options], input=given, env=environment)


def weighed(given: bytes, **environment: str) -> Any:
    return json.loads(count(given, "--json", **environment).stdout_bytes)


@pytest.mark.thorough
def test_the_command_counts_every_byte_it_is_given() -> None:
    assert weighed(b"a" * 160)["segments"] == 1
    assert weighed(b"a" * 160 + b"\n")["segments"] == 2
    assert weighed(b"a" * 158 + b"\r\n")["units"] == 160
    assert weighed(b"")["encoding"] == "GSM-7"
    assert weighed(b"\xef\xbb\xbfa")["forcing"][0]["letter"] == "\ufeff"


def test_the_command_says_what_forces_the_dear_encoding_and_what_it_costs() -> None:
    answer = weighed("Daniël en Zoë".encode() + b"!" * 60, KAARTJE_SMS_PRICE="0.08")
    assert answer["encoding"] == "UCS-2"
    assert answer["segments"] == 2
    assert answer["forcing"] == [{"letter": "ë", "times": 2, "instead": "e"}]
    assert answer["cost"] == "0.16"
    said = count("Daniël".encode()).stdout_bytes.decode()
    assert "UCS-2: 1 segment" in said
    assert "ë (write 'e')" in said


def test_what_is_no_utf_8_is_one_clear_line() -> None:
    run = count(b"goed\nniet \xff goed", "--json")
    assert run.exit_code == 2
    assert run.stdout_bytes == b""
    assert (
        run.stderr_bytes.decode()
        == "error: standard input, line 2: byte 11 (0xff) is not UTF-8; save the text as UTF-8\n"
    )
