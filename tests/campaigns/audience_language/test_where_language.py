"""The audience language: what it takes, what it refuses, and that both databases give the same people."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Text, cast, insert, literal, not_, null, select

from campaigns.audience_language.syntax import names
from campaigns.audience_language.where_clause import AudienceRefused, parse
from store.engine import Store
from store.sql_functions import day_number
from store.tables import Import, Person, PersonNumber
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules import BY_REASON
from tests.builders import Builder
from tests.conftest import NOW

TODAY = date(2023, 6, 1)
FACTS = {
    "years": "int",
    "dunned_on": "date",
    "refund": "bool",
    "care": "text",
    "income": "decimal",
}
BARE: dict[str, Any] = {
    "initials": "A.",
    "given_name": "",
    "prefix": "",
    "family_name": "Jansen",
    "name_damaged": False,
    "gender": "O",
    "language": "nl",
    "country": "NL",
    "address_under_investigation": False,
    "secret_address": False,
    "draw_key": 1,
    "content_hash": 1,
    "import_id": 1,
}

PEOPLE: dict[str, dict[str, Any]] = {
    "all": {
        "facts": {
            "years": 3,
            "dunned_on": "2023-04-01",
            "refund": True,
            "care": "STELLA",
            "income": 125_000,
        }
    },
    "late": {"facts": {"years": 2, "dunned_on": "2023-05-30", "refund": False, "income": 125_001}},
    "none": {"facts": {}},
    "home": {
        "facts": {"years": 0},
        "household_key": 7,
        "postcode": "1234AB",
        "town": "'s-Gravenhage",
    },
    "mobile": {"facts": {"years": 2}, "gender": "V"},
    "landline": {"facts": {"years": -1}, "deceased_on": date(2022, 2, 2)},
    "adult": {
        "facts": {},
        "birth_first": date(2005, 1, 1),
        "birth_last": date(2005, 6, 1),
        "guardian_ref": "G1",
    },
    "child": {"facts": {}, "birth_first": date(2005, 1, 1), "birth_last": date(2005, 6, 2)},
}


@pytest.fixture
def peopled(store: Store) -> Store:
    moment = datetime(2023, 6, 1, tzinfo=UTC)
    with store.writing() as connection:
        connection.execute(
            insert(Import).values(id=1, kind="people", file="f", sha256="0", started_at=moment)
        )
        for at, (ref, columns) in enumerate(PEOPLE.items(), 1):
            row = {
                **BARE,
                "id": at,
                "person_ref": ref,
                "imported_at": moment,
                "updated_at": moment,
                **columns,
            }
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


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("years >= 2", {"all", "late", "mobile"}),
        ("years = -1", {"landline"}),
        ("2 <= years", {"all", "late", "mobile"}),
        ("years between 0 and 2", {"late", "home", "mobile"}),
        ("years in (0, 3)", {"all", "home"}),
        ("not years in (0, 3)", {"late", "mobile", "landline"}),
        ("years is null", {"none", "adult", "child"}),
        ("years is not null and not (years >= 2)", {"home", "landline"}),
        ("dunned_on <= today - 21", {"all"}),
        ("dunned_on > '2023-05-01'", {"late"}),
        ("dunned_on >= today - 2 and dunned_on < today + 1", {"late"}),
        ("refund", {"all"}),
        ("not refund", {"late"}),
        ("refund = false", {"late"}),
        ("refund is null", {"none", "home", "mobile", "landline", "adult", "child"}),
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
        ("dunned_on + 21 <= today", {"all"}),
        ("today - dunned_on >= 2", {"all", "late"}),
        ("today - dunned_on > 2", {"all"}),
        ("dunned_on - deceased_on > 0", set()),
        ("deceased_on < dunned_on", set()),
        ("(deceased_on + 1) - '2022-01-01' = 33", {"landline"}),
        ("age(today) >= 18", {"adult"}),
        ("age(today) < 18", {"child"}),
        ("age(today + 1) >= 18", {"adult", "child"}),
        ("age(today) is null", {"all", "late", "none", "home", "mobile", "landline"}),
        ("age(today) = 17", {"child"}),
        ("age(today) in (17, 18)", {"adult", "child"}),
        ("under_guardianship", {"adult"}),
        ("not under_guardianship and age(today) is not null", {"child"}),
        ("guardian_ref = 'G1'", {"adult"}),
        ("sample(100)", set(PEOPLE)),
        ("HAS(sms) AND years = 2", {"mobile"}),
        ('"years" = 3', {"all"}),
    ],
)
def test_an_audience_gives_the_same_people_on_both_databases(
    peopled: Store, text: str, expected: set[str]
) -> None:
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
        "years = \uff12",
        "care = 'a\u202eb'",
        "care = '\ud800'",
        "care = 'a\nb'",
        "care = \u2018STELLA\u2019",
        "years\u00a0= 1",
        "years = 1 # and more",
        "years = 1e3",
        "years = 0x10",
        f"years = {'9' * 40}",
        "x" * 100_000,
        "years between symmetric 2 and 1",
        "years in (2, null)",
        "years = null",
        "years in (" + ", ".join(["years"] * 101) + ")",
        " or ".join(["refund"] * 501),
        "-" * 5_000 + "1 = years",
        "- " * 4_000 + "1 = years",
        "not " * 2_400 + "refund",
        "dunned_on " + "+ 1 " * 70 + "< today",
        "- (- years) = 1",
        "today",
        "today is null",
        "today = today",
        "today + 99999999 > dunned_on",
        "today + 73200" + " + 73200" * 50 + " > dunned_on",
        "today + 1.5 > dunned_on",
        "dunned_on + years > today",
        "dunned_on + dunned_on > today",
        "21 - dunned_on > today",
        "'soon' + 1 > dunned_on",
        "dunned_on = '2023-02-30'",
        "dunned_on = 21",
        "age(today)",
        "age() >= 18",
        "age(today, today) >= 18",
        "age(dunned_on) >= 18",
        "age('soon') >= 18",
        "age(18) >= 18",
        "age(today) >= 18.5",
        "age(today) >= -1",
        "age(today) >= 1000",
        "age(today) >= '18'",
        "age(today) > age('2023-12-31')",
        "age('0100-01-01') >= 150",
        "age(today) + 1 > 18",
        "age(today) is true",
        "reached('card-2021')",
        "reached(card)",
        "reached(2023)",
        "reached('card-2022', 'card-2023')",
        "reached(distinct 'card-2022')",
        "reached('card-2022') = true",
        "became('rich')",
        "became('filed', 365)",
        "became('filed', dunned_on)",
        "became('filed') over ()",
        "open_returns()",
        "open_returns('wealth') > 0",
        "open_returns('income', 2021.5) > 0",
        "open_returns('income', 99999999) > 0",
        "open_returns(2021) > 0",
        "open_returns('income', 2021, 2022) > 0",
        "sample(0)",
        "sample(101)",
        "sample(0.001)",
        "sample('ten')",
        "sample(10, 7)",
        "sample()",
        "age(today) >= 18 filter (where refund)",
        "if refund",
        "call refund",
    ],
)
def test_what_is_not_the_language_is_refused_with_one_clear_line(text: str) -> None:
    with pytest.raises(AudienceRefused) as refused:
        parse(text, facts=FACTS, today=TODAY, campaigns=["card-2022"])
    assert refused.value.problem
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 1_000


def test_the_names_an_audience_asks_about_are_known() -> None:
    audience = parse("years >= 2 and not has(sms) and dunned_on <= today", facts=FACTS, today=TODAY)
    assert audience.names == {"years", "has(sms)", "dunned_on"}
    audience = parse(
        "age(today) >= 18 and reached('a') and under_guardianship and gender = 'V'",
        facts={},
        today=TODAY,
    )
    assert audience.names == {"age()", "reached()", "under_guardianship", "gender"}
    assert audience.sensitive == ("gender", "under_guardianship")


def test_the_parts_of_an_audience_are_the_conditions_that_and_joins_at_its_top() -> None:
    text = "years between 1 and 2 AND (refund and care = ' and ')\n and not (years between 3 and 4) and sample(10)"
    audience = parse(text, facts=FACTS, today=TODAY)
    assert [part.text for part in audience.parts] == [
        "years between 1 and 2",
        "(refund and care = ' and ')",
        "not (years between 3 and 4)",
        "sample(10)",
    ]
    whole = "refund and years = 1 or true"
    assert [part.text for part in parse(whole, facts=FACTS, today=TODAY).parts] == [whole]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nationality = 'NL'", "nobody may be selected by nationality"),
        ("reached('card-2021')", "there are card-2022"),
        ("years = 1; drop table people", "without a semicolon"),
        ("care = \u2018STELLA\u2019", "write straight ones"),
        ("dunned_on = '2023-02-30'", "'2023-02-30' is not a date"),
        ("today + 99999999 > dunned_on", "write a whole number up to 73,200"),
        ("open_returns()", "compare it: open_returns() >= 1"),
        ("sample(0.001)", "from 0.01 to 100"),
        ("age(today) > 18 and yers = 1", "is not a known column or fact; did you mean years?"),
        ("zzz = 1", "zzz is not a known column or fact; use one of"),
    ],
)
def test_a_refusal_says_what_to_write_instead(text: str, said: str) -> None:
    with pytest.raises(AudienceRefused) as refused:
        parse(text, facts=FACTS, today=TODAY, campaigns=["card-2022"])
    assert said in str(refused.value)


def test_whoever_is_no_minor_to_the_judge_is_eighteen_to_the_audience(store: Store) -> None:
    births = [
        date(2004, 2, 28),
        date(2004, 2, 29),
        date(2004, 3, 1),
        date(2005, 12, 31),
        date(2006, 2, 28),
    ]
    days = [
        date(2022, 2, 27),
        date(2022, 2, 28),
        date(2022, 3, 1),
        date(2022, 3, 2),
        date(2024, 2, 29),
    ]
    minor = BY_REASON[Reason.MINOR]
    with store.writing() as connection:
        builder = Builder(connection, NOW)
        for born in births:
            builder.person(str(born), birth_first=born, birth_last=born)
        for on in days:
            occasion = Occasion(
                channel="card", reaches="post", purpose="duty", on=on, at=NOW, declared=frozenset()
            )
            adults = select(Person.person_ref).where(not_(minor.holds(occasion)))
            grown = select(Person.person_ref).where(
                parse(f"age('{on}') >= 18", facts={}, today=on).condition
            )
            assert set(connection.execute(grown).scalars()) == set(
                connection.execute(adults).scalars()
            )


@pytest.mark.thorough
def test_a_sample_is_its_share_stays_itself_and_grows_within(store: Store) -> None:
    with store.writing() as connection:
        builder = Builder(connection, NOW)
        for number in range(1_000):
            builder.person(f"P{number}")
    drawn = {
        text: _drawn(store, text) for text in ("sample(5)", "sample(10)", "sample(10, 'letters')")
    }
    assert 70 < len(drawn["sample(10)"]) < 130
    assert drawn["sample(5)"] < drawn["sample(10)"] == _drawn(store, "sample(10.00)")
    assert len(drawn["sample(10)"] & drawn["sample(10, 'letters')"]) < 30
    assert len(drawn["sample(10)"] & _drawn(store, "sample(10)", seed=2)) < 30


def _drawn(store: Store, text: str, seed: int = 1) -> set[str]:
    with store.reading() as connection:
        condition = parse(text, facts={}, today=TODAY, seed=seed).condition
        return set(connection.execute(select(Person.person_ref).where(condition)).scalars())


def test_a_day_has_the_same_number_in_the_database_as_in_python(store: Store) -> None:
    days = [
        date.min,
        date(1582, 10, 4),
        date(1900, 2, 28),
        date(2000, 2, 29),
        date(2023, 6, 1),
        date.max,
    ]
    with store.reading() as connection:
        for day in days:
            assert (
                connection.execute(select(day_number(literal(day)))).scalar_one() == day.toordinal()
            )
            assert (
                connection.execute(select(day_number(literal(day.isoformat())))).scalar_one()
                == day.toordinal()
            )
        assert connection.execute(select(day_number(cast(null(), Text)))).scalar_one() is None


@pytest.mark.parametrize(
    ("where", "columns"),
    [
        ("years >= 2 and has(sms) and dunned_on <= today - 21", {"years", "dunned_on"}),
        ("not (age(today) < 30 or reached('a')) and gender = 'V'", {"gender"}),
        ("under_guardianship or dunned_on is not null", {"under_guardianship", "dunned_on"}),
        ("town in ('Utrecht', 'Zwolle')", {"town"}),
        ("has(card) and true", set()),
    ],
)
def test_the_columns_of_a_text_are_the_names_that_its_condition_asks_about(
    where: str, columns: set[str]
) -> None:
    whole = parse(where, facts=FACTS, today=TODAY).names
    assert names(where) == columns == {each for each in whole if "(" not in each}
