"""Invented obligations, as many years without a return as the person's facts say."""

# ruff: noqa: PLR2004  shares and days, each standing beside what it is about

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

_TAX_DAY = (4, 1)
"""From this day of a year on, people are reminded of the year before."""
_ADULT = 18


def owed(person: dict[str, str], seed: int, as_of: date) -> Iterator[tuple[str, ...]]:
    """Yield the obligations of one invented person as rows of `people.obligations.COLUMNS`.

    Args:
        person: A row of `people.invented.population.HEADER` by column.
        seed: The population's seed; the same person under it owes the same.
        as_of: The day on which the population is looked at.
    """
    if int(person["birth_date"][:4]) > as_of.year - _ADULT - 1:
        return
    draw = Random(f"{seed}:{person['person_ref']}").random
    missing = int(person["years_without_return:int"])
    latest = _latest(person, as_of)
    for year in range(latest - missing, latest + 1):
        still_open = year > latest - missing
        yield _income(person, year, draw(), as_of, is_open=still_open, is_latest=year == latest)
    if draw() < 0.06:
        filed = "" if missing and draw() < 0.5 else _day(latest + 1, 1, 25, draw())
        yield (
            person["person_ref"],
            "vat",
            str(latest),
            _day(latest, 1, 2, 0),
            "",
            "",
            "",
            filed,
            "",
            "",
            "",
        )


def _latest(person: dict[str, str], as_of: date) -> int:
    """Return the tax year of the person's latest letters."""
    seen = date.fromisoformat(person["reminded_on:date"] or as_of.isoformat())
    return seen.year - (1 if (seen.month, seen.day) >= _TAX_DAY else 2)


def _income(
    person: dict[str, str], year: int, chance: float, as_of: date, *, is_open: bool, is_latest: bool
) -> tuple[str, ...]:
    invited = _day(year + 1, 2, 1, chance)
    extension = person["extension_until:date"] if is_latest else ""
    reminded = dunned = filed = assessed = due = ""
    if is_open and is_latest:
        reminded, dunned = person["reminded_on:date"], person["dunned_on:date"]
        due = _day(year + 3, 2, 1, chance) if dunned else ""
    elif is_open:
        reminded, dunned = _day(year + 1, 7, 1, chance), _day(year + 1, 9, 1, chance)
        made = _day(year + 2, 2, 1, chance)
        assessed = made if chance < 0.6 and made <= as_of.isoformat() else ""
    elif not extension:
        filed = _day(year + 1, 3, 1, chance)
    refund = person["refund_expected:bool"] if is_latest else ""
    return (
        person["person_ref"],
        "income",
        str(year),
        invited,
        reminded,
        dunned,
        extension,
        filed,
        assessed,
        due,
        refund,
    )


def _day(year: int, month: int, first: int, chance: float) -> str:
    """Return a day within the four weeks after the first one."""
    return (date(year, month, first) + timedelta(days=int(chance * 28))).isoformat()
