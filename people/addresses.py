"""Postal addresses, parsed into their parts or refused with the part that is wrong.

An address has the lines that PostNL wants printed, and the household key of everyone who lives there. What is
printed is what the source wrote; the key is the same for every spelling of one front door.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from people.cells.split_addresses import without_number, without_postcode
from people.countries import country_code, country_name
from people.house_numbers import TO, door, house_number_parts, printed_number, squeezed
from people.house_numbers import NotAPostalAddress as NotAPostalAddress  # noqa: PLC0414  told on
from store.sentences import Sentence

_POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Z]{2})", re.ASCII)
# Never given out: see stdnum.nl.postcode, which is asked about everything that is not plainly right.
_NEVER_GIVEN = frozenset({"SA", "SD", "SS"})
# the words by which a place without a house number is surely one, and no street of which the number is missing
_LOCATION = re.compile(
    r"\b(?:woon(?:boot|boten|ark|schip|schepen|wagens?)|ligplaats|standplaats|(?:sta)?caravan|nabij|tegenover)\b"
    r"|\bt/o\b|\bt\.o\.",
    re.IGNORECASE,
)
_OPPOSITE = re.compile(r"\bt ?/ ?o\b|\bt\.o\.", re.IGNORECASE)
_OPPOSITE_LAST = re.compile(r"(?P<street>.+?),? +(?:t/o|t\.o\.|tegenover)", re.IGNORECASE)
OPPOSITE_ENDS = ("o", "O", "r", "R", ".")
"""The last signs of these words, which are sooner seen than the words."""
_TOWNS = {"sgravenhage": "denhaag", "shertogenbosch": "denbosch"}  # two names of one town

KEY_HASH = blake2b(digest_size=8)
"""The hash of a key of an address, of which a copy is made for each."""

PARTS = (
    "street",
    "house_number",
    "house_letter",
    "house_addition",
    "house_designation",
    "postcode",
    "town",
    "country",
)
"""The parts of an address, as the columns that hold them are called, in order."""
Parts = tuple[str, int | None, str, str, str, str, str, str]
"""The values of `PARTS`."""


class AddressFields(NamedTuple):
    """The fields of an address as a source writes them, with the country's ISO code."""

    street: str
    house_number: str
    house_letter: str
    house_addition: str
    house_designation: str
    location: str  # the register's description of a place without a house number
    line_1: str  # of an address abroad, as the register has it
    line_2: str
    line_3: str
    postcode: str
    town: str
    country: str


