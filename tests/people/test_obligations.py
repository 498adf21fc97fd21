"""Obligations: one tax of one year of one person; a newer file replaces, the same one changes nothing."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from people.importing import import_people
from people.invented.population import AS_OF, HEADER, write_population
from people.obligations import COLUMNS, ObligationsReport, import_obligations
from store.engine import Store
from store.tables import Import, Obligation
from tests.builders import Builder

AT = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
HEADER_LINE = ",".join(COLUMNS) + "\n"


def imported(store: Store, folder: Path, text: str, now: datetime = AT) -> ObligationsReport:
    file = folder / "obligations.csv"
    file.write_text(text, encoding="utf-8")
    return import_obligations(store, file, now=now, refused=folder / "refused.csv")


def counts(report: ObligationsReport) -> tuple[int, int, int, int]:
    taken = report.taken
    return (taken.added, taken.updated, taken.unchanged, taken.refused)


def test_a_newer_file_replaces_what_was_known_and_leaves_the_rest_alone(
    store: Store, tmp_path: Path
) -> None:
    with store.writing() as connection:
        Builder(connection, AT).person("P1")
    first = (
        HEADER_LINE + "P1,income,2021,2022-02-01,2022-07-01,2022-09-01,,,,,ja\n"
        "P1,VAT,2022,,,,,,,,\n"
        "stranger,income,2022,2023-02-01,,,2023-09-01,,,2026-02-01,n\n"
    )
    report = imported(store, tmp_path, first)
    assert (counts(report), report.waiting) == ((3, 0, 0, 0), 1)
    assert counts(imported(store, tmp_path, first, AT + timedelta(days=1))) == (0, 0, 3, 0)
    newer = (
        HEADER_LINE
        + "P1,income,2021,2022-02-01,,,,2023-05-30,,,\nP1,vat,2022,,,,,,,,\nP1,vat,2023,,,,,,,,\n"
    )
    later = AT + timedelta(days=2)
    assert counts(imported(store, tmp_path, newer, later)) == (1, 1, 1, 0)
    with store.reading() as connection:
        query = select(Obligation).order_by(Obligation.person_ref, Obligation.tax, Obligation.year)
        income, vat, new, stranger = connection.execute(query).all()
        booked = connection.execute(
            select(Import.added, Import.updated, Import.unchanged).order_by(Import.id)
        ).all()
    assert (income.filed_on, income.reminded_on, income.refund_expected) == (
        date(2023, 5, 30),
        None,
        None,
    )
    assert (income.updated_at, vat.updated_at, new.updated_at) == (later, AT, later)
    assert (stranger.extension_until, stranger.refund_expected) == (date(2023, 9, 1), False)
    assert [tuple(row) for row in booked[1:]] == [(3, 0, 0), (0, 0, 3), (1, 1, 1)]


def test_every_bad_row_is_refused_with_its_remedy_and_the_good_ones_go_on(
    store: Store, tmp_path: Path
) -> None:
    text = (
        HEADER_LINE + ",income,2021,,,,,,,,\n"
        "P1,wealth,2021,,,,,,,,\n"
        "P1,income,1989,,,,,,,,\n"
        "P1,income,2024,,,,,,,,\n"
        "P1,income,two,,,,,,,,\n"
        "P1,income,2021,2022-02-30,,,,,,,\n"
        "P1,income,2021,2022-02-01,2022-01-01,,,,,,\n"
        "P1,income,2021,2022-02-01,,2022-01-01,,,,,\n"
        "P1,income,2021,,,,,2020-12-31,,,\n"
        "P1,income,2021,,,,,2023-06-02,,,\n"
        "P1,income,2021,,,,,,2024-01-01,,\n"
        "P1,income,2021,,,,,,,,perhaps\n"
        "P1,income,2021,,,,,,,,\n"
        "P1,income,2021,,,,,2023-01-01,,,\n"
    )
    report = imported(store, tmp_path, text)
    assert counts(report) == (1, 0, 0, 13)
    for each, wanted in zip(
        report.taken.refusals,
        [
            "person_ref: is empty",
            "tax: 'wealth' is not a known tax; write income or vat",
            "year: '1989' is not a believable tax year; write a year from 1990 to 2023",
            "year: '2024' is not a believable tax year",
            "year: 'two' is not a believable tax year",
            "invited_on: '2022-02-30' is not a date",
            "reminded_on: 2022-01-01 lies before invited_on 2022-02-01",
            "dunned_on: 2022-01-01 lies before invited_on 2022-02-01",
            "filed_on: 2020-12-31 lies before the year 2021 began",
            "filed_on: 2023-06-02 is in the future",
            "assessed_on: 2024-01-01 is in the future",
            "refund_expected: 'perhaps' is neither yes nor no",
            "person_ref: P1 has income 2021 on line 14 already, and that row was taken; keep one",
        ],
        strict=True,
    ):
        assert wanted in each.problem
    assert len((tmp_path / "refused.csv").read_text().splitlines()) == 14


def test_an_obligation_that_stands_twice_is_found_however_far_apart(
    store: Store, tmp_path: Path
) -> None:
    many = "".join(f"X{n},income,2021,,,,,,,,\n" for n in range(2_500))
    report = imported(
        store, tmp_path, HEADER_LINE + f"P1,vat,2021,,,,,,,,\n{many}P1,vat,2021,,,,,,,,\n"
    )
    assert counts(report) == (2_501, 0, 0, 1)
    assert "on line 2 already" in report.taken.refusals[0].problem


@pytest.fixture
def invented(tmp_path: Path) -> tuple[Path, Path]:
    files = tmp_path / "people.csv", tmp_path / "owed.csv"
    write_population(files[0], 1_500, 7, obligations=files[1])
    return files


@pytest.mark.thorough
def test_invented_people_owe_as_many_years_as_their_facts_say(
    store: Store, tmp_path: Path, invented: tuple[Path, Path]
) -> None:
    people, owed = invented
    import_people(store, people, key=b"k", now=AT)
    report = import_obligations(store, owed, now=AT)
    assert (report.taken.refused, report.waiting) == (0, 0)
    with people.open(encoding="utf-8", newline="") as text:
        rows = {row["person_ref"]: row for row in csv.DictReader(text)}
    grown_up = [row for row in rows.values() if int(row["birth_date"][:4]) < AS_OF.year - 18]
    unfiled = select(Obligation.person_ref, func.count()).where(
        Obligation.tax == "income",
        Obligation.filed_on.is_(None),
        Obligation.invited_on.is_not(None),
        Obligation.extension_until.is_(None) | Obligation.reminded_on.is_not(None),
    )
    with store.reading() as connection:
        found: dict[str, int] = {
            row[0]: row[1] for row in connection.execute(unfiled.group_by(Obligation.person_ref))
        }
        latest = select(Obligation.person_ref, func.max(Obligation.dunned_on)).group_by(
            Obligation.person_ref
        )
        dunned = {row[0]: row[1] for row in connection.execute(latest)}
        vat = connection.execute(select(func.count()).where(Obligation.tax == "vat")).scalar_one()
    for row in grown_up:
        ref, years = row["person_ref"], int(row["years_without_return:int"])
        if row["extension_until:date"] and not row["reminded_on:date"]:
            continue  # who has an extension may file later
        assert found.get(ref, 0) == years, ref
        if row["dunned_on:date"]:
            assert str(dunned[ref]) == row["dunned_on:date"]
    assert vat > 20


@pytest.mark.thorough
def test_the_same_seed_owes_the_same_and_the_people_stay_as_they_were(
    tmp_path: Path, invented: tuple[Path, Path]
) -> None:
    people, owed = invented
    again, plain = tmp_path / "again.csv", tmp_path / "plain.csv"
    write_population(tmp_path / "others.csv", 1_500, 7, obligations=again)
    write_population(plain, 1_500, 7)
    assert again.read_bytes() == owed.read_bytes()
    assert plain.read_bytes() == people.read_bytes()
    assert people.read_text().splitlines()[0] == ",".join(HEADER)
