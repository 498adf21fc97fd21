"""Postal addresses, parsed into their parts or refused with the part that is wrong.

An address has the lines that PostNL wants printed, and the household key of everyone who lives
there.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from people.countries import country_code, country_name
from store.errors import BadInput

_POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Z]{2})", re.ASCII)
# Never given out: see stdnum.nl.postcode, which is asked about everything that is not plainly right.
_NEVER_GIVEN = frozenset({"SA", "SD", "SS"})
_HOUSE_NUMBER = re.compile(
    r"0*([1-9][0-9]{0,4})(?:(?=[^0-9])[ ./-]*([^0-9 ./-].*|[0-9].*))?", re.ASCII
)
_NEAR = {
    "bij": "bij",
    "by": "bij",
    "t/o": "t/o",
    "to": "t/o",
    "tegenover": "t/o",
}  # stand before the number


@dataclass
class NotAPostalAddress(BadInput):
    """The parts do not make an address that the post can deliver to.

    `field` says which part.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """A complete postal address.

    Attributes:
        street: Or the name of a place, as the source has it.
        house_number: 1 to 99999.
        house_letter: One letter, or empty.
        house_addition: `III`, `hs`, `2`, `bij`, or empty.
        postcode: `1234AB` in the Netherlands, as the source has it elsewhere.
        town: As the source has it.
        country: ISO 3166-1 alpha-2.
    """

    street: str
    house_number: int
    house_letter: str
    house_addition: str
    postcode: str
    town: str
    country: str = "NL"

    @classmethod
    def parse(
        cls,
        *,
        street: str,
        house_number: str,
        house_letter: str = "",
        house_addition: str = "",
        postcode: str,
        town: str,
        country: str = "",
    ) -> "PostalAddress":
        """Read an address from its parts as a source system writes them.

        A number that carries its own letter or addition (`12a`, `9-2`) is taken apart when those fields are empty.

        Raises:
            NotAPostalAddress: a part is missing or wrong.
        """
        land = country_code(country)
        if land is None:
            raise NotAPostalAddress(
                f"{country!r} is not a known country", "write its two-letter code", field="country"
            )
        road, number, letter, addition, code, place, _ = address_parts(
            street=street,
            house_number=house_number,
            house_letter=house_letter,
            house_addition=house_addition,
            postcode=postcode,
            town=town,
            country=land,
        )
        return cls(
            street=road,
            house_number=number,
            house_letter=letter,
            house_addition=addition,
            postcode=code,
            town=place,
            country=land,
        )

    def lines(self) -> tuple[str, ...]:
        """Return the lines below the name, two in the Netherlands and three elsewhere."""
        if self.country != "NL":
            return (
                self._street_line(),
                f"{self.postcode} {self.town}",
                country_name(self.country).upper(),
            )
        return (
            self._street_line(),
            f"{self.postcode[:4]} {self.postcode[4:]}  {self.town.upper()}",
        )

    def _street_line(self) -> str:
        addition = self.house_addition
        near = _NEAR.get(addition.casefold())
        if near:
            number = f"{near} {self.house_number}"
            return f"{self.street} {number} {self.house_letter}".rstrip()
        if self.house_letter:
            return f"{self.street} {self.house_number} {self.house_letter}{addition}"
        if not addition:
            return f"{self.street} {self.house_number}"
        return f"{self.street} {self.house_number}{'-' if addition[0].isdigit() else ' '}{addition}"

    @property
    def household_key(self) -> int:
        """A number from 0 up to 2^63, the same for everyone at this address.

        The name of the street makes no difference.
        """
        return household_key(
            country=self.country,
            postcode=self.postcode,
            number=self.house_number,
            letter=self.house_letter,
            addition=self.house_addition,
        )


Parts = tuple[str, int, str, str, str, str, str]
"""Street, number, letter, addition, postcode, town, and the country's ISO code."""


def address_parts(
    *,
    street: str,
    house_number: str,
    house_letter: str,
    house_addition: str,
    postcode: str,
    town: str,
    country: str,
) -> Parts:
    """Return the checked parts of a complete address.

    `country` is an ISO code.

    Raises:
        NotAPostalAddress: a part is missing or wrong.
    """
    if not street:
        raise NotAPostalAddress("the street is missing", field="street")
    number, letter, addition = _split_house_number(house_number, house_letter, house_addition)
    if not postcode:
        raise NotAPostalAddress("the postcode is missing", field="postcode")
    code = _dutch_postcode(postcode) if country == "NL" else postcode
    if not town:
        raise NotAPostalAddress("the town is missing", field="town")
    return (street, number, letter, addition, code, town, country)


def household_key(*, country: str, postcode: str, number: int, letter: str, addition: str) -> int:
    """Return 63 bits that everyone at one address shares.

    Capitals make no difference.
    """
    text = f"{country}|{postcode}|{number}|{letter}|{addition}".casefold()
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def _split_house_number(number: str, letter: str, addition: str) -> tuple[int, str, str]:
    if number.isascii() and number.isdigit() and len(number) <= len("99999") and number.strip("0"):
        return int(number), _letter(letter), addition
    found = _HOUSE_NUMBER.fullmatch(number)
    if found is None:
        raise NotAPostalAddress(
            f"{number[:20]!r} is not a house number" if number else "the house number is missing",
            "write digits, and the letter and addition in their own fields",
            field="house_number",
        )
    rest = (found[2] or "").strip()
    if not rest:
        return int(found[1]), _letter(letter), addition
    if letter or addition:
        raise NotAPostalAddress(
            f"{number[:20]!r} has a letter or addition of its own",
            "write it once",
            field="house_number",
        )
    return (
        (int(found[1]), rest, "")
        if len(rest) == 1 and rest.isalpha()
        else (int(found[1]), "", rest)
    )


def _letter(letter: str) -> str:
    if not letter or (len(letter) == 1 and letter.isalpha()):
        return letter
    raise NotAPostalAddress(
        f"{letter[:20]!r} is not a single letter", "write it as the addition", field="house_letter"
    )


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
            f"{text[:20]!r} is not a Dutch postcode", "write it as 1234 AB", field="postcode"
        ) from None
