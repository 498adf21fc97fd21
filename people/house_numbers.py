"""House numbers of the population register, with letter, addition and designation.

The register keeps a number in four parts (huisnummer, huisletter, huisnummertoevoeging, aanduiding bij huisnummer).
Sources write them in many ways. `house_number_parts` reads them, `door` is the one normal form that tells two front
doors apart, and `printed_number` is how the register writes a number on an address line.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from store.errors import BadInput
from store.sentences import Sentence

BY, TO = "by", "to"
"""The register's codes of a designation: beside (bij), and opposite (tegenover), the door of that number."""
DESIGNATIONS = {BY: "bij", TO: "t/o"}
"""How a designation is printed, before the number."""

_WORDS = {"by": BY, "bij": BY, "to": TO, "tegenover": TO}
_NEAR = r"(?P<near>bij|by|t/o|t\.o\.|to|tegenover)"
_NOISE = " .,:;/_\u2010\u2011\u2012\u2013\u2014\u2212-"  # with every kind of dash
_SAYS_NUMBER = r"(?:(?:huis)?(?:nummer|nr)|no)\b[. ]*"
_NUMBER = re.compile(
    rf"(?:{_NEAR}[{_NOISE}]*)?(?:{_SAYS_NUMBER})?0*(?P<number>[1-9][0-9]{{0,4}})(?P<rest>[^0-9].*)?",
    re.ASCII | re.IGNORECASE,
)
_NEAR_FIRST = re.compile(rf"{_NEAR}[{_NOISE}]+(?P<rest>[^\W_]{{1,6}})", re.IGNORECASE)
_NEAR_LAST = re.compile(rf"(?P<rest>[^\W_]{{1,6}})[{_NOISE}]+{_NEAR}", re.IGNORECASE)
_PART = re.compile(r"\d+|[^\W\d_]+")
_GROUND_FLOOR = re.compile(r"huis(?![^\W\d_])")  # `huis` and `hs` are one word of Amsterdam


@dataclass
class NotAPostalAddress(BadInput):
    """The parts do not make an address that the post can deliver to.

    `field` says which part.
    """


HouseNumberParts = tuple[int, str, str, str]
"""Number (1 to 99999), letter, addition and designation (`by`, `to` or empty)."""


def house_number_parts(
    number: str, letter: str, addition: str, designation: str
) -> HouseNumberParts:
    """Read the parts of a house number as a source system writes them.

    A number that carries its own letter, addition or designation (`12a`, `9-2`, `bij 12`) is taken apart, and so is an
    addition that is a designation (`by`, `t/o`).

    Raises:
        NotAPostalAddress: a part is missing or wrong, or they contradict each other.
    """
    plain = number.isascii() and number.isdigit() and len(number) <= len("99999")
    if plain and number.strip("0"):
        if not (letter or addition or designation):
            return int(number), "", "", ""
        return int(number), *parts_behind(letter, addition, designation)
    digits, rest, near = _take_apart(number)
    letter, addition = trimmed(letter), trimmed(addition)
    if rest:
        letter, addition = _once(number, rest, letter, addition)
    letter, addition, said = parts_behind(letter, addition, designation)
    return digits, letter, addition, _one_of(near, said)


@lru_cache(maxsize=65_536)
def parts_behind(letter: str, addition: str, designation: str) -> tuple[str, str, str]:
    """Read the parts of a house number that stand behind its digits, each in its own field.

    Raises:
        NotAPostalAddress: one is wrong, or they contradict each other.
    """
    letter, addition, said = _designated(trimmed(letter), trimmed(addition))
    return _letter(letter), addition, _one_of(said, _designation(designation))


@lru_cache(maxsize=65_536)
def door(letter: str, addition: str) -> str:
    """Return the normal form of a letter and an addition, the same for every spelling of one front door.

    Capitals, spaces, dots, dashes and zeros before a number make no difference, and letter and addition count as one
    text. What may be another door stays another: `2-1` is not `21`, and `II` is not `2`.
    """
    text = f"{letter}{'' if _is_nothing(addition) else addition}"
    return _GROUND_FLOOR.sub("hs", squeezed(text))


