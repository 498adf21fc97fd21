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
_SEVERAL_DOORS = re.compile(
    r"[0-9]{1,5}\W*[^\W\d_]{0,2}[0-9]?\W*?"
    r"(?:(?<![^\W\d_])(?:t\W{0,2}m|tot(?:\W+en)?(?:\W+met)?|en|and|of|or|through)(?![^\W\d_])|[&+;~|\\\u2026]|\.\.)"
    r"\W*\w{1,5}\W*",
    re.IGNORECASE,
)
_AND_ON = re.compile(r".*[0-9]\W*\be\.? ?v\b\.?\W*", re.IGNORECASE)  # 12 e.v., and further
_NO_SIGN_OF_ADDRESSES = re.compile(r"[!|^*=%$\\~;#{}\[\]@_]")
_NUMBERED_BOX = re.compile(
    r"(?:postbus|antwoordnummer|p\.? ?o\.? ?box|postfach|bo\u00eete postale)\W*([0-9]+)",
    re.IGNORECASE,
)
NUMBER_AND_MORE = re.compile(r"\s(\d+)(?:\W?[^\W\d]\w{0,3}|\W\w{1,4})$")
"""A street's end that may be a house number with its letter or addition."""
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
    street, number, letter, addition, _, location, *_, town, _ = fields
    dutch, only_digits = country == "NL", number.isdecimal() and not (letter or addition)
    if dutch:
        _refuse_twice(street, number)
        _refuse_box(street, number)
        if not only_digits:
            _refuse_elsewhere(fields)
        _refuse_other_number(number)
    if not only_digits:
        refuse_house((number, letter, addition), dutch=dutch)
    if not street.isalpha():
        refuse_name("street", street)
    if not town.isalpha():
        refuse_name("town", town, unnumbered=dutch)
    if location:
        refuse_name("location", location)


def refuse_house(house: tuple[str, str, str], *, dutch: bool) -> None:
    """Refuse a number, letter and addition of which one is surely another thing."""
    if dutch:
        _refuse_several(" ".join(filter(None, house)))
    if "".join(house).isdecimal():
        return
    for name, text in zip(_OF_A_HOUSE, house, strict=True):
        if text and (refused := _no_house(text)):
            raise NotAPostalAddress(*refused, field=name)


def refuse_name(part: str, text: str, *, unnumbered: bool = False) -> None:
    """Refuse a name without letters, with a word for nothing, or with a number where none has one."""
    if text and (
        _is_nameless(text)
        or _NO_SIGN_OF_ADDRESSES.search(text)
        or has_nothing_beside(text)
        or (unnumbered and _is_numbered(text))
    ):
        raise NotAPostalAddress(
            Sentence("{text!r} is not the name of a {name}", text=text[:30], name=part),
            "write its name",
            field=part,
        )


def _refuse_twice(street: str, number: str) -> None:
    """Refuse a street that ends in its own house number with more behind it.

    That may be the right door, and nobody can tell. `Kerkstraat 12a` beside 12 would be printed as `Kerkstraat 12a 12`.
    """
    if street[-5:].isalpha() or not number.isdecimal():
        return
    last = NUMBER_AND_MORE.search(street)
    if last and int(last[1]) == int(number):
        raise NotAPostalAddress(
            Sentence("{text!r} ends in the house number", text=street[:30]),
            "write the number in its own field only, or divide the street in the map",
            field="street",
        )


def _refuse_box(street: str, number: str) -> None:
    """Refuse a numbered box (`Postbus 123`) beside another number of a house."""
    box = street[-1:].isdecimal() and _NUMBERED_BOX.fullmatch(street)
    if box and number.isdecimal() and int(box[1]) != int(number):
        raise NotAPostalAddress(
            Sentence("{text!r} has a number of its own", text=street[:30]),
            "write the address of the box or of the house",
            field="street",
        )


def _refuse_elsewhere(fields: AddressFields) -> None:
    """Refuse the town or the postcode behind a house number, where they were moved from their own field."""
    house = " ".join(filter(None, fields[1:4]))
    last = _joined(house)
    if any(
        len(_joined(each)) > 1 and last.endswith(_joined(each)) and last != _joined(each)
        for each in (fields.postcode, fields.town)
    ):
        raise NotAPostalAddress(
            Sentence("{seen!r} is not a house number", seen=house[:20]),
            "write digits, and the letter and addition in their own fields",
            field="house_number",
        )


def _joined(text: str) -> str:
    return "".join(text.casefold().split())


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


def _refuse_several(text: str) -> None:
    """Refuse a row of numbers (`12 t/m 14`, `12+14`), of which nobody can tell which door is meant.

    `12-14` stays, because the register writes number and addition that way.
    """
    if not text.isalnum() and (_SEVERAL_DOORS.fullmatch(text) or _AND_ON.fullmatch(text)):
        raise NotAPostalAddress(
            Sentence("{seen!r} is more than one house number", seen=text[:20]),
            "write the number of the front door",
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
        or _NO_SIGN_OF_ADDRESSES.search(text.strip("*_ "))
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


@lru_cache(maxsize=8192)
def _is_numbered(text: str) -> bool:
    """Whether a town ends in a digit or holds a number, besides a postcode before it.

    No Dutch one does.
    """
    return bool(_NUMBERED.search(_POSTCODE_FIRST.sub("", text)))