class AddressColumns(Protocol):
    """The columns of a stored address, in a row of people or one with the same names."""

    @property
    def street(self) -> str | None: ...  # noqa: D102  as a `PostalAddress` has them
    @property
    def house_number(self) -> int | None: ...  # noqa: D102
    @property
    def house_letter(self) -> str | None: ...  # noqa: D102
    @property
    def house_addition(self) -> str | None: ...  # noqa: D102
    @property
    def house_designation(self) -> str | None: ...  # noqa: D102
    @property
    def postcode(self) -> str | None: ...  # noqa: D102
    @property
    def town(self) -> str | None: ...  # noqa: D102
    @property
    def country(self) -> str: ...  # noqa: D102
    @property
    def household_key(self) -> int | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """A complete postal address.

    Attributes:
        street: Or the name of a place, as the source has it.
        house_number: 1 to 99999; None for a location, which `street` describes (`Woonboot tegenover de Grote Sloot`),
            and abroad where the number stands in `street`.
        house_letter: One letter, or empty.
        house_addition: `III`, `hs`, `2`, or empty.
        house_designation: `by` (beside that number), `to` (opposite it), or empty.
        postcode: `1234AB` in the Netherlands, as the source has it elsewhere; a location may have none.
        town: As the source has it; of an address abroad that came in lines, those below the first, one a line.
        country: ISO 3166-1 alpha-2.
    """

    street: str
    house_number: int | None
    house_letter: str
    house_addition: str
    house_designation: str = ""
    postcode: str
    town: str
    country: str = "NL"

    @classmethod
    def parse(  # noqa: PLR0913  the fields of an address
        cls,
        *,
        street: str,
        house_number: str,
        house_letter: str = "",
        house_addition: str = "",
        house_designation: str = "",
        location: str = "",
        line_1: str = "",
        line_2: str = "",
        line_3: str = "",
        postcode: str,
        town: str,
        country: str = "",
    ) -> "PostalAddress":
        """Read an address from its parts as a source system writes them.

        A number that carries its own letter, addition or designation (`12a`, `9-2`, `bij 12`) is taken apart.

        Raises:
            NotAPostalAddress: a part is missing or wrong.
        """
        land = country_code(country)
        if land is None:
            raise NotAPostalAddress(
                Sentence("{seen!r} is not a known country", seen=country),
                "write its two-letter code",
                field="country",
            )
        return cls.of(
            address_parts(
                AddressFields(
                    street=street,
                    house_number=house_number,
                    house_letter=house_letter,
                    house_addition=house_addition,
                    house_designation=house_designation,
                    location=location,
                    line_1=line_1,
                    line_2=line_2,
                    line_3=line_3,
                    postcode=postcode,
                    town=town,
                    country=land,
                )
            )
        )

    @classmethod
    def of(cls, parts: Parts) -> "PostalAddress":
        """Return the address of its parts."""
        street, number, letter, addition, near, postcode, town, country = parts
        return cls(
            street=street,
            house_number=number,
            house_letter=letter,
            house_addition=addition,
            house_designation=near,
            postcode=postcode,
            town=town,
            country=country,
        )

    @classmethod
    def stored(cls, row: AddressColumns) -> "PostalAddress | None":
        """Return the address of a stored row, or None where it has none that is complete."""
        if row.household_key is None:
            return None
        return cls(
            street=row.street or "",
            house_number=row.house_number,
            house_letter=row.house_letter or "",
            house_addition=row.house_addition or "",
            house_designation=row.house_designation or "",
            postcode=row.postcode or "",
            town=row.town or "",
            country=row.country,
        )

    def lines(self) -> tuple[str, ...]:
        """Return the lines below the name, two in the Netherlands and up to four elsewhere."""
        first = f"{self.street} {self._number()}".rstrip()
        if self.country != "NL":
            below = f"{self.postcode} {self.town}".strip().split("\n")
            return first, *below, country_name(self.country).upper()
        code = f"{self.postcode[:4]} {self.postcode[4:]}  " if self.postcode else ""
        return first, f"{code}{self.town.upper()}"

    def _number(self) -> str:
        if self.house_number is None:
            return ""
        return printed_number(
            self.house_number, self.house_letter, self.house_addition, self.house_designation
        )

    @property
    def household_key(self) -> int:
        """A number from 0 up to 2^63, the same for everyone behind this front door, however it is spelled.

        Of a house with a number the name of the street makes no difference.
        """
        return household_key(
            (
                *(self.street, self.house_number, self.house_letter, self.house_addition),
                *(self.house_designation, self.postcode, self.town, self.country),
            )
        )


def address_parts(fields: AddressFields) -> Parts:
    """Return the checked parts of a complete address.

    A place without a house number is taken where the register describes it (`location`), or where the street surely is
    such a place.

    Raises:
        NotAPostalAddress: a part is missing or wrong.
    """
    street, number, letter, addition, near, location, *lines, postcode, town, country = fields
    if country != "NL":
        return _abroad(fields)
    if any(lines) and not (street or number):
        raise NotAPostalAddress("the country is missing", field="country")
    if not number and (location or _LOCATION.search(street)):
        return _location_parts(location or street, postcode, town)
    if not street:
        raise NotAPostalAddress("the street is missing", field="street")
    if street.endswith(OPPOSITE_ENDS):
        street, near = without_opposite(street, near)
    if street[-1].isdigit():
        street = without_number(street, number)
    house = house_number_parts(number, letter, addition, near)
    if not postcode:
        raise NotAPostalAddress("the postcode is missing", field="postcode")
    if not town:
        raise NotAPostalAddress("the town is missing", field="town")
    if town[0].isdigit():
        town = without_postcode(town, postcode)
    return (street, *house, _dutch_postcode(postcode), town, country)


