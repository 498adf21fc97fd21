"""A file that went through a spreadsheet or a data frame gives the same people, or says which differ.

Pandas is not installed here, and would weigh more than all else that we need for tests. So its file is
written by the same rules: a column of whole numbers with one empty cell is one of floats, a missing
value is `nan`, and a day is a moment at midnight.
"""

# ruff: noqa: RUF001  names as they are

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from people.columns import COLUMNS
from people.importing import ImportReport, import_people
from people.rows import VALUES
from store.engine import Store, open_store
from store.migrating import migrate
from store.tables import Person, PersonNumber

KEY = b"a key for tests only"
MANY, FEW = 10_000, 1_000
FACTS = ("years_without_return:int", "dunned_on:date", "refund_expected:bool", "income:decimal")
HEADER = (*COLUMNS, *FACTS)
_NAMES = (
    "Vries",
    "Berg",
    "Yıldız",
    "Nguyễn",
    "Groenlo-van Velzen",
    "O'Brien",
    "El Idrissi",
)
Cells = dict[str, str]


def person(index: int) -> Cells:
    """Return the clean row of one person, in which much is empty as in life."""
    born = date(1940, 1, 1) + timedelta(days=index * 3 % 20_000)
    return {
        "person_ref": f"{index:08}",
        "initials": "ABCDEFGH"[index % 8] + ".",
        "given_name": "Ada" if index % 3 else "",
        "prefix": "van der" if index % 4 == 0 else "",
        "family_name": _NAMES[index % len(_NAMES)],
        "birth_date": born.isoformat() if index % 17 else "",
        "gender": "MVO"[index % 3],
        "language": "nl",
        "street": f"Verzonnenlaan {1940 + index % 5}" if index % 50 == 0 else "Verzonnenstraat",
        "house_number": str(1 + index % 400),
        "house_letter": "a" if index % 11 == 0 else "",
        "house_addition": ("2", "III", "hs", "")[index % 4],
        "postcode": f"{1000 + index % 8000} AB",
        "town": "Nergenshuizen",
        "phone": f"0612{index:06}" if index % 2 else "",
        "email": f"p{index}@example.org" if index % 5 == 0 else "",
        "address_under_investigation": "0",
        "secret_address": str(index % 8 if index % 20 == 0 else 0),
        "years_without_return:int": str(index % 6) if index % 7 else "",
        "dunned_on:date": "2023-03-01" if index % 3 == 0 else "",
        "refund_expected:bool": "1" if index % 9 == 0 else "0",
        "income:decimal": f"{index % 90_000}.50" if index % 13 == 0 else "",
    }


def serial(day: str) -> str:
    return str((date.fromisoformat(day) - date(1899, 12, 30)).days)


def as_float(cell: str) -> str:
    return f"{int(cell)}.0"


def moment(cell: str) -> str:
    return f"{cell} 00:00:00"


@dataclass(frozen=True)
class Damage:
    """What a spreadsheet or a data frame does to the filled cells of a column, in every so many rows."""

    column: str
    change: Callable[[str], str]
    every: int
    offset: int = 0

    def hits(self, index: int) -> bool:
        """Whether it happens in this row."""
        return index % self.every == self.offset % self.every


def damaged(index: int, damages: tuple[Damage, ...]) -> Cells:
    """Return a person's row after the first damage that hits each of its cells."""
    clean, hit = person(index), {}
    for damage in damages:
        cell = clean.get(damage.column, "")
        if cell and damage.hits(index) and damage.column not in hit:
            hit[damage.column] = damage.change(cell)
    return clean | hit


FRAME = (
    Damage("house_number", as_float, 1),
    Damage("secret_address", as_float, 1),
    Damage("address_under_investigation", as_float, 1),
    Damage("years_without_return:int", as_float, 1),
    Damage("refund_expected:bool", as_float, 1),
    Damage("phone", as_float, 1),
    Damage("birth_date", moment, 1),
    Damage("dunned_on:date", moment, 1),
)
"""What pandas writes of such a table."""
SHEET = (
    Damage("street", lambda _: "0", 109, 15),
    Damage("town", lambda _: "#VERW!", 107, 14),
    Damage("family_name", lambda _: "=cmd()", 103, 13),
    Damage("family_name", lambda _: "#N/A", 101, 12),
    Damage("house_number", lambda cell: f"{cell}-jan", 97, 3),
    Damage("birth_date", lambda cell: f"{int(cell[8:])}-{cell[5:7]}-{cell[2:4]}", 89, 6),
    Damage("postcode", lambda cell: cell[:4], 83, 11),
    Damage("person_ref", lambda cell: cell.lstrip("0") or "0", 71, 10),
    Damage("phone", lambda cell: f"{cell[:4]}XXXX", 61, 9),
    Damage("phone", lambda cell: f"{cell[1]}.{cell[2:]}E+08", 59, 7),
    Damage("phone", lambda cell: f"{cell[1]}.{cell[2:4]}E+08", 53, 5),
    Damage("house_addition", lambda cell: as_float(cell) if cell.isdigit() else cell, 8),
    Damage("house_number", as_float, 5, 1),
    Damage("house_number", lambda cell: f"{cell},00", 5, 2),
    Damage("birth_date", serial, 4),
    Damage("phone", lambda cell: cell.lstrip("0"), 3, 1),
    Damage("dunned_on:date", lambda _: "1-mrt-2023", 3),
    Damage("dunned_on:date", moment, 2),
    Damage("postcode", lambda cell: cell.replace(" ", "").lower(), 2),
    Damage("years_without_return:int", as_float, 2),
    Damage("years_without_return:int", lambda cell: f"{cell}E+00", 2, 1),
    Damage("refund_expected:bool", lambda cell: {"1": "WAAR", "0": "ONWAAR"}[cell], 2),
)
"""What a spreadsheet does to it; of two that hit one cell, the first."""
NOTHINGS = ("NULL", "nan", "#N/A", "None", "", "n.v.t.", "NaT", "<NA>")


