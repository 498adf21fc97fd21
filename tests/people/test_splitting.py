"""A source's column that holds several of ours is split where it is sure, and else found bad."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from people.addresses import PostalAddress
from people.cells.split_addresses import postcode_and_town, street_and_number
from people.cells.split_names import whole_name
from people.importing import ImportReport, import_people
from people.maps import parse_map
from people.names import Name
from people.proposing import propose_map
from store.engine import Store
from store.errors import BadInput
from store.tables import Person
from tests.people.cells.test_cells import KEY, empty

__all__ = ["empty"]
HEADER = ("Klantnr", "Naam", "Adres", "Plaats")


def export(file: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Path:
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, delimiter=";").writerows([header, *rows])
    return file


def taken(
    store: Store, file: Path, now: datetime, map_text: str | None = None
) -> tuple[list[Person], ImportReport]:
    proposed = parse_map(map_text or propose_map(file))
    report = import_people(
        store, file, key=KEY, now=now, map=proposed, remarks=file.with_suffix(".found")
    )
    with store.reading() as connection:
        kept = connection.execute(select(Person.__table__).order_by(Person.person_ref))
        return list(kept), report  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "street", "number"),
    [
        ("Kerkstraat 12a", "Kerkstraat", "12 a"),
        ("Kerkstraat 12-a", "Kerkstraat", "12 a"),
        ("Kerkstraat, 12", "Kerkstraat", "12"),
        ("Kerkstraat nr. 12", "Kerkstraat", "12"),
        ("Kerkstraat 12 t/o", "Kerkstraat", "t/o 12"),
        ("Kerkstraat bij 12", "Kerkstraat", "bij 12"),
        ("Kerkstraat 12 2", "Kerkstraat", "12-2"),
        ("Kerkstraat 12 - 14", "Kerkstraat", "12-14"),
        ("Kerkstraat 12.0", "Kerkstraat", "12"),
        ("Kerkstraat \uff17", "Kerkstraat", "7"),
        ("Kerkstr.12", "Kerkstr.", "12"),
        ("Laan 1940-1945 12 bis", "Laan 1940-1945", "12 bis"),
        ("Laan '40-'45 7", "Laan '40-'45", "7"),
        ("1e Jacob van Campenstraat 5-III", "1e Jacob van Campenstraat", "5 III"),
        ("2e Hugo de Grootstraat 10 hs", "2e Hugo de Grootstraat", "10 hs"),
        ("Plein 1813 3", "Plein 1813", "3"),
        ("Plein 5 mei 3", "Plein 5 mei", "3"),
        ("5 Meiplein 3", "5 Meiplein", "3"),
        ("Graan voor Visch 15201 III", "Graan voor Visch", "15201 III"),
        ("Borgesiusstraat 400 LToe", "Borgesiusstraat", "400 LToe"),
        ("Postbus 123", "Postbus", "123"),
        ("Keizer Karel V 3", "Keizer Karel V", "3"),
    ],
)
def test_a_street_and_its_number_in_one_cell_are_printed_as_two(
    cell: str, street: str, number: str
) -> None:
    found, house = street_and_number(cell)
    house = house.removesuffix(".0")
    address = PostalAddress.parse(street=found, house_number=house, postcode="1234AB", town="Ede")
    assert (found, address.lines()[0]) == (street, f"{street} {number}")


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "Plein 1813",
            "Plein 40-45",
            "Laan 1954",
            "Rijksweg 12 3",
            "Sector A 12 3",
            "Plein 5 mei",
        ),
        *("2e Hugo de Grootstraat", "12 Kerkstraat", "Kerkstraat", "Kerkstraat 12 t/m 14"),
        *("Kerkstraat 12 en 14", "Kerkstraat 12 Utrecht", "Kerkstraat 12 EDE", "Kerkstraat 123456"),
        *("Kerkstraat 0612345678", "Kerkstraat 0", "Kerkstraat 12 4 5", "Rue 8 mai 1945 12"),
    ],
)
def test_a_cell_that_can_be_split_in_two_ways_or_none_stays_whole(cell: str) -> None:
    assert street_and_number(cell) == (cell, "")


_STREETS = st.sampled_from(
    ["Kerkstraat", "Oude Gracht", "1e Weteringdwarsstraat", "Laan 1940-1945"]
)
_LETTERS = st.sampled_from(["", "a", "B"])
_ADDITIONS = st.sampled_from(["", "2", "III", "hs", "bis", "73c"])


@given(_STREETS, st.integers(1, 99_999), _LETTERS, _ADDITIONS, st.sampled_from(["", "by", "to"]))
def test_a_printed_address_line_is_split_to_the_same_front_door_or_not_at_all(
    street: str, number: int, letter: str, addition: str, near: str
) -> None:
    parts = {"postcode": "1234 AB", "town": "Ons Dorp"}
    printed = PostalAddress.parse(
        street=street,
        house_number=str(number),
        house_letter=letter,
        house_addition=addition,
        house_designation=near,
        **parts,
    )
    line = printed.lines()[0]
    found, house = street_and_number(line)
    if not house:
        assert found == line
        return
    again = PostalAddress.parse(street=found, house_number=house, **parts)
    assert (again.street, again.household_key) == (street, printed.household_key)


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("1234 AB Utrecht", ("1234AB", "Utrecht")),
        ("3511AB  UTRECHT", ("3511AB", "UTRECHT")),
        ("3511 ab, 's-Gravenhage", ("3511AB", "'s-Gravenhage")),
        ("NL-3511 AB Utrecht", ("3511AB", "Utrecht")),
        ("Utrecht 3511AB", ("3511AB", "Utrecht")),
        ("3511 AB Utrecht, Nederland", ("3511AB", "Utrecht")),
        ("3511AB", ("3511AB", "")),
        ("Utrecht", ("", "Utrecht")),
        ("3511 AB Utrecht 2", ("", "3511 AB Utrecht 2")),
        ("1234AB Utrecht / 1235AC Zeist", ("", "1234AB Utrecht / 1235AC Zeist")),
        ("10115 Berlin", ("", "10115 Berlin")),
    ],
)
def test_a_postcode_and_its_town_in_one_cell_are_two(cell: str, parts: tuple[str, str]) -> None:
    assert postcode_and_town(cell) == parts


@pytest.mark.parametrize(
    ("cell", "envelope"),
    [
        ("J.P. de Vries", "J.P. de Vries"),
        ("Vries, J.P. de", "J.P. de Vries"),
        ("Vries, de, J.P.", "J.P. de Vries"),
        ("Vries, Jan de", "J. de Vries"),
        ("J P van der Berg", "J.P. van der Berg"),
        ("Dhr. J. de Vries", "J. de Vries"),
        ("Mevr. drs. A.B. Jansen-de Boer", "A.B. Jansen-de Boer"),
        ("W.F.M. in 't Veld", "W.F.M. in 't Veld"),
    ],
)
def test_a_name_in_one_cell_is_written_on_the_envelope_as_it_is_said(
    cell: str, envelope: str
) -> None:
    initials, given_name, prefix, family = whole_name(cell)
    name = Name(
        initials=initials, given_name=given_name, prefix=prefix, family_name=family, gender="O"
    )
    assert (name.addressee(), bool(initials or given_name)) == (envelope, True)


@pytest.mark.parametrize(
    "cell",
    ["Maria Garcia Lopez", "Jan de Vries", "Vries", "J. de Boer en T. Vries", "Jansen, A. en B."],
)
def test_a_name_of_which_nobody_knows_where_it_begins_stays_whole(cell: str) -> None:
    assert whole_name(cell) == ("", "", "", cell)


def test_the_proposed_map_splits_street_with_number_postcode_with_town_and_a_name(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    rows = [
        (f"K{index:03}", "J. de Vries", f"Kerkstraat {index}a", "1234 AB Ons Dorp")
        for index in range(1, 30)
    ]
    file = export(
        tmp_path / "e.csv", *rows, ("K900", "Vries, A. de", "Plein 1813", "1234 AB Ons Dorp")
    )
    people, report = taken(empty, file, now)
    assert "split:" in propose_map(file)
    assert {(row.street, row.town, row.postcode) for row in people[:-1]} == {
        ("Kerkstraat", "Ons Dorp", "1234AB")
    }
    assert [row.house_number for row in people[:-1]] == list(range(1, 30))
    assert {(row.initials, row.prefix, row.family_name) for row in people} == {
        ("J.", "de", "Vries"),
        ("A.", "de", "Vries"),
    }
    assert report.remarks == {"bad_address": 1}
    found = file.with_suffix(".found").read_text(encoding="utf-8-sig").splitlines()[1]
    assert found.startswith("31,K900,Adres,bad_address,Plein 1813,")


def test_the_proposed_map_splits_a_whole_address(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    rows = [
        (f"K{index:03}", "Vries", f"Kerkstraat {index} hs, 3511AB  UTRECHT")
        for index in range(1, 30)
    ]
    file = export(tmp_path / "e.csv", *rows, header=("Klantnr", "Achternaam", "Adres"))
    people, report = taken(empty, file, now)
    assert (report.remarks, len(people)) == ({}, 29)
    assert (people[2].street, people[2].house_number, people[2].house_addition) == (
        "Kerkstraat",
        3,
        "hs",
    )
    assert (people[2].postcode, people[2].town) == ("3511AB", "UTRECHT")


def test_the_proposed_map_splits_a_whole_address_beside_a_town_of_its_own(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    rows = [
        (f"K{index:03}", "Vries", "b", f"Kerkstraat {index}, 3511AB UTRECHT", "UTRECHT")
        for index in range(1, 30)
    ]
    header = ("Klantnr", "Achternaam", "Huisltr", "Adres", "Plaats")
    file = export(tmp_path / "e.csv", *rows, header=header)
    proposed = propose_map(file)
    assert "house_letter: Huisltr" in proposed
    assert "Plaats  # stands in Adres too" in proposed
    people, report = taken(empty, file, now)
    assert (report.remarks, len(people)) == ({}, 29)
    assert {(row.street, row.house_letter, row.town) for row in people} == {
        ("Kerkstraat", "b", "UTRECHT")
    }


def test_the_proposed_map_says_where_the_header_is_and_leaves_a_line_of_totals_out(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    rows = [
        (f"K{index:03}", "Vries", f"Kerkstraat {index}", "3511AB UTRECHT", "", "")
        for index in range(1, 30)
    ]
    file = export(
        tmp_path / "e.csv", *rows, ("Totaal: 29", "", "", "", "", ""), header=(*HEADER, "", "")
    )
    file.write_text("Export klanten\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    proposed = propose_map(file)
    assert "# the header is on line 2" in proposed
    assert "# 2 columns without a name were empty and are left out" in proposed
    people, report = taken(empty, file, now)
    assert (len(people), report.refused) == (29, 1)
    assert report.refusals[0].reason == "'Totaal: 29' is a line of totals, not a person"


@pytest.mark.parametrize(
    ("split", "wrong"),
    [
        ("  ADRES: straat en nummer\n", "is not a known split"),
        ("  ADRES: street and number\n  ADRES2: address\n", "which another column gives"),
        ("  NATIONALITEIT: address\n", "nobody may be selected by nationality"),
        ("  REF: address\n", "is named twice"),
    ],
)
def test_a_split_that_cannot_be_is_refused_with_its_line(split: str, wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        parse_map(f"columns:\n  person_ref: REF\nsplit:\n{split}")
