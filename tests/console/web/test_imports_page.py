"""What was found in a file is shown by kind and a page at a time, to whoever may see it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from console.cli.people.import_kinds import Imported, Kind, Options, import_as
from console.web.reading.imports import SHOWN
from installation.installation import Installation
from people.sheet_imports import unwatched
from store.states import Role
from tests.console.conftest import Browser, acts_of
from tests.people.exports import a_person, write_people

SignIn = Callable[..., Browser]


def brought_in(installation: Installation, file: Path, **cells: list[str]) -> Imported:
    """Import a person for each of these cells."""
    people = [
        a_person(f"K{index:03}", **{name: cell})
        for index, (name, cell) in enumerate((name, cell) for name in cells for cell in cells[name])
    ]
    write_people(file, people)
    return import_as(Kind.PEOPLE, installation, Options(file=file), unwatched)


@pytest.fixture
def found(console_installation: Installation, tmp_path: Path) -> Installation:
    """Have a file imported with thirty bad addresses and a number with a note."""
    brought_in(
        console_installation,
        tmp_path / "uitdraai.csv",
        postcode=["99"] * (SHOWN + 5),
        phone=["06 12345678 (zoon)"],
    )
    return console_installation


def test_the_page_of_an_import_counts_its_findings_by_kind_and_pages_through_them(
    found: Installation, signed_in: SignIn
) -> None:
    manager = signed_in(Role.MANAGER)
    listed = manager.get("/imports").text
    assert '<a href="/imports/1">uitdraai.csv</a>' in listed
    first, second = (
        manager.get(f"/imports/1?kind=bad_address&page={page}").text for page in (1, 2)
    )
    assert "een adres waar geen post kan komen" in first
    assert (first.count("<code>99</code>"), second.count("<code>99</code>")) == (SHOWN, 5)
    assert "Bladzijde 1 van 2" in first
    assert 'page=2" rel="next"' in first
    assert 'page=1" rel="prev"' in second
    noted = manager.get("/imports/1?kind=number_with_note").text
    assert "06 12345678 (zoon)" in noted
    assert len(acts_of(found, "saw_findings")) == 3


def test_the_page_of_an_import_speaks_english_too(found: Installation, signed_in: SignIn) -> None:
    manager = signed_in(Role.MANAGER)
    manager.post("/language", language="en", back="/imports")
    assert "an address that no post can reach" in manager.get("/imports/1").text


def test_a_kind_or_an_import_that_is_not_there_is_not_found(
    found: Installation, signed_in: SignIn
) -> None:
    manager = signed_in(Role.MANAGER)
    for path in ("/imports/2", "/imports/99999999999999999999", "/imports/1?kind=../x"):
        assert manager.get(path).status == 404, path
    assert manager.get("/imports/1?page=-3").status == 200
    assert manager.get("/imports?page=zzz").status == 200


def test_findings_of_another_machine_are_counted_and_the_page_says_where_they_are(
    found: Installation, signed_in: SignIn
) -> None:
    (found.settings.home / "findings" / "uitdraai.csv").unlink()
    page = signed_in(Role.MANAGER).get("/imports/1").text
    assert "op de computer waarop is ingelezen: uitdraai.csv" in page
    assert "een adres waar geen post kan komen" in page


def test_the_findings_of_a_later_file_of_the_same_name_stand_beside_the_earlier_ones(
    console_installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "uitdraai.csv"
    first = brought_in(console_installation, file, street=["!!!"])
    second = brought_in(console_installation, file, street=["???"])
    assert first.remarks_file
    assert second.remarks_file
    assert "!!!" in first.remarks_file.read_text(encoding="utf-8-sig")
    assert "???" in second.remarks_file.read_text(encoding="utf-8-sig")
    assert second.remarks_file.name == f"uitdraai-{second.import_id}.csv"
