"""A file of people that went through a spreadsheet is read, or says on which line it is wrong."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from people.cells.damaged_references import fixed_width
from people.importing import ImportReport, import_people
from people.maps import parse_map
from people.proposing import propose_map
from store.engine import Store
from store.errors import BadInput
from store.tables import Person
from tests.people.cells.test_cells import KEY, empty
from tests.people.exports import a_person, write_people

__all__ = ["empty"]


def taken(store: Store, file: Path, now: datetime) -> tuple[list[str], ImportReport]:
    report = import_people(store, file, key=KEY, now=now, refused=file.with_suffix(".refused"))
    with store.reading() as connection:
        return list(connection.scalars(select(Person.person_ref).order_by(Person.id))), report


def rewritten(folder: Path, *, above: str = "", behind: str = "", delimiter: str = ";") -> Path:
    """Return a file of two people with lines above it and cells behind every line."""
    people = [a_person("K1"), a_person("K2")]
    file = write_people(folder / "p.csv", people, delimiter=delimiter)
    lines = [f"{line}{behind}" for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text(above + "\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("\n", 2),
        ("\n\n", 3),
        ("Export klanten\n", 2),
        ("Export klanten;;;;;\nPeildatum;01-06-2023;;;;\n\n", 4),
        ("sep=;\n", 2),
        (" ; ; ; \n", 2),
        ('"Export van alle, echt alle, klanten"\n', 2),
    ],
)
def test_the_header_is_found_below_titles_and_blank_lines(
    empty: Store, tmp_path: Path, now: datetime, above: str, line: int
) -> None:
    refs, report = taken(empty, rewritten(tmp_path, above=above), now)
    assert (refs, report.refused) == (["K1", "K2"], 0)
    assert report.notes == (f"the header is on line {line}",)


@pytest.mark.parametrize("behind", [";", ";;;", "; ;"])
def test_empty_columns_without_a_name_are_left_out_with_a_note(
    empty: Store, tmp_path: Path, now: datetime, behind: str
) -> None:
    refs, report = taken(empty, rewritten(tmp_path, behind=behind), now)
    assert (refs, report.refused) == (["K1", "K2"], 0)
    assert "without a name were empty" in report.notes[0]


def test_a_column_without_a_name_that_holds_something_is_named_by_its_line(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    file = rewritten(tmp_path, above="Klanten\n", behind=";;")
    text = file.read_text(encoding="utf-8").splitlines()
    text[3] = f"{text[3][:-1]}oops"
    file.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(BadInput, match=r"line 4: column \d+ has no name and is not empty here"):
        taken(empty, file, now)


@pytest.mark.parametrize(
    "ref",
    ["1.23457E+12", "1,23E+08", "123456.0", "42", "1234567890123450000", "2-jan", "Totaal", "NULL"],
)
def test_a_reference_that_a_spreadsheet_damaged_refuses_its_row(
    empty: Store, tmp_path: Path, now: datetime, ref: str
) -> None:
    people = [a_person(f"{number:08}") for number in range(5)] + [a_person(ref)]
    refs, report = taken(empty, write_people(tmp_path / "p.csv", people), now)
    assert (len(refs), report.refused) == (5, 1)


def test_zeros_that_a_whole_file_lost_are_missed_because_the_people_are_known(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    whole = [a_person(f"{number:08}") for number in range(1, 40)]
    lost = [a_person(str(number)) for number in range(1, 40)]
    taken(empty, write_people(tmp_path / "a.csv", whole), now)
    refs, report = taken(empty, write_people(tmp_path / "b.csv", lost), now)
    assert (len(refs), report.refused) == (39, 39)
    assert "lost its first zeros: the others have 8 digits" in report.refusals[0].reason


def test_references_that_count_up_have_no_fixed_width(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    assert fixed_width(map(str, range(1, 20_000))) is None
    people = [a_person(ref) for ref in ("7", "42", "1000", "P1", "12E5", "2.1", "A-1.0")]
    assert taken(empty, write_people(tmp_path / "p.csv", people), now)[1].refused == 0


def test_a_short_reference_among_long_ones_is_taken_where_the_map_says_that_it_may_be(
    empty: Store, tmp_path: Path, now: datetime
) -> None:
    people = [a_person(f"{number:08}") for number in range(5)] + [a_person("42")]
    file = write_people(tmp_path / "p.csv", people)
    said = parse_map(f"{propose_map(file)}reference_width: any\n")
    report = import_people(empty, file, key=KEY, now=now, map=parse_map(propose_map(file)))
    assert report.refusals[0].remedy.endswith("`reference_width: any` in the map if it is right so")
    assert import_people(empty, file, key=KEY, now=now, map=said).refused == 0
    wide = parse_map(f"{propose_map(file)}reference_width: 9\n")
    assert import_people(empty, file, key=KEY, now=now, map=wide).refused == 6
    with pytest.raises(BadInput, match="is not a number of digits"):
        parse_map(f"{propose_map(file)}reference_width: wide\n")
