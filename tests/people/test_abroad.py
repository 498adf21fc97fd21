"""Countries in Dutch and English words, and addresses abroad as they came."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from people.addresses import NotAPostalAddress, PostalAddress
from people.countries import country_code, country_name
from people.importing import import_people
from people.maps import parse_map
from people.proposing import propose_map
from store.engine import Store
from store.tables import Person
from tests.people.cells.test_cells import KEY, empty

__all__ = ["empty"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("DE", "DE, de, D.E., DEU, 276, Duitsland, Germany, Deutschland, BONDSREPUBLIEK DUITSLAND"),
        ("DE", "Federal Republic of Germany, Federale Republiek Duitsland"),
        ("BE", "België, Belgie, BELGIUM, BEL, Koninkrijk België"),
        (
            "GB",
            "Engeland, Schotland, UK, U.K., United Kingdom, Groot-Brittannië, Verenigd Koninkrijk",
        ),
        ("US", "VS, V.S., USA, U.S.A., Verenigde Staten, Verenigde Staten van Amerika"),
        ("CI", "Ivoorkust, Ivory Coast, Côte d'Ivoire"),
        ("ZA", "Zuid-Afrika, Zuid Afrika, South Africa"),
        ("TT", "Trinidad en Tobago, Trinidad & Tobago, Trinidad and Tobago"),
        ("KR", "Zuid-Korea, Republiek Korea, South Korea"),
        ("CN", "China, Volksrepubliek China"),
        ("LU", "Luxemburg, Groothertogdom Luxemburg"),
        ("SX", "Sint Maarten, Sint-Maarten, St. Maarten"),
        ("AE", "Verenigde Arabische Emiraten, United Arab Emirates"),
        ("NL", "Nederland, NEDERLAND, The Netherlands, Holland, NLD, 528, 6030"),
    ],
)
def test_a_country_is_known_by_its_names_and_its_codes(code: str, said: str) -> None:
    assert {text: country_code(text) for text in said.split(", ")} == dict.fromkeys(
        said.split(", "), code
    )


@pytest.mark.parametrize(
    "said",
    [
        "Congo",
        "Republiek China",
        "Korea",
        "Sovjet-Unie",
        "Nederlandse Antillen",
        "Mars",
        "XX",
        "QQQ",
    ],
)
def test_a_name_of_no_country_or_of_two_is_not_guessed(said: str) -> None:
    assert country_code(said) is None


def test_a_country_is_printed_by_its_dutch_name() -> None:
    printed = {code: country_name(code) for code in ("DE", "HK", "MD", "TR", "ZZ")}
    assert printed == {
        "DE": "Duitsland",
        "HK": "Hongkong",
        "MD": "Moldavië",
        "TR": "Turkije",
        "ZZ": "ZZ",
    }


def abroad(**parts: str) -> PostalAddress:
    whole = {"street": "", "house_number": "", "postcode": "", "town": "", **parts}
    return PostalAddress.parse(**whole)


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        (
            {"street": "Hauptstraße 5", "postcode": "10115", "town": "Berlin", "country": "DE"},
            ("Hauptstraße 5", "10115 Berlin", "DUITSLAND"),
        ),
        (
            {"street": "12 rue de la Paix", "postcode": "75002", "town": "Paris", "country": "FR"},
            ("12 rue de la Paix", "75002 Paris", "FRANKRIJK"),
        ),
        (
            {
                "street": "Main Street",
                "house_number": "Flat 2",
                "town": "Cork",
                "country": "Ierland",
            },
            ("Main Street Flat 2", "Cork", "IERLAND"),
        ),
        (
            {"street": "Domineestraat", "house_number": "5", "town": "Paramaribo", "country": "SR"},
            ("Domineestraat 5", "Paramaribo", "SURINAME"),
        ),
    ],
)
def test_an_address_abroad_is_printed_as_it_came(
    parts: dict[str, str], lines: tuple[str, ...]
) -> None:
    assert abroad(**parts).lines() == lines


def test_two_streets_abroad_without_a_postcode_are_two_doors() -> None:
    homes = [
        abroad(street=street, house_number="5", town=town, country="SR").household_key
        for street, town in (("A", "X"), ("B", "X"), ("A", "Y"), ("a", "x"))
    ]
    assert (len(set(homes[:3])), homes[0] == homes[3]) == (3, True)


def test_an_address_abroad_without_a_street_or_a_town_is_none() -> None:
    for parts in ({"street": "Main Street 5"}, {"town": "Cork"}):
        with pytest.raises(NotAPostalAddress, match="is missing"):
            abroad(country="IE", **parts)


def test_the_three_lines_of_an_address_abroad_are_kept_and_printed_as_they_came(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    header = ["Klantnr", "Achternaam", "Regel 1 adres buitenland", "Regel 2 adres buitenland"]
    header += ["Regel 3 adres buitenland", "Land"]
    rows = [
        ["K1", "Vries", "4 Privet Drive", "Little Whinging", "Surrey GU1 1AA", "Engeland"],
        ["K2", "Vries", "Hauptstraße 5", "", "10115 Berlin", "Bondsrepubliek Duitsland"],
        ["K3", "Vries", "Madrid", "", "", "Spanje"],
        ["K4", "Vries", "Hauptstraße 5", "10115 Berlin", "", ""],
        ["K5", "Vries", "Hauptstraße 5", "10115 Berlin", "", "Congo"],
    ]
    file = tmp_path / "e.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, delimiter=";").writerows([header, *rows])
    found = tmp_path / "findings.csv"
    report = import_people(
        empty, file, key=KEY, now=now, map=parse_map(propose_map(file)), remarks=found
    )
    with empty.reading() as connection:
        kept = connection.execute(select(Person.__table__).order_by(Person.person_ref)).all()
    homes = [PostalAddress.stored(row) for row in kept]
    assert [home and home.lines() for home in homes] == [
        ("4 Privet Drive", "Little Whinging", "Surrey GU1 1AA", "VERENIGD KONINKRIJK"),
        ("Hauptstraße 5", "10115 Berlin", "DUITSLAND"),
        None,
        None,
        None,
    ]
    assert report.remarks == {"bad_address": 2, "unknown_country": 1}
    said = found.read_text(encoding="utf-8-sig")
    assert "K4,Land,bad_address,,no address is kept: the country is missing" in said
    assert "K3,Regel 1 adres buitenland,bad_address,Madrid," in said