def write(
    file: Path, rows: int, damages: tuple[Damage, ...], nothing: Callable[[int], str], *, wide: bool
) -> Path:
    """Write everybody; a wide file has empty columns behind, and a title and a blank line above."""
    behind = ["", "", ""] if wide else []
    with file.open("w", encoding="utf-8", newline="") as text:
        out = csv.writer(text, delimiter=";" if wide else ",")
        if wide:
            text.write("Export van de klanten\n\n")
        out.writerow([*HEADER, *behind])
        for index in range(rows):
            cells = damaged(index, damages)
            row = [cells.get(name) or nothing(index + place) for place, name in enumerate(HEADER)]
            out.writerow([*row, *behind])
        if wide:
            out.writerow(["Totaal", *[""] * (len(HEADER) - 1), *behind])
    return file


def nothing_of_a_sheet(turn: int) -> str:
    return NOTHINGS[turn % len(NOTHINGS)]


Kept = Callable[[Path], tuple[dict[str, Any], ImportReport, set[str]]]


@pytest.fixture
def kept(tmp_path: Path, now: datetime) -> Kept:
    """Return a reader of a file into a database of its own: people, report and who has a finding."""

    def read(file: Path) -> tuple[dict[str, Any], ImportReport, set[str]]:
        store = open_store(f"sqlite:///{file}.sqlite3", locks=tmp_path)
        migrate(store)
        found, refused = (file.with_suffix(suffix) for suffix in (".found", ".refused"))
        found.touch()
        refused.touch()
        report = import_people(store, file, key=KEY, now=now, remarks=found, refused=refused)
        noted = {
            row["person_ref"]
            for each in (found, refused)
            for row in csv.DictReader(each.read_text(encoding="utf-8-sig").splitlines())
            if each == refused or person(int(row["person_ref"])).get(row["column"])
        }
        people = people_of(store)
        store.engine.dispose()
        return people, report, noted

    return read


def people_of(store: Store) -> dict[str, Any]:
    """Return everything that a file says of everybody, by their reference."""
    columns = [Person.__table__.c[name] for name in VALUES]
    with store.reading() as connection:
        numbers: dict[int, list[Any]] = {}
        for row in connection.execute(
            select(PersonNumber.__table__).order_by("person_id", "position")
        ):
            numbers.setdefault(row.person_id, []).append((row.position, row.e164, row.may_text))
        return {
            row.person_ref: (tuple(row[1:]), numbers.get(row[0], []))
            for row in connection.execute(select(Person.__table__.c.id, *columns))
        }


def differing(clean: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {ref for ref in clean.keys() | other.keys() if clean.get(ref) != other.get(ref)}


@pytest.mark.thorough
@pytest.mark.parametrize("rows", [FEW, pytest.param(MANY, marks=pytest.mark.heavy)])
def test_a_damaged_file_gives_the_same_people_or_a_finding_for_each_that_differs(
    tmp_path: Path, kept: Kept, rows: int
) -> None:
    clean, report, _ = kept(write(tmp_path / "clean.csv", rows, (), lambda _: "", wide=False))
    assert (len(clean), report.refused) == (rows, 0)
    frame, report, _ = kept(write(tmp_path / "frame.csv", rows, FRAME, lambda _: "nan", wide=False))
    assert (differing(clean, frame), report.refused) == (set(), 0)
    sheet, report, noted = kept(
        write(tmp_path / "sheet.csv", rows, SHEET, nothing_of_a_sheet, wide=True)
    )
    different = differing(clean, sheet)
    # a reference that lost its zeros is refused under what is left of it
    assert {ref for ref in different if not {ref, ref.lstrip("0")} & noted} == set()
    assert 0 < len(different) < rows / 5
    assert (report.rows, len(sheet)) == (rows + 1, rows + 1 - report.refused)
