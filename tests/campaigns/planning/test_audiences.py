"""Named audiences: versions that never change, runs that are kept, and who came and who went, and why."""

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from typer.testing import CliRunner, Result

from campaigns.planning.audience_runs import Comparison, compare, count
from campaigns.planning.audiences import Rule, Version, save
from campaigns.planning.campaign_checks import check
from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from console.main import app
from installation.installation import Installation
from store.errors import BadInput
from store.tables import AudienceMember, Campaign, FactColumn, Person, PersonNumber
from tests.builders import Builder
from tests.campaigns.audience_language.where_people import CAMPAIGNS, FACTS
from tests.conftest import NOW
from tests.deciding import deciding
from tests.passes import deliver
from tests.stories import MANAGER, campaign_file, launched, populate

ANJA = deciding("Anja")
LATER = NOW + timedelta(days=14)


@pytest.fixture
def peopled(installation: Installation) -> Installation:
    """A house with twelve people: P0 to P11, dunned one day after the other, the last one today."""
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        for name, kind in FACTS.items():
            builder.connection.execute(
                FactColumn.__table__.insert().values(name=name, type=kind, declared_at=NOW)  # type: ignore[attr-defined]
            )
        for number in range(12):
            dunned = (NOW.date() - timedelta(days=11 - number)).isoformat()
            builder.person(f"P{number:02}", facts={"dunned_on": dunned, "years": number})
    return installation


def saved(installation: Installation, where: str, name: str = "late", **rule: Any) -> Version:
    return save(installation, name, Rule(where, **rule), by=ANJA, now=NOW)[0]


def changed(made: Comparison) -> dict[str, dict[str, int]]:
    return {
        "new": {each.why: each.people for each in made.new},
        "left": {each.why: each.people for each in made.left},
    }


def test_saving_the_same_again_changes_nothing_and_anything_else_makes_the_next_version(
    peopled: Installation,
) -> None:
    first, new = save(peopled, "late", Rule("years >= 2"), by=ANJA, now=NOW)
    assert (first.number, new) == (1, True)
    assert save(peopled, "late", Rule("years >= 2"), by=ANJA, now=LATER) == (first, False)
    assert saved(peopled, "years >= 3").number == 2
    assert saved(peopled, "years >= 3", valid_until=date(2024, 1, 1)).number == 3
    assert saved(peopled, "years >= 2").number == 4


