"""Numbers that a spreadsheet or a data frame wrote as floats, read back where no digit was lost."""

import re
from functools import lru_cache

_FLOAT = re.compile(r"([+-]?[0-9]+)[.,]0+", re.ASCII)
_EXPONENT = re.compile(r"([+-]?)([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,3})", re.ASCII)


_THOUSAND = re.compile(r"[1-9][0-9]{0,2}[.,]000", re.ASCII)
_FLOAT_AND_MORE = re.compile(r"([0-9]+)[.,]0+(?=[\s/_-]*[^\W\d_]|[\s/_-]+[0-9])(.+)", re.ASCII)


@lru_cache(maxsize=4096)
def house_digits(text: str) -> str:
    """Return a house number without the decimals of a float, also before a letter or an addition.

    `12.0` and `12.0A` are 12 and 12A. `1.000` stays as it is: it may be a thousand, and that is another door.
    """
    if _THOUSAND.fullmatch(text):
        return text
    if found := _FLOAT_AND_MORE.fullmatch(text):
        return f"{found[1]}{found[2]}"
    return whole_number(text)


@lru_cache(maxsize=4096)
def whole_number(text: str) -> str:
    """Return the digits of a whole number that was written as a float, or the text as it is.

    `612345678.0` and `6.12345678E8` are 612345678. An exponent that hides digits (`6.12E8`) is
    left as it stands, because nobody knows the digits that it lost.
    """
    if found := _FLOAT.fullmatch(text):
        return found[1]
    found = _EXPONENT.fullmatch(text)
    if found is None:
        return text
    decimals, places = (found[3] or "").rstrip("0"), int(found[4])
    shown = found[3] or ""
    if len(decimals) > places or len(shown) < places:
        return text
    return f"{found[1]}{found[2]}{decimals.ljust(places, '0')}"


def is_shortened(text: str) -> bool:
    """Whether a text is a number of which an exponent hides digits, as `1.23457E+12`."""
    return bool(_EXPONENT.fullmatch(text)) and whole_number(text) == text
