"""Small files of people for the tests: in our own columns, and as a source system would export them."""

# ruff: noqa: RUF001  names as they are

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random

from people.columns import COLUMNS
from tests.fictitious_numbers import fictitious

PERSON: Mapping[str, str] = {
    "person_ref": "K1",
    "bsn": "000000012",
    "initials": "J.",
    "given_name": "Jan",
    "prefix": "van",
    "family_name": "Velzen",
    "birth_date": "1980-06-15",
    "gender": "M",
    "language": "nl",
    "street": "Dorpsstraat",
    "house_number": "12",
    "house_letter": "a",
    "house_addition": "",
    "postcode": "1234 AB",
    "town": "Ons Dorp",
    "phone": "06-12345678",
    "email": "jan@example.org",
    "address_under_investigation": "N",
    "secret_address": "0",
}


def a_person(ref: str = "K1", **changed: str) -> dict[str, str]:
    """Return one row of people.csv with a citizen number that fits its reference."""
    return {**PERSON, "person_ref": ref, "bsn": "", **changed}


def write_people(
    file: Path,
    people: Iterable[Mapping[str, str]],
    facts: Iterable[str] = (),
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    line_end: str = "\n",
) -> Path:
    """Write people in our own columns; the facts are keys of each row, as declared."""
    with file.open("w", encoding=encoding, newline="") as text:
        header = [*COLUMNS, *facts]
        writer = csv.DictWriter(
            text, header, restval="", delimiter=delimiter, lineterminator=line_end
        )
        writer.writeheader()
        writer.writerows(people)
    return file


EXPORT_COLUMNS = (
    *(
        "BURGERSERVICENR",
        "KLANTNR",
        "GESLACHTSNAAM",
        "VOORVOEGSEL",
        "VOORLETTERS",
        "VOORNAAM",
        "GEBOORTEDATUM",
    ),
    *(
        "GESLACHT",
        "STRAATNAAM",
        "HUISNR",
        "HUISLETTER",
        "TOEVOEGING",
        "POSTCODE",
        "WOONPLAATS",
        "LAND",
        "TEL1",
        "TEL2",
    ),
    *("NAAMGEBRUIK", "VOORVOEGSEL_PARTNER", "GESLACHTSNAAM_PARTNER"),
    *(
        "TAAL",
        "JAREN_GEEN_AANGIFTE",
        "DATUM_HERINNERING",
        "DATUM_AANMANING",
        "UITSTEL_TOT",
        "TERUGGAAF_VERWACHT",
    ),
    *(
        "IN_BEHANDELING_BIJ",
        "DATUM_OVERLIJDEN",
        "DATUM_VERTREK_NL",
        "IND_ADRES_IN_ONDERZOEK",
        "IND_GEHEIM",
    ),
)
_NAMES = (
    "Schäfer",
    "Öztürk",
    "Yıldız",
    "Łukasiewicz",
    "Nguyễn",
    "Jansen",
    "'t Hart",
    "Reünis",
    "Müller",
)


def write_export(
    file: Path,
    count: int,
    *,
    seed: int,
    encoding: str = "utf-8-sig",
    date: str = "{y:04}{m:02}{d:02}",
) -> Path:
    """Write an export as a Dutch source system makes it, its columns in an order of the seed's own."""
    random = Random(seed)
    columns = list(EXPORT_COLUMNS)
    if seed:
        random.shuffle(columns)
    numbers = fictitious()
    rows = [_exported(index, next(numbers), random, date) for index in range(count)]
    rows.append({**rows[7], "GESLACHTSNAAM": "Dubbel"})
    with file.open("w", encoding=encoding, errors="replace", newline="") as text:
        writer = csv.DictWriter(text, columns, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return file


def _exported(index: int, bsn: str, random: Random, date: str) -> dict[str, str]:
    def day(year: int) -> str:
        return date.format(y=year, m=random.randint(1, 12), d=random.randint(13, 28))

    reminded = random.random() < 0.7
    return {
        "BURGERSERVICENR": bsn,
        "KLANTNR": f"K{200_000 + index}",
        "GESLACHTSNAAM": "=cmd()" if index % 97 == 5 else random.choice(_NAMES),
        "VOORVOEGSEL": random.choice(["", "van", "van 't", "in het"]),
        "VOORLETTERS": f"{random.choice('ABCDEF')}.",
        "NAAMGEBRUIK": "EPVN"[index % 4] if index % 3 == 0 else "",
        "VOORVOEGSEL_PARTNER": "in het" if index % 3 == 0 else "",
        "GESLACHTSNAAM_PARTNER": "Veld" if index % 3 == 0 else "",
        "VOORNAAM": random.choice(["Zoë", "René", "Anna", "Ümit", "Daan"]),
        "GEBOORTEDATUM": f"{random.randint(1940, 1999)}0000"
        if index % 50 == 3 and date.startswith("{y:04}{m")
        else day(1970),
        "GESLACHT": random.choice("MVO"),
        "STRAATNAAM": "Molenweg\nachter de kerk" if index % 60 == 9 else "Súdwesterhaven",
        "HUISNR": str(random.randint(1, 300)),
        "HUISLETTER": random.choice(["", "a"]),
        "TOEVOEGING": random.choice(["", "III", "2"]),
        "POSTCODE": "35112AB" if index % 80 == 11 else f"{random.randint(1000, 9999)} AB",
        "WOONPLAATS": "Fryslân",
        "LAND": random.choice(["", "NL", "Nederland", "6030"]),
        "TEL1": random.choice(
            ["", "", "geen", "0612", "06-12345678", "030-2282636", "0800-1234567"]
        ),
        "TEL2": "",
        "TAAL": random.choice(["nl", "tr", ""]),
        "JAREN_GEEN_AANGIFTE": str(random.randint(0, 4)),
        "DATUM_HERINNERING": day(2022) if reminded else "",
        "DATUM_AANMANING": day(2023) if reminded else "",
        "UITSTEL_TOT": day(2024) if index % 10 == 0 else "",
        "TERUGGAAF_VERWACHT": random.choice(["J", "N", ""]),
        "IN_BEHANDELING_BIJ": random.choice(["", "", "BEZWAAR", "WSNP"]),
        "DATUM_OVERLIJDEN": day(2022) if index % 30 == 1 else "",
        "DATUM_VERTREK_NL": day(2021) if index % 40 == 1 else "",
        "IND_ADRES_IN_ONDERZOEK": "J" if index % 25 == 1 else "",
        "IND_GEHEIM": "7" if index % 20 == 1 else "",
    }