@pytest.mark.parametrize(
    ("name", "rule", "said"),
    [
        ("Late!", Rule("true"), "lower case letters"),
        ("late", Rule(""), "where: is empty"),
        ("late", Rule("1=1; drop table people"), "without a semicolon"),
        ("late", Rule("yers = 1"), "not a known column or fact"),
        (
            "late",
            Rule("reached('never')"),
            "does not name a known campaign; no campaign was submitted yet",
        ),
        ("late", Rule("under_guardianship"), "under_guardianship selects people by who they are"),
        ("late", Rule("true", None, date(2024, 1, 2), date(2024, 1, 1)), "before it begins"),
    ],
)
def test_what_cannot_be_run_cannot_be_saved(
    peopled: Installation, name: str, rule: Rule, said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        save(peopled, name, rule, by=ANJA, now=NOW)
    assert said in str(refused.value)


def test_a_count_keeps_whom_it_found_for_the_last_two_runs_only(peopled: Installation) -> None:
    saved(peopled, "years >= 2")
    found = [count(peopled, "late", now=NOW + timedelta(days=day)) for day in range(4)]
    assert {run.people for run in found} == {10}
    assert len({run.sha256 for run in found}) == 1
    with peopled.store.reading() as connection:
        kept = connection.execute(
            select(AudienceMember.run_id, func.count()).group_by(AudienceMember.run_id)
        )
        assert {row[0]: row[1] for row in kept} == {found[2].id: 10, found[3].id: 10}


def test_somebody_who_matches_as_days_go_by_is_listed_under_the_part_that_did_it(
    peopled: Installation,
) -> None:
    saved(peopled, "years >= 2 and dunned_on + 5 <= today")
    assert count(peopled, "late", now=NOW).people == 5
    made = compare(peopled, "late", now=NOW + timedelta(days=3))
    assert changed(made) == {
        "new": {"holds as days went by: dunned_on + 5 <= today": 3},
        "left": {},
    }
    assert made.new[0].refs == ("P07", "P08", "P09")


def test_somebody_who_left_is_listed_under_the_first_part_that_no_longer_holds(
    peopled: Installation,
) -> None:
    saved(peopled, "years >= 2 and today - dunned_on <= 5 and not has(sms)")
    assert count(peopled, "late", now=NOW).people == 6
    with peopled.store.writing() as connection:
        builder = Builder(connection, LATER)
        for ref in ("P10", "P11"):
            key = connection.execute(select(Person.id).where(Person.person_ref == ref)).scalar_one()
            builder.number(key, f"+316123456{ref[1:]}")
        connection.execute(
            update(Person).where(Person.person_ref == "P09").values(facts={"years": 1})
        )
    made = compare(peopled, "late", now=NOW + timedelta(days=2))
    assert changed(made)["left"] == {
        "no longer matches: years >= 2": 1,
        "no longer matches: today - dunned_on <= 5": 2,
        "no longer matches: not has(sms)": 2,
    }
    assert made.after.people == 1


def test_somebody_new_by_an_import_a_reply_or_anything_else_is_listed_so(
    peopled: Installation,
) -> None:
    saved(peopled, "not has(sms) and (years >= 11 or country = 'BE')")
    with peopled.store.writing() as connection:
        Builder(connection, NOW).number(
            connection.execute(select(Person.id).where(Person.person_ref == "P11")).scalar_one(),
            "+31612345678",
        )
    assert count(peopled, "late", now=NOW).people == 0
    with peopled.store.writing() as connection:
        Builder(connection, LATER).person("fresh", country="BE")
        connection.execute(
            update(Person).where(Person.person_ref == "P00").values(country="BE", updated_at=LATER)
        )
        connection.execute(delete(PersonNumber))
    made = compare(peopled, "late", now=LATER)
    assert {each.why: each.refs for each in made.new} == {
        "imported since then": ("fresh",),
        "an import changed what is known of them": ("P00",),
        "something that happened since: a touch, a reply, an outcome, another number": ("P11",),
    }


def test_a_changed_rule_is_distinguished_from_a_changed_life(peopled: Installation) -> None:
    saved(peopled, "years >= 6")
    count(peopled, "late", now=NOW)
    saved(peopled, "years between 4 and 8")
    with peopled.store.writing() as connection:
        connection.execute(
            update(Person).where(Person.person_ref == "P06").values(facts={"years": 0})
        )
    assert changed(compare(peopled, "late", now=LATER)) == {
        "new": {"the rule changed": 2},
        "left": {"the rule changed": 3, "no longer matches: years >= 6": 1},
    }


def test_comparing_writes_everyone_who_came_or_went(peopled: Installation, tmp_path: Path) -> None:
    saved(peopled, "years >= 6")
    count(peopled, "late", now=NOW)
    saved(peopled, "years between 4 and 8")
    made = compare(peopled, "late", now=LATER, refs_file=tmp_path / "refs.csv")
    with (tmp_path / "refs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["person_ref"], row["change"]) for row in rows] == [
        ("P04", "new"),
        ("P05", "new"),
        ("P09", "left"),
        ("P10", "left"),
        ("P11", "left"),
    ]
    assert (made.before.people, made.after.people) == (6, 5)
    assert json.loads(json.dumps(made.as_data(), default=str))["left"][0]["people"] == 3


def test_an_audience_that_was_never_counted_has_nothing_to_compare_with(
    peopled: Installation,
) -> None:
    saved(peopled, "years >= 6")
    with pytest.raises(BadInput, match="was never counted; count it first"):
        compare(peopled, "late", now=NOW)
    with pytest.raises(BadInput, match="there is no audience 'lat'; saved are late"):
        count(peopled, "lat", now=NOW)


def named_file(folder: Path, audience: str, **options: Any) -> Path:
    file = campaign_file(folder, where="WHERE", **options)
    file.write_text(
        file.read_text().replace("audience:\n  where: >-\n    WHERE", f"audience: {audience}")
    )
    return file


@pytest.mark.thorough
def test_a_campaign_by_name_freezes_the_rule_itself_and_is_delivered(
    installation: Installation, tmp_path: Path
) -> None:
    populate(installation, 400, now=NOW)
    rule = "years_without_return >= 2 and dunned_on <= today - 21\n and not has(sms)"
    saved(installation, rule, name="two-years")
    by_name = plan(
        installation, named_file(tmp_path, "{name: two-years, version: 1}"), now=NOW
    ).as_data()
    assert (
        by_name
        == plan(
            installation, campaign_file(tmp_path, where=rule.replace("\n", "\n    ")), now=NOW
        ).as_data()
    )
    saved(installation, "true", name="two-years")
    file = named_file(tmp_path, "{name: two-years, version: 1}")
    name = launched(installation, file, now=NOW)
    with installation.store.reading() as connection:
        row = connection.execute(
            select(Campaign.spec, Campaign.source).where(Campaign.name == name)
        ).one()
    assert row.spec["audience"] == {
        "name": "two-years",
        "version": 1,
        "where": rule,
        "necessity": None,
        "words": {},
    }
    assert row.source.startswith(file.read_text())
    assert (
        "# years_without_return >= 2 and dunned_on <= today - 21\n#  and not has(sms)\n"
        in row.source
    )
    assert (
        deliver(installation, now=NOW + timedelta(days=7)).handed_over == by_name["selected"] > 10
    )


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        (
            "{name: late, version: 9}",
            "audience.version: late has no version 9; write a version up to 2",
        ),
        ("{name: lat, version: 1}", "audience.name: there is no audience 'lat'"),
        (
            "{name: late, version: 1, where: 'true'}",
            "audience.where: stands beside a name; keep one of the two",
        ),
        ("{name: late}", "names half an audience"),
        ("{version: 1}", "says nobody"),
        ("{necessity: because}", "says nobody; write where"),
        ("{where: ''}", "says nobody; write where"),
        (
            "{name: late, version: 2}",
            "late, version 2, holds from 2024-01-01 until 2024-12-31, and today is 2023-06-01",
        ),
    ],
)
def test_an_audience_that_says_too_little_or_too_much_is_refused(
    peopled: Installation, tmp_path: Path, audience: str, said: str
) -> None:
    saved(peopled, "years >= 2")
    saved(peopled, "years >= 2", valid_from=date(2024, 1, 1), valid_until=date(2024, 12, 31))
    with pytest.raises(BadInput) as refused:
        check(peopled, named_file(tmp_path, audience), now=NOW)
    assert said in str(refused.value)
    assert refused.value.line == 20


