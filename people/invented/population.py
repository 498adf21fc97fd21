"""An invented population, believable and fictitious, the same for one seed on every machine.

Only citizen numbers below 010000000 are used, which no register gives out, and mail addresses at
`example.org`. The telephone numbers are drawn at random within the number plan, so one may exist.
Nothing invented is ever to be sent through a real channel.
"""

# ruff: noqa: PLR2004  the numbers are shares of a population, each standing beside what it is the share of

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from random import Random

from people.columns import COLUMNS
from people.invented.invented_obligations import owed
from people.invented.name_parts import ascii_of, broken, parted
from people.invented.vocabulary import (
    ADDITIONS,
    CARE,
    JUNK_NUMBERS,
    ORIGINS,
    POSTCODE_LETTERS,
    STREETS,
    TOWNS,
    Town,
)
from people.obligations import COLUMNS as OBLIGATION_COLUMNS
from people.whole_files import drafted

FACTS = (
    "years_without_return:int",
    "reminded_on:date",
    "dunned_on:date",
    "extension_until:date",
    "refund_expected:bool",
    "in_care_of:text",
)
HEADER = (*COLUMNS, *FACTS)
AS_OF = date(2023, 6, 1)
"""The day on which the population is looked at: reminders, deaths and departures lie before it."""

CITIZEN_NUMBERS = 909_090
"""About so many fictitious citizen numbers exist; whoever comes after them has none."""
_PREFIXES = 1_000_000
_STRIDE = 617_933  # shares no factor with the prefixes: every one comes once
_OLDEST = 97
_APART = 104_729  # from the seed of the people to that of the partners' names
_BETWEEN = 5_000  # rows between two looks at the progress

Row = tuple[str, ...]
Watch = Callable[[str, int, int], None]


def generate(n: int, seed: int, *, as_of: date = AS_OF) -> Iterator[Row]:
    """Yield `n` people as rows of `HEADER`, household after household.

    As of that day, about a quarter have two or more years without a return, were reminded, got a dunning letter at
    least 21 days before, and have no usable telephone number; of these, four in five have no reason to be left out.
    """
    inventor = _Inventor(Random(seed), Random(seed + _APART), as_of)
    numbers = _citizen_numbers(seed)
    made = 0
    while made < n:
        for person in inventor.household():
            if made == n:
                return
            made += 1
            yield (f"P{made:07d}", next(numbers, ""), *person)


def write_population(
    file: Path,
    n: int,
    seed: int,
    *,
    as_of: date = AS_OF,
    obligations: Path | None = None,
    watch: Watch = lambda *_: None,
) -> None:
    """Write `n` people to a CSV file, and their obligations to another.

    Each file gets its name only when it is complete.

    Raises:
        OSError: it cannot be written.
    """
    with ExitStack() as files:
        people = files.enter_context(drafted(file, HEADER))
        owing = (
            files.enter_context(drafted(obligations, OBLIGATION_COLUMNS)) if obligations else None
        )
        for done, row in enumerate(generate(n, seed, as_of=as_of), start=1):
            people(row)
            if owing:
                for obligation in owed(dict(zip(HEADER, row, strict=True)), seed, as_of):
                    owing(obligation)
            if done % _BETWEEN == 0 or done == n:
                watch("generate", done, n)


def _citizen_numbers(seed: int) -> Iterator[str]:
    """Yield every fictitious citizen number once, in an order of the seed's own."""
    start = seed * 7_919 % _PREFIXES
    for step in range(_PREFIXES):
        prefix = f"{(start + step * _STRIDE) % _PREFIXES:08d}"
        # the 11-test: weights 9 to 2, and the last digit counts -1
        _, _, a, b, c, d, e, f = map(int, prefix)
        last = (7 * a + 6 * b + 5 * c + 4 * d + 3 * e + 2 * f) % 11
        if last < len("0123456789") and prefix != "00000000":
            yield f"{prefix}{last}"