def _abroad(fields: AddressFields) -> Parts:
    """Return the parts of an address abroad, whose lines and number stay as they came."""
    lines = [line for line in fields[6:9] if line]
    if lines:
        if len(lines) == 1:
            raise NotAPostalAddress("there is but one line", "give all its lines", field="line_1")
        return (lines[0], None, "", "", "", "", "\n".join(lines[1:]), fields.country)
    if not fields.street:
        raise NotAPostalAddress("the street is missing", field="street")
    if not fields.town:
        raise NotAPostalAddress("the town is missing", field="town")
    ends = (fields.postcode, fields.town, fields.country)
    try:
        house = house_number_parts(*fields[1:5])
    except NotAPostalAddress:
        street = " ".join(filter(None, fields[:4]))
        return (street, None, "", "", "", *ends)
    return (fields.street, *house, *ends)


def without_opposite(street: str, near: str) -> tuple[str, str]:
    """Return a street without the `t/o` that stands behind it, and the designation that it stands for."""
    found = _OPPOSITE_LAST.fullmatch(street)
    return (found["street"], near or TO) if found else (street, near)


def _location_parts(location: str, postcode: str, town: str) -> Parts:
    if not town:
        raise NotAPostalAddress("the town is missing", field="town")
    code = _dutch_postcode(postcode) if postcode else ""
    return (location, None, "", "", "", code, town, "NL")


def household_key(parts: Parts) -> int:
    """Return 63 bits that everyone behind one front door shares, and nobody behind another.

    The parts are those that `address_parts` returned.
    """
    street, number, letter, addition, near, postcode, town, country = parts
    if number is None or not postcode:
        whole = " ".join(filter(None, (street, str(number or ""), letter, addition)))
        return key_of(f"{country}|{postcode or _town(town)}|@|{_place(whole)}")
    return numbered_key(country, postcode, number, letter, addition, near)


def numbered_key(
    country: str, postcode: str, number: int, letter: str, addition: str, near: str
) -> int:
    """Return the household key of an address with a house number, of which street and town are no part."""
    return key_of(f"{country}|{postcode}|{number}{text_behind(letter, addition, near)}")


@lru_cache(maxsize=65_536)
def text_behind(letter: str, addition: str, near: str) -> str:
    """Return what follows the number in the text of a key. The same few return in a million rows."""
    return f"|{near}|{door(letter, addition) if letter or addition else ''}"


def key_of(
    text: str, copy: Callable[[], Any] = KEY_HASH.copy, number: Callable[..., int] = int.from_bytes
) -> int:
    """Return the 63 bits of a hash of a text, in which capitals make no difference."""
    state = copy()  # which is quicker than making one; both are arguments, found quicker than names
    state.update(text.casefold().encode())
    return number(state.digest(), "big") >> 1


def _place(location: str) -> str:
    return squeezed(_OPPOSITE.sub("tegenover", location))


def _town(name: str) -> str:
    plain = squeezed(name)
    return _TOWNS.get(plain, plain)


def _dutch_postcode(text: str) -> str:
    plain = _POSTCODE.fullmatch(text)
    if plain and plain[2] not in _NEVER_GIVEN:
        return plain[1] + plain[2]
    return _odd_postcode(text)


@lru_cache(maxsize=4096)
def _odd_postcode(text: str) -> str:
    from stdnum.exceptions import ValidationError
    from stdnum.nl import postcode

    try:
        return str(postcode.validate(text)).replace(" ", "")
    except ValidationError:
        raise NotAPostalAddress(
            Sentence("{seen!r} is not a Dutch postcode", seen=text[:20]),
            "write it as 1234 AB",
            field="postcode",
        ) from None