def test_a_rule_holds_on_its_first_and_its_last_day() -> None:
    rule = Rule("true", valid_from=date(2023, 1, 1), valid_until=date(2023, 12, 31))
    assert [rule.outside(day) for day in (date(2023, 1, 1), date(2023, 12, 31))] == [None, None]
    assert (
        rule.outside(date(2022, 12, 31))
        == rule.outside(date(2024, 1, 1))
        == "from 2023-01-01 until 2023-12-31"
    )
    assert (
        Rule("true", valid_until=date(2023, 1, 1)).outside(date(2023, 1, 2)) == "until 2023-01-01"
    )


def test_the_necessity_that_was_saved_is_what_the_approver_reads(
    peopled: Installation, tmp_path: Path
) -> None:
    saved(peopled, "language = 'nl' and gender = 'V'", necessity="a letter in their own language")
    made = plan(peopled, named_file(tmp_path, "{name: late, version: 1}"), now=NOW)
    assert made.sensitive == ("gender", "language")
    assert made.as_data()["necessity"] == "a letter in their own language"


def test_a_fact_that_is_empty_for_everyone_is_warned_about(
    peopled: Installation, tmp_path: Path
) -> None:
    file = campaign_file(tmp_path, where="filed_on is null and years >= 2 and income > 3")
    warnings = check(peopled, file, now=NOW).warnings
    assert [each for each in warnings if "is empty" in each] == [
        "the fact filed_on is empty for everyone imported",
        "the fact income is empty for everyone imported",
    ]


