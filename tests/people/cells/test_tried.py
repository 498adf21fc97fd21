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
