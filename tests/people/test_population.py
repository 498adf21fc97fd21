"""The invented population: the same for the same seed, believable, and nobody's."""

import csv
from datetime import datetime
from pathlib import Path

import phonenumbers
import pytest
from sqlalchemy import func, select

from people.citizen_numbers import passes
from people.importing import import_people
from people.invented.population import HEADER, generate, write_population
from store.engine import open_store
from store.facts import fact
from store.migrating import migrate
from store.tables import Person, PersonNumber

PEOPLE = [dict(zip(HEADER, row, strict=True)) for row in generate(4_000, 2023)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abc"]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        write_population(file, 500, seed)
    first, second, other = (file.read_bytes() for file in files)
    assert first == second != other
    assert sorted(tmp_path.iterdir()) == files


def test_whoever_goes_by_a_partners_name_has_one_and_most_have_none() -> None:
    paired = [person for person in PEOPLE if person["partner_name"]]
    assert 0.15 < len(paired) / len(PEOPLE) < 0.25
    assert all(person["partner_name"] for person in PEOPLE if person["name_use"])


def test_a_longer_population_starts_with_the_shorter_one() -> None:
    assert list(generate(50, 9)) == list(generate(500, 9))[:50]


def test_every_citizen_number_is_fictitious_passes_the_test_and_comes_once() -> None:
    numbers = [person["bsn"] for person in PEOPLE]
    assert all(len(number) == 9 and number < "010000000" and passes(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_half_have_no_number_and_some_have_one_that_is_no_use() -> None:
    phones = [person["phone"] for person in PEOPLE]
    assert 0.4 < phones.count("") / len(phones) < 0.6
    assert any(phone.startswith("0970") for phone in phones)
    assert "geen" in phones


def test_the_numbers_are_valid_in_the_number_plan() -> None:
    typed = [
        person["phone"] for person in PEOPLE if person["phone"][:3] in ("06-", "+31", "020", "085")
    ]
    parsed = [phonenumbers.parse(text, "NL") for text in typed if text != "06-1234567"]
    assert len(parsed) > 500
    assert all(phonenumbers.is_valid_number(number) for number in parsed)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address_under_investigation", "J"),
        ("gender", "O"),
        ("language", "tr"),
        ("prefix", "van der"),
        ("town", "Utrecht"),
        *(("name_use", use) for use in ("", "E", "P", "V", "N")),
        ("partner_prefix", "van der"),
    ],
)
def test_the_population_has_its_dirt_and_its_variety(field: str, value: str) -> None:
    assert any(person[field] == value for person in PEOPLE)


@pytest.mark.parametrize(
    "field",
    ["deceased_on", "moved_abroad_on", "guardian_ref", "extension_until:date", "in_care_of:text"],
)
def test_a_few_of_them_have_a_reason_to_be_left_alone(field: str) -> None:
    assert 0.001 < sum(bool(person[field]) for person in PEOPLE) / len(PEOPLE) < 0.06


def test_mail_goes_to_a_domain_that_nobody_has() -> None:
    assert all(person["email"].endswith("@example.org") for person in PEOPLE if person["email"])


@pytest.mark.thorough
def test_of_ten_thousand_enough_can_be_sent_a_card(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    store = open_store(sqlite_url, locks=tmp_path)
    migrate(store)
    write_population(tmp_path / "p.csv", 10_000, 2023)
    report = import_people(store, tmp_path / "p.csv", key=b"k", now=now)
    callable_number = select(PersonNumber.person_id).where(PersonNumber.may_call)
    matched = (
        (fact("years_without_return", "int") >= 2)
        & fact("reminded_on", "date").is_not(None)
        & (fact("dunned_on", "date") <= "2023-05-11")
        & Person.id.not_in(callable_number)
    )
    free = (
        Person.deceased_on.is_(None)
        & Person.moved_abroad_on.is_(None)
        & Person.guardian_ref.is_(None)
        & ~Person.address_under_investigation
        & ~Person.name_damaged
        & (Person.birth_last <= datetime(2005, 6, 1).date())  # noqa: DTZ001  a day
        & fact("extension_until", "date").is_(None)
        & fact("in_care_of", "text").is_(None)
    )
    with store.reading() as connection:
        all_matched = connection.execute(select(func.count()).where(matched)).scalar_one()
        households = connection.execute(
            select(func.count(func.distinct(Person.household_key))).where(matched & free)
        ).scalar_one()
    assert report.refused == 0
    assert 2_450 <= all_matched <= 2_750
    assert households >= 2_100
    store.engine.dispose()


def test_the_file_is_plain_csv_with_a_header_of_our_own_columns(tmp_path: Path) -> None:
    write_population(tmp_path / "p.csv", 10, 1)
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    assert tuple(rows[0]) == HEADER
    assert {len(row) for row in rows} == {len(HEADER)}
    assert len(rows) == 11
