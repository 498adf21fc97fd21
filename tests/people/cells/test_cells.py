"""What sources and spreadsheets write in a cell is read for what it is, and never guessed."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from people.cells.findings import HEADER
from people.cells.nothings import NOTHING_IN
from people.columns import TITLE_COLUMNS
from people.importing import ImportReport, import_people
from people.invented import vocabulary
from store.engine import Store, open_store
from store.migrating import migrate
from store.tables import Person, PersonNumber
from tests.people.exports import a_person, write_people

KEY = b"a key for tests only"
Person_ = Mapping[str, Any]


@pytest.fixture
def empty(sqlite_url: str, tmp_path: Path) -> Iterator[Store]:
    """Return a database without anybody: reading a cell does not depend on which one it is."""
    store = open_store(sqlite_url, locks=tmp_path)
    migrate(store)
    yield store
    store.engine.dispose()


@dataclass(frozen=True)
class Reading:
    """Imports people, each with some cells of their own."""

    store: Store
    folder: Path
    now: datetime

    def all(self, *rows: Mapping[str, str]) -> tuple[list[Person_], ImportReport]:
        """Return what is kept of each of these rows, and the report."""
        facts = dict.fromkeys(
            name for row in rows for name in row if ":" in name or name in TITLE_COLUMNS
        )
        people = [a_person(f"K{index:04}", **row) for index, row in enumerate(rows)]
        file = write_people(self.folder / "p.csv", people, facts)
        report = import_people(
            self.store, file, key=KEY, now=self.now, remarks=self.folder / "findings.csv"
        )
        with self.store.reading() as connection:
            kept = select(Person.__table__).order_by(Person.person_ref)
            return [dict(row) for row in connection.execute(kept).mappings()], report

    def one(self, **cells: str) -> tuple[Person_, ImportReport]:
        """Return what is kept of one row."""
        people, report = self.all(cells)
        return (people[0] if people else {}), report


@pytest.fixture
def reading(empty: Store, tmp_path: Path, now: datetime) -> Reading:
    """Return an importer of people into an empty database."""
    return Reading(empty, tmp_path, now)


ADDRESS = ("street", "house_number", "house_letter", "house_addition", "postcode", "town")
NOTHINGS = (
    "NULL",
    "null",
    "#N/A",
    "nan",
    "NaN",
    "None",
    "n.v.t.",
    "N.V.T.",
    "nvt",
    "(leeg)",
    "[Leeg]",
    "Onbekend",
    "ONBEKEND",
    "XXX",
    "xxx",
    "0",
    ".",
    "-",
    "--",
    "?",
    "#VERW!",
    "#REF!",
    "#NAAM?",
    "#DEEL/0!",
    "<NA>",
    "\\N",
    "undefined",
    "niet bekend",
    "N / A",
    "(null)",
    "n. v. t.",
)


def test_what_a_source_writes_for_nothing_is_empty_where_a_field_may_be_empty(
    reading: Reading,
) -> None:
    optional = ("prefix", "partner_prefix", "partner_name", "house_letter", "house_addition")
    rows = [{"initials": cell, **dict.fromkeys(optional, cell)} for cell in NOTHINGS]
    people, report = reading.all(*rows)
    for person, cell in zip(people, NOTHINGS, strict=True):
        assert [person[name] for name in ("initials", *optional)] == [""] * 6, cell
        assert (person["house_number"], person["postcode"]) == (12, "1234AB")
    assert dict(report.remarks) == {"nothing": 6 * len(NOTHINGS)}


@pytest.mark.parametrize("column", ["street", "town", "postcode", "house_number"])
def test_an_address_of_which_a_part_is_nothing_is_bad(reading: Reading, column: str) -> None:
    people, report = reading.all(*({column: cell} for cell in NOTHINGS))
    assert [person for person in people if any(person[name] for name in ADDRESS)] == []
    assert report.remarks["bad_address"] == len(NOTHINGS)


def test_a_family_name_that_is_nothing_is_held_unless_another_name_is_known(
    reading: Reading,
) -> None:
    people, _ = reading.all(*({"family_name": cell} for cell in NOTHINGS))
    assert {(each["family_name"], each["name_damaged"]) for each in people} == {("", False)}
    alone = ("family_name", "given_name", "initials")
    people, report = reading.all(*(dict.fromkeys(alone, cell) for cell in NOTHINGS))
    assert {(each["family_name"], each["name_damaged"]) for each in people} == {("", True)}
    assert report.remarks["missing_name"] == len(NOTHINGS)


def test_a_number_a_date_or_a_language_that_is_nothing_is_not_there(reading: Reading) -> None:
    columns = ("phone", "phone2", "email", "language", "birth_date")
    people, report = reading.all(*(dict.fromkeys(columns, cell) for cell in NOTHINGS))
    kept = {(each["email"], each["language"], each["birth_first"]) for each in people}
    assert (kept, report.added) == ({(None, "", None)}, len(NOTHINGS))
    with reading.store.reading() as connection:
        assert connection.execute(select(PersonNumber.e164)).all() == []
    assert "unusable_number" not in report.remarks


@pytest.mark.parametrize(
    ("name", "value", "column"),
    [
        ("family_name", value, "family_name")
        for value in ("Nan", "Na", "Geen", "Blank", "Leeg", "Li", "O", "Null-Jansen", "Nada")
    ]
    + [("initials", value, "initials") for value in ("N.A.", "N.N.", "X.", "X.X.", "N.V.")]
    + [("given_name", "X", "given_name"), ("given_name", "Nil", "given_name")]
    + [("house_letter", "X", "house_letter"), ("house_addition", "IX", "house_addition")]
    + [("town", "Ee", "town"), ("street", "A", "street")],
)
def test_a_name_that_looks_like_nothing_is_kept(
    reading: Reading, name: str, value: str, column: str
) -> None:
    person, report = reading.one(**{name: value})
    assert (person[column], dict(report.remarks)) == (value, {})


def test_no_name_street_or_town_that_we_know_is_taken_for_nothing() -> None:
    kinds = {"given": "given_name", "family": "family_name", "prefix": "prefix"}
    for kind, field in kinds.items():
        for name in vars(vocabulary):
            values = getattr(vocabulary, name)
            if kind in name.casefold() and isinstance(values, tuple):
                words = [each for each in values if isinstance(each, str) and each]
                assert [word for word in words if NOTHING_IN[field](word)] == []


def test_an_unknown_country_is_not_the_netherlands_and_a_missing_one_is(reading: Reading) -> None:
    def country(cell: str) -> str:
        return str(reading.one(country=cell)[0]["country"])

    assert {country(cell) for cell in ("NULL", "nan", "-", "n.v.t.", "6030.0")} == {"NL"}
    assert {country(cell) for cell in ("Onbekend", "?", ".", "0000")} == {"ZZ"}
    assert country("NA") == "NA"  # Namibia


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12.0", 12), ("7.0", 7), ("123.0", 123), ("12.00", 12), ("12,0", 12), ("1.2E1", 12)],
)
def test_a_house_number_that_became_a_float_is_the_number(
    reading: Reading, cell: str, number: int
) -> None:
    person, report = reading.one(house_number=cell)
    assert (person["house_number"], person["house_addition"]) == (number, "")
    assert dict(report.remarks) == {"spreadsheet_number": 1}


DATES = (
    "2-jan",
    "12-mrt",
    "1-feb",
    "3-okt",
    "1/feb",
    "1-2-2023",
    "02-jan",
    "jan-02",
    "feb-12",
    "2 jan",
    "2-Jan",
    "2-jan-23",
    "2023-01-02",
    "2023-01-02 00:00:00",
    "1/2/2023",
    "12 maart",
    "May-03",
)


@pytest.mark.parametrize("column", ["house_number", "house_addition"])
def test_a_house_number_that_a_spreadsheet_made_a_date_of_is_a_bad_address(
    reading: Reading, column: str
) -> None:
    people, report = reading.all(*({column: cell} for cell in DATES))
    assert [person for person in people if any(person[name] for name in ADDRESS)] == []
    assert dict(report.remarks) == {"bad_address": len(DATES)}


@pytest.mark.parametrize("cell", [
    *("44927", "46023", "01-02", "1.200", "12,500", "1.000", "12,000", "12.5", "12,5", "9.30", "12:30"),
    *("12.000.0", "12 to 14", "12 t/o 14", "12 bij 2", "1\u00bd", "12 A NULL"),
])  # fmt: skip
def test_a_day_a_thousand_a_fraction_or_two_doors_is_no_house_number(
    reading: Reading, cell: str
) -> None:
    person, report = reading.one(house_number=cell)
    assert {person[name] for name in ADDRESS} == {None}
    assert report.remarks["bad_address"] == 1


@pytest.mark.parametrize("number", ["15201", "00012", "12-14", "012-14", "0012-2", "9999"])
def test_what_may_be_a_house_number_is_read_as_one(reading: Reading, number: str) -> None:
    person, _ = reading.one(house_number=number, house_letter="")
    assert person["house_number"] is not None


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("nr 12", (12, "", "", "")),
        ("huisnr. 12a", (12, "a", "", "")),
        ("t.o. 12", (12, "", "", "to")),
        ("tegenover nr 12", (12, "", "", "to")),
        ("12 (a)", (12, "a", "", "")),
        ("12\u20132", (12, "", "2", "")),
        ("012-14", (12, "", "14", "")),
        ("12.0A", (12, "A", "", "")),
        ("12.00-2", (12, "", "2", "")),
        ("12 NULL", (12, "", "", "")),
        ("12-nan", (12, "", "", "")),
        ("12 A bis", (12, "", "A bis", "")),
        ("12-2hoog", (12, "", "2hoog", "")),
    ],
)
def test_a_house_number_is_read_however_its_parts_are_joined(
    reading: Reading, cell: str, read: tuple[Any, ...]
) -> None:
    person, _ = reading.one(house_number=cell, house_letter="", house_addition="")
    parts = ("house_number", "house_letter", "house_addition", "house_designation")
    assert tuple(person[name] for name in parts) == read


@pytest.mark.parametrize(
    "cell", ["Vries NULL", "NULL de Vries", "Jansen-NULL", "Vries (null)", "Jansen n.v.t."]
)
def test_a_name_beside_a_word_for_nothing_is_held(reading: Reading, cell: str) -> None:
    person, report = reading.one(family_name=cell)
    assert person["name_damaged"]
    assert report.remarks["damaged_name"] == 1


@pytest.mark.parametrize("cell", ["Schmidt-Null", "Van Nan", "Null van Dijk", "Nan"])
def test_a_family_that_is_called_nothing_is_printed(reading: Reading, cell: str) -> None:
    person, _ = reading.one(family_name=cell)
    assert (person["family_name"], person["name_damaged"]) == (cell, False)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("Allemagne", "DE"), ("Frankreich", "FR"), ("Espagne", "ES"), ("Niemcy", "DE")),
        *(
            ("Almanya", "DE"),
            ("\u0423\u043a\u0440\u0430\u0457\u043d\u0430", "UA"),
            ("Brasil", "BR"),
        ),
        *(("Niederlande", "NL"), ("Pays-Bas", "NL"), ("Hollanda", "NL"), ("Nederl.", "NL")),
    ],
)
def test_a_country_is_known_in_the_words_of_other_languages(
    reading: Reading, cell: str, code: str
) -> None:
    person, _ = reading.one(country=cell)
    assert person["country"] == code


def test_an_unknown_country_is_not_taken_for_the_netherlands(reading: Reading) -> None:
    people, _ = reading.all(*({"country": cell} for cell in ("?", "??", "...", "Joegoslavi\u00eb")))
    assert {person["country"] for person in people} == {"ZZ"}


@pytest.mark.parametrize("street", ["Kerkstraat 12a", "Kerkstraat 12 hs", "Kerkstraat 12-2"])
def test_a_street_with_more_behind_its_own_house_number_is_a_bad_address(
    reading: Reading, street: str
) -> None:
    person, report = reading.one(street=street, house_number="12")
    assert {person[name] for name in ADDRESS} == {None}
    assert report.remarks["bad_address"] == 1


@pytest.mark.parametrize("street", ["Plein 1945", "Laan 1940-1945", "2e Dwarsstraat", "Straat A"])
def test_a_street_may_hold_another_number_than_its_house(reading: Reading, street: str) -> None:
    person, report = reading.one(street=street, house_number="12")
    assert (person["street"], dict(report.remarks)) == (street, {})


@pytest.mark.parametrize("cells", [{"town": "Utrecht NULL"}, {"street": "#N/A Kerkstraat"}])
def test_a_programs_word_for_nothing_is_never_printed_beside_a_name(
    reading: Reading, cells: dict[str, str]
) -> None:
    person, report = reading.one(**cells)
    assert {person[name] for name in ADDRESS} == {None}
    assert report.remarks["bad_address"] == 1


def test_a_family_name_of_words_for_nothing_is_nothing(reading: Reading) -> None:
    person, _ = reading.one(family_name="Onbekend Onbekend")
    assert person["family_name"] == ""


@pytest.mark.parametrize("cell", ["!!!", "...", "123", "--/--", "0000"])
@pytest.mark.parametrize("column", ["street", "town"])
def test_a_street_or_a_town_without_a_letter_is_a_bad_address(
    reading: Reading, cell: str, column: str
) -> None:
    person, report = reading.one(**{column: cell})
    assert {person[name] for name in ADDRESS} == {None}
    assert report.remarks["bad_address"] == 1


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("29221", "1980-01-01"),
        ("29221.0", "1980-01-01"),
        ("19800101.0", "1980-01-01"),
        ("1-jan-1980", "1980-01-01"),
        ("01-mrt-1980", "1980-03-01"),
        ("1 maart 1980", "1980-03-01"),
        ("Mar 1, 1980", "1980-03-01"),
        ("1980-03-01T00:00:00", "1980-03-01"),
        ("1980-03-01T00:00:00.000", "1980-03-01"),
        ("1980-03-01T00:00:00+01:00", "1980-03-01"),
        ("1980-03-01 00:00:00", "1980-03-01"),
    ],
)
def test_a_date_of_a_spreadsheet_is_the_day(reading: Reading, cell: str, day: str) -> None:
    cells = {"birth_date": cell, "deceased_on": cell, "x:date": cell}
    person, _ = reading.one(**cells)
    assert str(person["birth_first"]) == str(person["birth_last"]) == day
    assert (str(person["deceased_on"]), person["facts"]["x"]) == (day, day)


@pytest.mark.parametrize(
    "cell", ["1-jan-80", "0412", "1979-12-31T23:00:00Z", "75000", "31-feb-1980"]
)
def test_a_date_that_may_be_another_day_refuses_its_row(reading: Reading, cell: str) -> None:
    assert reading.one(birth_date=cell)[1].refused == 1


def test_a_death_that_is_nothing_is_none_and_one_on_an_unknown_day_is_one(reading: Reading) -> None:
    def died(cell: str) -> str | None:
        day = reading.one(deceased_on=cell)[0]["deceased_on"]
        return str(day) if day else None

    nothing = ("NULL", "nan", "NaT", "n.v.t.", "-", "(leeg)", "31-12-9999", "9999-12-31", "geen")
    assert {died(cell) for cell in nothing} == {None}
    assert {died(cell) for cell in ("00000000", "0", "0-1-1900")} == {"1850-01-01"}


def test_a_fact_is_read_as_its_type_whatever_a_spreadsheet_did(reading: Reading) -> None:
    cells = {"a:int": "3.0", "b:int": "0", "c:int": "NULL", "d:bool": "1.0", "e:decimal": "12.50"}
    cells |= {"f:text": "n.v.t.", "g:text": "onbekend", "h:decimal": "1.500E3", "i:int": "-2.0"}
    person, report = reading.one(**cells)
    assert person["facts"] == {
        "a": 3,
        "b": 0,
        "d": True,
        "e": 125_000,
        "g": "onbekend",
        "h": 15_000_000,
        "i": -2,
    }
    assert report.remarks == {"nothing": 2, "spreadsheet_number": 4}
    assert reading.one(**{"a:int": "3.5"})[1].refused == 1
    assert reading.one(**{"a:int": "1.23457E+12"})[1].refused == 1


def test_every_finding_says_where_it_is_what_stood_there_and_what_was_done(
    reading: Reading,
) -> None:
    cells = {
        "phone": "06-12345678 (zoon)",
        "house_number": "12.0",
        "prefix": "NULL",
        "bsn": "000000012.0",
    }
    reading.one(**cells)
    with (reading.folder / "findings.csv").open(encoding="utf-8-sig", newline="") as text:
        header, *rows = csv.reader(text)
    assert tuple(header) == HEADER
    found = {(row[2], *row[3:]) for row in rows}
    assert found == {
        ("bsn", "spreadsheet_number", "*********", "read as a number"),
        ("prefix", "nothing", "NULL", "read as empty"),
        ("house_number", "spreadsheet_number", "12.0", "read as 12"),
        ("phone", "number_with_note", "06-12345678 (zoon)", "read as +31612345678"),
    }
    assert {(row[0], row[1]) for row in rows} == {("2", "K0000")}
