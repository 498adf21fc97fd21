"""What was tried on a person's cells: nothing is guessed into another person's number or door."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from people.addresses import PostalAddress
from people.names import Name
from store.engine import Store
from tests.people.cells.test_cells import Reading, empty

__all__ = ["empty"]


@pytest.fixture
def reading(empty: Store, tmp_path: Path, now: datetime) -> Reading:
    """Return an importer of people into an empty database."""
    return Reading(empty, tmp_path, now)


def row_of(person: Mapping[str, Any]) -> Any:
    """Return the columns of a person by their names."""
    return SimpleNamespace(**person)


@pytest.mark.parametrize(
    ("cells", "envelope"),
    [
        ({"family_name": "Vel\u200bzen\ufeff"}, "J. van Velzen"),
        ({"family_name": "Vel\u00adzen"}, "J. van Velzen"),
        ({"family_name": "van Velzen"}, "J. van Velzen"),
        ({"prefix": "VAN", "family_name": "van Velzen"}, "J. van Velzen"),
        ({"prefix": "", "family_name": "Velzen, van"}, "J. van Velzen"),
        ({"prefix": "", "family_name": "Velzen, Jr"}, "J. Velzen, Jr"),
        ({"initials": "Jan Peter"}, "J.P. van Velzen"),
        ({"initials": "JPMG"}, "J.P.M.G. van Velzen"),
        ({"initials": "Chr"}, "Chr. van Velzen"),
    ],
)
def test_a_name_is_written_as_it_is_meant(
    reading: Reading, cells: dict[str, str], envelope: str
) -> None:
    person, report = reading.one(**cells)
    assert (Name.of(row_of(person)).addressee(), report.remarks) == (envelope, {})


@pytest.mark.parametrize(
    "cells",
    [
        {"family_name": "<script>alert(1)</script>"},
        {"initials": "<b>J</b>"},
        {"family_name": "Vries 2"},
        {"prefix": "3"},
        {"initials": "J.P.3"},
        {"street": "<b>Dorpsstraat</b>"},
        {"partner_name": "Boer 2", "name_use": "P"},
    ],
)
def test_what_is_no_name_is_held_and_never_printed(reading: Reading, cells: dict[str, str]) -> None:
    person, report = reading.one(**cells)
    assert (person["name_damaged"], report.remarks) == (True, {"damaged_name": 1})


@pytest.mark.parametrize("cell", ["06 1234567\u00b2", "0612345\u00bd78", "06 1234567\u2460"])
def test_a_raised_digit_is_no_digit_of_a_telephone_number(reading: Reading, cell: str) -> None:
    assert reading.one(phone=cell)[1].remarks == {"unusable_number": 1}


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        ({"street": "Dorpsstraat 12"}, ("Dorpsstraat 12 a", "1234 AB  ONS DORP")),
        ({"street": "Weg 12", "house_number": "3"}, ("Weg 12 3 a", "1234 AB  ONS DORP")),
        ({"street": "Wijk 12"}, ("Wijk 12 12 a", "1234 AB  ONS DORP")),
        ({"town": "1234 AB Ons Dorp"}, ("Dorpsstraat 12 a", "1234 AB  ONS DORP")),
        ({"town": "1e Dorp"}, ("Dorpsstraat 12 a", "1234 AB  1E DORP")),
    ],
)
def test_what_stands_in_two_columns_is_printed_once(
    reading: Reading, cells: dict[str, str], lines: tuple[str, str]
) -> None:
    home = PostalAddress.stored(row_of(reading.one(**cells)[0]))
    assert home is not None
    assert home.lines() == lines


@pytest.mark.parametrize(
    "cells",
    [
        {"house_number": "12?", "house_letter": ""},
        {"house_number": "12\u00bd", "house_letter": ""},
        {"house_number": "1E+05", "house_letter": ""},
        {"town": "Den Haag 2"},
        {"town": "VOW"},
        {"town": "1235 AB Ons Dorp 3"},
    ],
)
def test_an_address_that_may_be_another_is_bad(reading: Reading, cells: dict[str, str]) -> None:
    person, report = reading.one(**cells)
    assert (person["household_key"], report.remarks["bad_address"]) == (None, 1)


def test_a_date_in_another_language_a_sign_or_a_moved_town_is_no_house_number(
    reading: Reading,
) -> None:
    cells: tuple[str, ...] = (
        "12-dez",
        "3-Mai",
        "12-d\u00e9c",
        "1-avr",
        "mrz-12",
        "12^2",
        "12|14",
        "12\\14",
        "12#2",
    )
    cells = (*cells, "12 e.v.", "12 1234AB", "12 Ons Dorp")
    people, report = reading.all(*({"house_number": cell, "house_letter": ""} for cell in cells))
    assert {person["household_key"] for person in people} == {None}
    assert report.remarks["bad_address"] == len(cells)


def test_a_street_with_signs_a_number_of_a_box_or_words_for_none_is_a_bad_address(
    reading: Reading,
) -> None:
    cells: tuple[str, ...] = (
        "Kerkstraat!",
        "Postbus 123",
        "Antwoordnummer 7",
        "zwervend",
        "geen vaste woonplaats",
    )
    cells = (*cells, "onbekend adres", "zie opmerkingen")
    people, report = reading.all(*({"street": cell} for cell in cells))
    assert {person["household_key"] for person in people} == {None}
    assert report.remarks["bad_address"] == len(cells)
    assert reading.one(street="Postbus", house_number="123")[0]["house_number"] == 123


@pytest.mark.parametrize(
    ("cells", "envelope"),
    [
        ({"given_name": "Jan .", "initials": ""}, "J. van Velzen"),
        ({"given_name": ". Jan", "initials": ""}, "J. van Velzen"),
        ({"given_name": "J.P.", "initials": ""}, "J.P. van Velzen"),
        ({"given_name": "Jan J.P.", "initials": ""}, "J.J.P. van Velzen"),
        ({"family_name": "Velzen, van"}, "J. van Velzen"),
    ],
)
def test_a_lone_sign_is_no_name_and_a_name_is_written_once(
    reading: Reading, cells: dict[str, str], envelope: str
) -> None:
    person, _ = reading.one(**cells)
    assert Name.of(row_of(person)).addressee() == envelope


def test_a_family_name_that_holds_the_given_name_too_is_held(reading: Reading) -> None:
    whole = ("de Vries, A.B.", "Vries, Anna", "J. Bakker", "A.B. de Vries")
    people, report = reading.all(*({"family_name": cell, "prefix": ""} for cell in whole))
    assert all(person["name_damaged"] for person in people)
    assert report.remarks == {"name_and_more": len(whole)}
    families = ("Velzen, Jr", "St. John", "d. Vries", "Smit, III", "Vries, de")
    people, report = reading.all(*({"family_name": cell, "prefix": ""} for cell in families))
    assert not any(person["name_damaged"] for person in people[: len(families)])
    note = reading.one(family_name="geen achternaam")[0]
    assert (note["family_name"], note["name_damaged"]) == ("", False)
