"""Reading of common Dutch addresses, of which no part is odd.

Four of five are such, and read in a third of the time. `plain_parts` answers only where `refuse_doubtful` finds
nothing and `address_parts` gives the same answer. A property test compares them.
"""

import re
from functools import lru_cache

from people.addresses import AddressFields, Parts, without_opposite
from people.cells.nothings import has_nothing_beside

_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_POSTCODE = re.compile(r"([1-9][0-9]{3}) ?((?!S[ADS])[A-Z]{2})", re.ASCII)


def plain_parts(fields: AddressFields) -> Parts | None:
    """Return the parts of a Dutch address, or None where a part is odd and has to be looked at closely."""
    street, number, letter, addition, near, location, *lines, postcode, town, country = fields
    if letter or addition or near or location or country not in ("NL", "") or any(lines):
        return None
    code = _POSTCODE.fullmatch(postcode)
    if not (code and _NUMBER.fullmatch(number) and _is_plain(street) and _is_plain(town)):
        return None
    return (street, int(number), "", "", "", code[1] + code[2], town, "NL")


@lru_cache(maxsize=65_536)
def _is_plain(name: str) -> bool:
    """Whether the name of a street or a town is nothing but words, none of which says something else."""
    words = name.split(" ")
    return (
        all(map(str.isalpha, words))
        and not has_nothing_beside(name)
        and without_opposite(name, "") == (name, "")
    )