class _Inventor:
    """Draws people.

    Every draw goes through `draw` (a partner's name through `pair`), a number from 0 up to 1.
    """

    def __init__(self, random: Random, pairing: Random, as_of: date) -> None:
        self.draw = random.random
        # by itself, so that everybody else is who they are whoever has a partner
        self.pair = pairing.random
        self.origins = [origin for origin in ORIGINS for _ in range(origin.share)]
        self.towns = [town for town in TOWNS for _ in range(town.weight)]
        self.as_of = as_of
        self.past = [(as_of - timedelta(days=days)).isoformat() for days in range(1500)]
        self.ahead = [(as_of + timedelta(days=days)).isoformat() for days in range(200)]
        born = as_of.replace(day=1, month=1, year=as_of.year - _OLDEST)
        self.adults = [
            (born + timedelta(days=day)).isoformat() for day in range(int((_OLDEST - 18) * 365.25))
        ]
        self.children = [
            (as_of - timedelta(days=365 * 12 + day)).isoformat() for day in range(365 * 5)
        ]

    def among(self, things: tuple[str, ...] | list[str]) -> str:
        return things[int(self.draw() * len(things))]

    def household(self) -> Iterator[tuple[str, ...]]:
        """Yield everybody of one household, without reference and citizen number."""
        draw = self.draw
        origin = self.origins[int(draw() * len(self.origins))]
        town = self.towns[int(draw() * len(self.towns))]
        place = self.address(town)
        family = self.among(origin.families)
        size = _SIZES[int(draw() * len(_SIZES))]
        language = self.among(origin.languages)
        for place_in_household in range(size):
            if place_in_household and draw() < 0.3:
                family = self.among(origin.families)
            yield self.person(
                place_in_household,
                given_names=(origin.women, origin.men),
                family=family,
                language=language,
                place=place,
                area=town.area,
            )

    def person(
        self,
        place_in_household: int,
        *,
        given_names: tuple[tuple[str, ...], tuple[str, ...]],
        family: str,
        language: str,
        place: tuple[str, ...],
        area: str,
    ) -> tuple[str, ...]:
        draw = self.draw
        man = draw() < 0.5
        given = self.among(given_names[man])
        prefix, name = parted(family)
        if draw() < 0.004:
            name = broken(name, draw())
        child = place_in_household > 1 and draw() < 0.15
        facts = self.facts(place_in_household, child)
        phone, phone2 = self.phones(area, heavy=facts[0] >= "2")
        gender = "O" if draw() < 0.02 else ("M" if man else "V")
        rare = draw()
        return (
            self.initials(given),
            given,
            prefix,
            name,
            *(_ALONE if child else self.partner()),
            self.birth(child=child),
            gender,
            language,
            *place,
            phone,
            phone2,
            f"{ascii_of(given)}.{ascii_of(name)}@example.org" if draw() < 0.3 else "",
            self.past[int(draw() * 700) + 1] if rare < 0.012 else "",
            self.past[int(draw() * 700) + 1] if 0.012 < rare < 0.022 else "",
            "J" if 0.022 < rare < 0.042 else "N",
            str(int(draw() * 7) + 1) if 0.1 < rare < 0.15 else "0",
            f"CUR{int(draw() * 9000) + 1000}" if 0.042 < rare < 0.048 else "",
            *facts,
        )

    def partner(self) -> tuple[str, str, str]:
        """Draw a name use and a partner's name.

        Most people go by their own name.
        """
        draw = self.pair
        if draw() > 0.22:
            return _ALONE
        origin = self.origins[int(draw() * len(self.origins))]
        return (
            _USES[int(draw() * len(_USES))],
            *parted(origin.families[int(draw() * len(origin.families))]),
        )

    def facts(self, place_in_household: int, child: bool) -> tuple[str, ...]:  # noqa: FBT001
        draw = self.draw
        if child or draw() > (0.72 if place_in_household == 0 else 0.27):
            years = "0" if draw() < 0.6 else "1"
        else:
            years = _YEARS[int(draw() * len(_YEARS))]
        late = years != "0"
        reminded = int(draw() * 270) + 60
        dunned = reminded - int(draw() * 40) - 20
        was_reminded = late and draw() < 0.95
        was_dunned = was_reminded and dunned > 0 and draw() < 0.93
        rare = draw()
        return (
            years,
            self.past[reminded] if was_reminded else "",
            self.past[dunned] if was_dunned else "",
            self.ahead[int(draw() * 120) + 30] if rare < 0.02 else "",
            "" if rare > 0.8 else ("J" if rare > 0.5 else "N"),
            self.among(CARE) if 0.02 < rare < 0.04 else "",
        )

    def phones(self, area: str, *, heavy: bool) -> tuple[str, str]:
        """Draw two numbers.

        People who have gone longest without a return are the hardest to call.
        """
        draw = self.draw
        kind = draw()
        if kind > (0.36 if heavy else 0.66):
            return (self.among(JUNK_NUMBERS), "") if draw() < 0.06 else ("", "")
        if kind < 0.012:
            return (f"0970{10_000_000 + int(draw() * 89_999_999)}", "")
        first = self.mobile() if draw() < 0.72 else self.landline(area)
        return (first, self.landline(area) if draw() < 0.1 else "")

    def mobile(self) -> str:
        digits = f"{'123458'[int(self.draw() * 6)]}{int(self.draw() * 10_000_000):07d}"
        way = self.draw()
        if way < 0.4:
            return f"06-{digits}"
        if way < 0.7:
            return f"06{digits}"
        return f"+31 6 {digits}" if way < 0.85 else f"06 {digits[:4]} {digits[4:]}"

    def landline(self, area: str) -> str:
        if self.draw() < 0.05:
            return f"085-{2_000_000 + int(self.draw() * 7_000_000)}"
        length = 10 - len(area)
        return f"{area}-{2 * 10 ** (length - 1) + int(self.draw() * 7 * 10 ** (length - 1))}"

    def initials(self, given: str) -> str:
        first = "".join(f"{part[0]}." for part in given.replace("-", " ").split())
        return (
            first if self.draw() < 0.45 else f"{first}{_LETTERS[int(self.draw() * len(_LETTERS))]}."
        )

    def birth(self, *, child: bool) -> str:
        if child:
            return self.among(self.children)
        # two draws added make the middle ages the likeliest
        born = self.adults[int((self.draw() + self.draw()) / 2 * len(self.adults))]
        partly = self.draw()
        return (
            born
            if partly > 0.012
            else (f"{born[:4]}-00-00" if partly > 0.004 else f"{born[:7]}-00")
        )

    def address(self, town: Town) -> tuple[str, ...]:
        """Draw a street and what follows, up to the country. A postcode lies in one street."""
        draw = self.draw
        digits = town.first + int(draw() * (town.last - town.first + 1))
        one, two = int(draw() * len(POSTCODE_LETTERS)), int(draw() * len(POSTCODE_LETTERS))
        letters = POSTCODE_LETTERS[one] + POSTCODE_LETTERS[two]
        street = STREETS[(digits * 577 + one * 37 + two) % len(STREETS)]
        if letters in ("SA", "SD", "SS"):
            letters = "SB"
        postcode = f"{digits}{letters}" if draw() < 0.6 else f"{digits} {letters}"
        number = str(1 + int(draw() * draw() * 240))
        letter = "abcA"[int(draw() * 4)] if draw() < 0.12 else ""
        addition = self.among(ADDITIONS) if draw() < 0.12 else ""
        dirt = draw()
        if dirt < 0.014:
            return self.dirty(dirt, street=street, number=number, postcode=postcode, town=town.name)
        country = "" if dirt < 0.5 else ("NL" if dirt < 0.9 else "Nederland")
        return (street, number, letter, addition, postcode, town.name, country)

    def dirty(
        self, dirt: float, *, street: str, number: str, postcode: str, town: str
    ) -> tuple[str, ...]:
        if dirt < 0.003:
            return ("", "", "", "", "", "", "")
        if dirt < 0.006:
            return (street, number, "", "", f"{postcode[:4]}SS", town, "NL")
        if dirt < 0.009:
            return (street, "", "", "", postcode, town, "NL")
        return (street, number, "", "", f"{postcode[1:4]}{postcode[-2:]}", town, "")


_SIZES = (1,) * 11 + (2,) * 6 + (3,) * 2 + (4,)
_ALONE = ("", "", "")
# so many of twenty who have a partner's name
_USES = ("E",) * 10 + ("V",) * 6 + ("P",) * 3 + ("N",)
_YEARS = ("1",) * 3 + ("2",) * 7 + ("3",) * 6 + ("4",) * 3 + ("5",)
_LETTERS = "AABCCDEFGGHHIJJKLMMNPRSTVW"