def squeezed(text: str) -> str:
    """Return the letters and numbers of a text, without capitals, signs and spaces."""
    found = ""
    for part in _PART.findall(normalize("NFKC", text).casefold()):
        digits = part.isdecimal()
        # a number stays apart from the number before it
        found += "-" if digits and found[-1:].isdecimal() else ""
        found += str(int(part)) if digits else part
    return found


def printed_number(number: int, letter: str, addition: str, designation: str) -> str:
    """Return a house number as the register writes it on an address line.

    That is `103 c`, `35 III`, `9-2`, `400 LToe`, and with a designation `bij 15201-2`.
    """
    near = f"{DESIGNATIONS[designation]} " if designation else ""
    if letter:
        return f"{near}{number} {letter}{addition}"
    between = "-" if addition[:1].isdigit() else " " if addition else ""
    return f"{near}{number}{between}{addition}"


def trimmed(text: str) -> str:
    """Return an addition without the signs that join it to its number, empty if there is nothing else."""
    if not text or text.isalnum():
        return "" if _is_nothing(text) else text
    found = text.lstrip(_NOISE).rstrip(_NOISE.replace(".", ""))
    if found[:1] + found[-1:] in ("()", "[]"):
        found = found[1:-1].strip()
    return "" if _is_nothing(found) else found


def _is_nothing(text: str) -> bool:
    """Whether an addition says nothing, such as a lone dash or a zero."""
    return not text or not any(sign.isalnum() and sign != "0" for sign in text)


def _take_apart(number: str) -> tuple[int, str, str]:
    """Return the digits of a cell, what follows them, and the designation before them."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise NotAPostalAddress(
            Sentence("{seen!r} is not a house number", seen=number[:20])
            if number
            else "the house number is missing",
            "write digits, and the letter and addition in their own fields",
            field="house_number",
        )
    near = _WORDS[squeezed(found["near"])] if found["near"] else ""
    return int(found["number"]), trimmed(found["rest"] or ""), near


def _once(number: str, rest: str, letter: str, addition: str) -> tuple[str, str]:
    """Return letter and addition of a number that carries them itself, perhaps beside their fields."""
    if not (letter or addition) or squeezed(rest) in _WORDS:
        own = (rest, "") if len(rest) == 1 and rest.isalpha() else ("", rest)
        return own if not (letter or addition) else (letter, f"{addition} {rest}".strip())
    if door("", rest) == door(letter, addition):
        return letter, addition
    if len(rest) == 1 and rest.isalpha() and not letter and addition[0].isdigit():
        return rest, addition  # `12a` in one field and its `2` in another
    raise NotAPostalAddress(
        Sentence("{number!r} has a letter or addition of its own", number=number[:20]),
        "write it once",
        field="house_number",
    )


def _designated(letter: str, addition: str) -> tuple[str, str, str]:
    """Return letter and addition without the designation that is written in them, and the designation."""
    if near := _WORDS.get(squeezed(letter + addition)):
        return "", "", near
    if near := _WORDS.get(squeezed(addition)):
        return letter, "", near
    if found := _NEAR_FIRST.fullmatch(addition) or _NEAR_LAST.fullmatch(addition):
        return letter, found["rest"], _WORDS[squeezed(found["near"])]
    return letter, addition, ""


def _designation(text: str) -> str:
    if not squeezed(text):
        return ""
    if near := _WORDS.get(squeezed(text)):
        return near
    raise NotAPostalAddress(
        Sentence("{seen!r} is not a designation of a house number", seen=text[:20]),
        "write by or to, and anything else as the addition",
        field="house_designation",
    )


def _one_of(*said: str) -> str:
    different = {near for near in said if near}
    if len(different) > 1:
        raise NotAPostalAddress(
            "the house number is both beside and opposite",
            "write by or to once",
            field="house_designation",
        )
    return "".join(different)


def _letter(letter: str) -> str:
    if not letter or (len(letter) == 1 and letter.isalpha()):
        return letter
    raise NotAPostalAddress(
        Sentence("{seen!r} is not a single letter", seen=letter[:20]),
        "write it as the addition",
        field="house_letter",
    )
