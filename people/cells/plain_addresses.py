"""Reading of common Dutch addresses, of which no part is odd.

Nineteen of twenty are such, and read in a third of the time. `plain_parts` answers only where `refuse_doubtful` finds
nothing and `address_parts` gives the same answer. A property test compares them.
"""

import re
from functools import lru_cache

from people.addresses import AddressFields, NotAPostalAddress, Parts, without_opposite
from people.cells.address_doubts import NUMBER_AND_MORE, refuse_house, refuse_name
from people.house_numbers import parts_behind

_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_POSTCODE = re.compile(r"([1-9][0-9]{3}) ?((?!S[ADS])[A-Z]{2})", re.ASCII)
_LETTER = re.compile(r"[A-Za-z]?", re.ASCII)
# none of them ends a house number as a postcode would
_ADDITION = re.compile(r"[A-Za-z]{1,5}|[A-Za-z]?[0-9]{0,3}", re.ASCII)
_LONGEST_BEHIND = 6  # letter and addition
_DUTCH = frozenset({"NL", "", "Nederland"})


def plain_parts(fields: AddressFields) -> Parts | None:
    """Return the parts of a Dutch address, or None where a part is odd and has to be looked at closely."""
    street, number, letter, addition, near, location, *lines, postcode, town, country = fields
    if near or location or country not in _DUTCH or any(lines):
        return None
    code = _POSTCODE.fullmatch(postcode)
    if not (code and _NUMBER.fullmatch(number) and _is_street(street) and _is_town(town)):
        return None
    if not (letter or addition):
        return (street, int(number), "", "", "", code[1] + code[2], town, "NL")
    behind = _behind(letter, addition)
    # a shorter town may be what stands behind the number
    if behind is None or len(town.replace(" ", "")) <= _LONGEST_BEHIND:
        return None
    return (street, int(number), *behind, code[1] + code[2], town, "NL")


@lru_cache(maxsize=65_536)
def _is_street(name: str) -> bool:
    """Whether it is surely the name of a street, with no number, designation or box in it."""
    return (
        bool(name)
        and not name[-1].isdigit()
        and without_opposite(name, "") == (name, "")
        and not NUMBER_AND_MORE.search(name)
        and _is_name("street", name)
    )


@lru_cache(maxsize=65_536)
def _is_town(name: str) -> bool:
    """Whether it is surely the name of a town, with no postcode in it."""
    return bool(name) and not name[0].isdigit() and _is_name("town", name)


def _is_name(part: str, name: str) -> bool:
    try:
        refuse_name(part, name, unnumbered=part == "town")
    except NotAPostalAddress:
        return False
    return True


@lru_cache(maxsize=65_536)
def _behind(letter: str, addition: str) -> tuple[str, str, str] | None:
    """Return letter, addition and designation behind a number, or None where the number may matter."""
    if not (_LETTER.fullmatch(letter) and _ADDITION.fullmatch(addition)):
        return None
    try:
        refuse_house(("1", letter, addition), dutch=True)
        return parts_behind(letter, addition, "")
    except NotAPostalAddress:
        return None
