"""The audience language: what it takes, what it refuses, and that both databases give the same people."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from campaigns.where import AudienceRefused, parse
from store.engine import Store
from store.tables import Import, Person, PersonNumber

TODAY = date(2023, 6, 1)
FACTS = {
    "years": "int",
    "dunned_on": "date",
    "refund": "bool",
    "care": "text",
    "income": "decimal",
}
BARE: dict[str, Any] = {
    "initials": "A.", "given_name": "", "prefix": "", "family_name": "Jansen", "name_damaged": False, "gender": "O",
    "language": "nl", "country": "NL", "address_under_investigation": False, "secret_address": False, "draw_key": 1,
    "content_hash": 1, "import_id": 1,
}  # fmt: skip

PEOPLE: dict[str, dict[str, Any]] = {
    "all": {"facts": {"years": 3, "dunned_on": "2023-04-01", "refund": True, "care": "STELLA", "income": 125_000}},
    "late": {"facts": {"years": 2, "dunned_on": "2023-05-30", "refund": False, "income": 125_001}},
    "none": {"facts": {}},
    "home": {"facts": {"years": 0}, "household_key": 7, "postcode": "1234AB", "town": "'s-Gravenhage"},
    "mobile": {"facts": {"years": 2}, "gender": "V"},
    "landline": {"facts": {"years": -1}, "deceased_on": date(2022, 2, 2)},
}


@pytest.fixture
def peopled(store: Store) -> Store:
    moment = datetime(2023, 6, 1, tzinfo=UTC)
    with store.writing() as connection:
        connection.execute(insert(Import).values(id=1, kind="people", file="f", sha256="0", started_at=moment))
        for at, (ref, columns) in enumerate(PEOPLE.items(), 1):
            row = {**BARE, "id": at, "person_ref": ref, "imported_at": moment, "updated_at": moment, **columns}
            connection.execute(insert(Person).values(**row))
        for person, text, call in ((5, True, True), (6, False, True)):
            connection.execute(
                insert(PersonNumber).values(
                    person_id=person,
                    position=1,
                    e164=f"+3161234567{person}",
                    type="MOBILE",
                    may_text=text,
                    may_call=call,
                )
            )
    return store


def people_of(store: Store, text: str) -> set[str]:
    condition = parse(text, facts=FACTS, today=TODAY).condition
    with store.reading() as connection:
        return set(connection.execute(select(Person.person_ref).where(condition)).scalars())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("years >= 2", {"all", "late", "mobile"}),
        ("years = -1", {"landline"}),
        ("2 <= years", {"all", "late", "mobile"}),
        ("years between 0 and 2", {"late", "home", "mobile"}),
        ("years in (0, 3)", {"all", "home"}),
        ("not years in (0, 3)", {"late", "mobile", "landline"}),
        ("years is null", {"none"}),
        ("years is not null and not (years >= 2)", {"home", "landline"}),
        ("dunned_on <= today - 21", {"all"}),
        ("dunned_on > '2023-05-01'", {"late"}),
        ("dunned_on >= today - 2 and dunned_on < today + 1", {"late"}),
        ("refund", {"all"}),
        ("not refund", {"late"}),
        ("refund = false", {"late"}),
        ("refund is null", {"none", "home", "mobile", "landline"}),
        ("care = 'STELLA'", {"all"}),
        ("care is null and years = 3", set()),
        ("income = 12.5", {"all"}),
        ("income > 12.5", {"late"}),
        ("income < 12.5001", {"all"}),
        ("town = '''s-Gravenhage'", {"home"}),
        ("has(card)", {"home"}),
        ("has(sms)", {"mobile"}),
        ("not has(sms) and not has(call) and years >= 0", {"all", "late", "home"}),
        ("deceased_on is not null", {"landline"}),
        ("deceased_on < '2022-02-03'", {"landline"}),
        ("gender = 'V' or (years = 0 and has(card))", {"home", "mobile"}),
        ("true", set(PEOPLE)),
    ],
)
def test_an_audience_gives_the_same_people_on_both_databases(peopled: Store, text: str, expected: set[str]) -> None:
    assert people_of(peopled, text) == expected


def test_a_long_chain_of_conditions_is_not_too_deep(peopled: Store) -> None:
    chain = " or ".join(f"years = {year}" for year in range(300))
    assert people_of(peopled, chain) == {"all", "late", "home", "mobile"}


@pytest.mark.parametrize(
    "text",
    [
        "1=1; drop table people",
        "1 = 1",
        "years >= 2; years >= 3",
        "years >= 2 -- and then some\n; delete from people",
        "exists (select 1 from people)",
        "years = (select max(years) from people)",
        "years in (select 1)",
        "people.years = 1",
        "years = 1 union select 1",
        "load_extension('x')",
        "pg_sleep(10) = 1",
        "bsn_hash = 'x'",
        "rowid = 1",
        "family_name = 'Jansen'",
        "years = 'two'",
        "years = 2.5",
        "years = 99999999999999999999",
        "income = 1.00001",
        "care > 'A'",
        "refund = 1",
        "dunned_on = 'yesterday'",
        "dunned_on + 21 <= today",
        "today - 99999999 > dunned_on",
        "years + 1 > 2",
        "years",
        "years is true",
        "has(fax)",
        "has('card')",
        "has()",
        "has(card, sms)",
        "case when years = 1 then true end",
        "cast(years as text) = '1'",
        "years::text = '1'",
        "care like 'S%'",
        "years = ?",
        "years = :x",
        "years = $1",
        "$$x$$ = care",
        "",
        "   ",
        ")",
        "((((",
        "years >= ",
        "years = 1 /* " + "x" * 20_000,
        "(" * 200 + "true" + ")" * 200,
        "not " * 400 + "true",
        "years = 1 or " * 20_000 + "true",
        "'; drop table people; --",
        "\x00",
        "years = 1\x00",
        "\uff59ears = 1",
    ],
)
def test_what_is_not_the_language_is_refused_with_one_clear_line(text: str) -> None:
    with pytest.raises(AudienceRefused) as refused:
        parse(text, facts=FACTS, today=TODAY)
    assert refused.value.problem
    assert "\n" not in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_the_names_an_audience_asks_about_are_known() -> None:
    audience = parse("years >= 2 and not has(sms) and dunned_on <= today", facts=FACTS, today=TODAY)
    assert audience.names == {"years", "has(sms)", "dunned_on"}