@pytest.mark.thorough
def test_an_earlier_campaign_can_be_asked_about_by_the_next(
    installation: Installation, tmp_path: Path
) -> None:
    populate(installation, 300, now=NOW)
    first = submit(installation, campaign_file(tmp_path, name=CAMPAIGNS[0]), by=MANAGER, now=NOW)
    chosen, held_out = first.plan.selected, first.plan.hold_out
    assert held_out > 0
    for where, expected in (("selected", chosen), ("held_out", held_out), ("reached", 0)):
        file = campaign_file(tmp_path, name="next", where=f"{where}('{CAMPAIGNS[0]}')")
        assert plan(installation, file, now=NOW).matched == expected
    with pytest.raises(BadInput, match="there are card-2022"):
        check(installation, campaign_file(tmp_path, where="reached('card-2032')"), now=NOW)


Kaartje = Callable[..., Result]


@pytest.fixture
def kaartje(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Kaartje:
    """Run a command in an empty house."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KAARTJE_NOW", "2023-06-01")
    return lambda *arguments: CliRunner().invoke(app, ["audience", *map(str, arguments)])


def test_the_command_line_saves_lists_shows_counts_and_compares(
    kaartje: Kaartje, tmp_path: Path
) -> None:
    (tmp_path / "rule.txt").write_text("has(card)\nand age(today) >= 18\n")
    assert (
        "version 1, is saved"
        in kaartje("save", "grown", "--file", tmp_path / "rule.txt", "--as", "Anja").stdout
    )
    assert (
        "says exactly this already"
        in kaartje(
            "save", "grown", "--where", "has(card)\nand age(today) >= 18", "--as", "Bilal"
        ).stdout
    )
    assert [each["name"] for each in json.loads(kaartje("list", "--json").stdout)] == ["grown"]
    assert "version 1" in kaartje("list").stdout
    assert json.loads(kaartje("count", "grown", "--json").stdout)["people"] == 0
    assert json.loads(kaartje("compare", "grown", "--json").stdout)["new"] == []
    refs = tmp_path / "refs.csv"
    assert "0  people on 2023-06-01" in kaartje("compare", "grown", "--refs", refs).stdout
    assert refs.read_text() == "person_ref,change,why\n"
    shown = json.loads(kaartje("show", "grown", "--json").stdout)
    assert len(shown["runs"]) == 3
    assert shown["versions"][0]["saved_by"] == "Anja"
    assert "saved by Anja on 2023-06-01" in kaartje("show", "grown").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("save", "grown", "--as", "Anja"), "one of the two"),
        (("save", "grown", "--where", "gender = 'V'", "--as", "Anja"), "state the necessity"),
        (
            ("save", "grown", "--where", "true", "--as", "Anja", "--valid-from", "soon"),
            "is not a date",
        ),
        (("count", "grown"), "there is no audience 'grown'"),
        (("show", "grown"), "there is no audience 'grown'"),
    ],
)
def test_bad_input_on_the_command_line_is_one_line(
    kaartje: Kaartje, arguments: tuple[str, ...], said: str
) -> None:
    result = kaartje(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert not result.stdout
