"""Cells that are surely not the part of an address in whose column they stand."""

import re
from functools import lru_cache
from unicodedata import category

from people.addresses import AddressFields, NotAPostalAddress
from people.cells.exact_numbers import is_shortened
from people.cells.nothings import has_nothing_beside
from people.cells.spreadsheet_dates import is_made_a_date
from store.sentences import Sentence

# a day and a month, where a number of fixed width (`012-14`) has more zeros
_WITH_NAUGHT = re.compile(r"0[0-9][-/. ][0-9]{1,2}")
_NO_WHOLE = re.compile(r"[0-9]+[.,:][0-9]+(?:[.,][0-9]+)*")  # 1.200, 12.5 and 12:30
_TWO_DOORS = re.compile(r"[0-9]+\W*(?:bij|by|t/o|to|tegenover)\W*[0-9]+\W*", re.IGNORECASE)
_NUMBER_AND_MORE = re.compile(r"\s(\d+)(?:\W?[^\W\d]\w{0,3}|\W\w{1,4})$")
_POSTCODE_FIRST = re.compile(r"[1-9][0-9]{3} ?[A-Z]{2} +", re.IGNORECASE)
_NUMBERED = re.compile(r"[0-9]$|[0-9]{2}")
_SERIAL = range(42_000, 50_000)
"""Days as spreadsheets count them, of 2014 to 2036. No Dutch street has as many houses."""
_OF_A_HOUSE = ("house_number", "house_letter", "house_addition")


def refuse_doubtful(fields: AddressFields, country: str) -> None:
    """Refuse an address of which a part is surely another thing.

    A house number that a spreadsheet made a date of (`2-jan`, once `2-1`) is not turned back,
    because the door of somebody else must not be guessed.

    Raises:
        NotAPostalAddress: `field` is that part.
    """
    house = fields[1:4]
    if country == "NL":
        _refuse_twice(fields.street, fields.house_number)
        _refuse_other_number(fields.house_number)
    if not "".join(house).isdecimal():
        for name, text in zip(_OF_A_HOUSE, house, strict=True):
            if text and (refused := _no_house(text)):
                raise NotAPostalAddress(*refused, field=name)
    for name, text in (("street", fields.street), ("town", fields.town)):
        if text and (
            _is_nameless(text)
            or has_nothing_beside(text)
            or (name == "town" and _is_no_town(text, country))
        ):
            raise NotAPostalAddress(
                Sentence("{text!r} is not the name of a {name}", text=text[:30], name=name),
                "write its name",
                field=name,
            )


def _refuse_twice(street: str, number: str) -> None:
    """Refuse a street that ends in its own house number with more behind it.

    That may be the right door, and nobody can tell. `Kerkstraat 12a` beside 12 would be printed as `Kerkstraat 12a 12`.
    """
    if street[-5:].isalpha() or not number.isdecimal():
        return
    last = _NUMBER_AND_MORE.search(street)
    if last and int(last[1]) == int(number):
        raise NotAPostalAddress(
            Sentence("{text!r} ends in the house number", text=street[:30]),
            "write the number in its own field only, or divide the street in the map",
            field="street",
        )


def _refuse_other_number(number: str) -> None:
    """Refuse a day, a month, a thousand, a fraction or two doors where one number of a house should stand."""
    if number.isdecimal():
        if len(number) == 5 and int(number) in _SERIAL:  # noqa: PLR2004  digits of the range
            raise NotAPostalAddress(*_made_a_date(number), field="house_number")
    elif any(each.fullmatch(number) for each in (_WITH_NAUGHT, _NO_WHOLE, _TWO_DOORS)):
        raise NotAPostalAddress(
            Sentence("{seen!r} is not a house number", seen=number[:20]),
            "write digits, and the letter and addition in their own fields",
            field="house_number",
        )


@lru_cache(maxsize=8192)
def _no_house(text: str) -> tuple[str, str] | None:
    """Return why a cell is no number, letter or addition of a house, with the remedy, or None."""
    if text.isascii() and text.isdigit():
        return None
    if is_made_a_date(text):
        return _made_a_date(text)
    if (
        is_shortened(text)
        or has_nothing_beside(text)
        or any(category(sign) == "No" for sign in text)
    ):
        remedy = Sentence("write digits, and the letter and addition in their own fields")
        return Sentence("{seen!r} is not a house number", seen=text[:20]), remedy
    if "?" in text or "\ufffd" in text:
        problem = "{text!r} lost a letter in the export"
        return Sentence(problem, text=text[:30]), Sentence("export it again as UTF-8")
    return None


def _made_a_date(text: str) -> tuple[str, str]:
    problem = "{text!r} is a date that a spreadsheet made of a house number"
    remedy = Sentence("format the column as text and export it again")
    return Sentence(problem, text=text[:30]), remedy


@lru_cache(maxsize=8192)
def _is_nameless(text: str) -> bool:
    return not any(map(str.isalpha, text))


def _is_no_town(text: str, country: str) -> bool:
    """Whether a Dutch town ends in a digit or holds a number, besides a postcode before it. None does."""
    if country != "NL" or text.isalpha():
        return False
    return bool(_NUMBERED.search(_POSTCODE_FIRST.sub("", text)))
