"""Telephone numbers with a note in the same cell, as `06 12345678 (zoon)` and `tel. 020-1234567`.

A letter among digits is never a digit, a masked number is no number, and two numbers are never
joined to one. Only where a number stands apart from its note is it read.
"""

import re
import unicodedata
from dataclasses import dataclass

from people.cells.exact_numbers import is_shortened, whole_number
from store.errors import BadInput

_DASHES = "\u2010-\u2015\u2212"
_RUN = re.compile(rf"[+(]{{0,3}}\d(?:[\d\s().\-/~{_DASHES}]*\d)?")
# a note holds a letter, or the colon of a time
_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*(?:[^\W\d_]|:)[^()\[\]{}<>]*)[)\]}>]")
_EXTENSION = re.compile(
    r"(?<=[\d)])[\s,;]*(?:;ext=|\b(?:extension|ext|toestel|tst|intern)\b\.?|x|#)[\s:.]*(\d{1,7})#?\s*$",
    re.IGNORECASE,
)
# `xx`, `****`, `??`: what somebody wrote over digits that are not to be seen
_MASKED = re.compile(
    r"\+\s*[^\W\d_]|\d\W{0,2}[*•●█?_…]|[*•●█_…]\W{0,2}\d|[*•●█?_…]{2}|(?<![^\W\d_])[xX]+(?![^\W\d_])"
)
_TIME_OR_DAY = re.compile(
    rf"\d{{1,2}}[.:]\d{{2}}(?:\s*[\-{_DASHES}/]\s*\d{{1,2}}[.:]\d{{2}})?"
    rf"|\d{{1,2}}(?:\s*[\-{_DASHES}]\s*\d{{1,2}})?"
    r"|\d{1,2}[-/.]\d{1,2}(?:[-/.](?:19|20)?\d{2})?|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|(?:19|20)\d{2}"
)
# a note that takes back what stands beside it, unless it names hours ("niet na 18 uur")
_TAKEN_BACK = re.compile(
    r"\b(?:niet(?!\s+(?:v[oó]+r|na|op|tussen|in)\b)|not(?!\s+(?:before|after|on|between)\b)|geen|never|nooit"
    r"|fout\w*|onjuist\w*|verkeerd\w*|wrong|incorrect|ongeldig\w*|invalid|oude?|old|vervallen"
    r"|afgesloten|opgezegd|opgeheven|disconnected|overleden|deceased|(?:tele)?fax\w*)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]|[A-Z]+)(?![^\W\d_])")  # one letter, or capitals
# `a8` right behind a number: a letter among digits. `na18uur` is a note
_GOES_ON = re.compile(r"(?!na|om|of)[^\W\d_]{1,2}\d", re.IGNORECASE)
_OWN_FORM = re.compile(r"tel:[+\d().-]+;(?:phone-context|isub|ext)=.+", re.IGNORECASE)
_FEWEST = 6  # digits of a second number; a note holds a time, a day or less
_DUTCH = re.compile(r"(?:\+31|0031|0)\D*[1-9](?:\D*\d){8}|6(?:\D*\d){8}")


@dataclass
class NotOneNumber(BadInput):
    """The cell does not hold one telephone number that stands apart from its note."""


def number_in(text: str) -> str:
    """Return the one number that a cell holds, without a note before or after it.

    An extension stays, as `ext. 12`. A cell without any digit is returned as it is.

    Raises:
        NotOneNumber: digits are masked or lost, a letter stands among them, or there are two numbers.
    """
    if any(unicodedata.category(sign) == "No" for sign in text):
        raise NotOneNumber("has a raised digit or a fraction", "write it as 06 12345678")
    typed = unicodedata.normalize("NFKC", text).strip()
    if is_shortened(typed):
        raise NotOneNumber("lost its last digits in a spreadsheet", "give the whole number")
    typed = whole_number(typed)
    if _is_plain(typed) or _OWN_FORM.fullmatch(typed):
        return typed
    extension = _EXTENSION.search(typed)
    if extension:
        typed = typed[: extension.start()]
    found = _apart(typed)
    return f"{found} ext. {extension[1]}" if extension else found


def _is_plain(typed: str) -> bool:
    """Whether there is nothing but one number, or no digit at all."""
    if not any(sign.isdigit() for sign in typed):
        return True
    return bool(_RUN.fullmatch(typed)) and len(_numbers_in(typed)) <= 1


def _apart(typed: str) -> str:
    if _MASKED.search(typed):
        raise NotOneNumber("has masked digits", "give the whole number")
    note = " ".join(found[1] for found in _BRACKETS.finditer(typed))
    bare = _BRACKETS.sub(" ", typed)
    runs = list(_RUN.finditer(bare))
    numbers = {_digits(each): each for run in runs for each in _numbers_in(run[0])}
    noted = [each for run in _RUN.finditer(note) for each in _numbers_in(run[0])]
    if noted or len(numbers) > 1:
        raise NotOneNumber("holds more than one number", "write one number in the field")
    longest = max(runs, key=lambda run: len(_digits(run[0])), default=None)
    if longest is None:
        raise NotOneNumber("is not a telephone number", "write it as 06 12345678")
    if numbers:
        longest = next(run for run in runs if _numbers_in(run[0]))
    if _TAKEN_BACK.search(typed):
        raise NotOneNumber("has a note that takes it back", "leave it out, or take the note out")
    _refuse_among(bare, longest, runs)
    return next(iter(numbers.values()), longest[0])


def _numbers_in(run: str) -> list[str]:
    """Return the parts of a run that are long enough to be a number of their own."""
    if _TIME_OR_DAY.fullmatch(run.strip()):
        return []
    parts = [part for part in run.split("/") if len(_digits(part)) >= _FEWEST]
    if len(parts) > 1:
        return parts
    return [run] if len(_digits(run)) >= _FEWEST else []


def _refuse_among(bare: str, number: re.Match[str], runs: list[re.Match[str]]) -> None:
    """Refuse a number that may go on beyond a letter, because its digits would be another's."""
    before, after = bare[: number.start()], bare[number.end() :]
    known = bool(_DUTCH.fullmatch(number[0]))
    begun = any(run.end() <= number.start() and run[0][0] in "+0(" for run in runs)
    glued_before = before[-1:].isalpha() and number[0][0] not in "+0"
    # in the Dutch plan the digits say that a number is complete, elsewhere letters may stand for more
    may_go_on = not known and (after[:1].isalpha() or bool(_CODE.search(after)))
    # a label or a note stands glued on one side; on both sides, letters stand where digits were
    enclosed = before[-1:].isalpha() and after[:1].isalpha()
    if begun or glued_before or enclosed or may_go_on or _GOES_ON.match(after):
        raise NotOneNumber("has letters among its digits", "write it as 06 12345678")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
