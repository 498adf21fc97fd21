"""What people type about whom not to reach, and what they read back."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from console.main import app
from installation.installation import open_installation
from installation.settings import Settings
from store.states import TouchState
from store.tables import Person, Touch
from suppression.addresses import key_of
from tests.builders import Builder
from tests.fictitious_numbers import fictitious
from tests.files import people_file

NUMBER = "+31612345678"
LATER = "2023-07-01"
SECRET = "a joint key that two bodies agreed on"
BSN = next(islice(fictitious(), 100, None))


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Path:
    """A house in which P1 is planned for a card about income tax."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    installation = open_installation(Settings(home=tmp_path))
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        person = builder.person("P1", NUMBER)
        builder.touch(builder.campaign(subject="income-tax"), person, state=TouchState.PLANNED)
    installation.store.engine.dispose()
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, ["suppression", *words])


def said(*words: str) -> str:
    answer = typed(*words)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def state(home: Path) -> TouchState:
    with open_installation(Settings(home=home)).store.reading() as connection:
        return connection.execute(select(Touch.state)).scalar_one()


def stop(home: Path, words: str = "STOP") -> None:
    file = home / "replies.csv"
    file.write_text(f"received_at,kind,number,text\n2023-06-14T10:00,texted,{NUMBER},{words}\n")
    answer = CliRunner().invoke(app, ["replies", "import", str(file), "--now", LATER])
    assert answer.exit_code == 0, answer.stderr


@pytest.mark.thorough
def test_an_objection_waits_is_narrowed_and_lets_the_card_go(home: Path) -> None:
    stop(home)
    assert state(home) == TouchState.WITHHELD
    (waits,) = json.loads(said("pending", "--json"))
    assert (waits["who"], waits["text"]) == (["P1", NUMBER], "STOP")
    assert "STOP" in said("pending")
    ref = f"#{waits['id']}"
    refused = typed("scope", ref, "--all", "--subject", "vat", "--why", "asked", "--now", LATER)
    assert (refused.exit_code, "stands beside a channel or a subject" in refused.stderr) == (
        2,
        True,
    )
    pigeon = typed("scope", ref, "--channel", "pigeon", "--why", "asked", "--now", LATER)
    assert (
        pigeon.exit_code,
        "'pigeon' is not a channel of this installation" in pigeon.stderr,
    ) == (2, True)
    assert typed("scope", ref, "--subject", "vat", "--why", "asked", "--now", LATER).exit_code == 2
    printed = said(
        "scope", ref, "--subject", "income-tax", "--why", "asked him", "--as", "ann", "--now", LATER
    )
    assert printed == f"{ref}: closed for income-tax only\n"
    assert state(home) == TouchState.WITHHELD
    assert json.loads(said("pending", "--json")) == []
    printed = said("lift", "P1", "--why", "help after all", "--now", LATER)
    assert printed.splitlines() == [
        "P1: 2 entries lifted",
        "  1 touch is planned again, and judged again before they go",
    ]
    assert state(home) == TouchState.PLANNED


def test_all_is_recorded_in_one_word(home: Path) -> None:
    stop(home)
    ref = f"#{json.loads(said('pending', '--json'))[0]['id']}"
    assert (
        said("scope", ref, "--all", "--why", "asked him", "--now", LATER)
        == f"{ref}: everything stays closed\n"
    )
    assert "its scope waits" not in said("list", "--now", LATER)


def test_a_list_goes_out_to_a_file_or_the_screen_and_comes_back(home: Path) -> None:
    said("add", "P7", "--reason", "objection", "--subject", "income-tax", "--now", "2023-06-01")
    said("add", NUMBER, "--reason", "suppressed", "--note", "bounced", "--now", "2023-06-01")
    out = home / "out.csv"
    said("export", str(out), "--now", LATER)
    assert out.read_text() == said("export", "--now", LATER).replace("\r\n", "\n")
    assert "2 rows: 0 new, 2 listed already, 0 refused" in said(
        "import", str(out), "--source", "x", "--now", LATER
    )
    assert len(said("export", "--source", "nowhere", "--now", LATER).splitlines()) == 1


def test_a_reported_death_is_listed_until_the_register_knows(home: Path, now: datetime) -> None:
    said("add", "P1", "--reason", "deceased", "--note", "says his sister", "--now", "2023-06-01")
    (waits,) = json.loads(said("list", "--reported-deaths", "--json", "--now", LATER))
    assert (waits["person_ref"], waits["days"], waits["confirmed_on"]) == ("P1", 30, None)
    assert "not confirmed for 30 days" in said("list", "--reported-deaths", "--now", LATER)
    with open_installation(Settings(home=home)).store.writing() as connection:
        connection.execute(update(Person).values(deceased_on=now.date()))
    assert said("list", "--reported-deaths", "--now", LATER) == ""
    assert "confirmed: died on 2023-06-01" in said(
        "list", "--reported-deaths", "--all", "--now", LATER
    )


def test_a_person_decides_about_an_address_with_many_adults(home: Path, now: datetime) -> None:
    with open_installation(Settings(home=home)).store.writing() as connection:
        builder = Builder(connection, now)
        for place in range(3):
            builder.person(f"S{place}", household_key=key_of("1234AB", "12"))
    assert json.loads(said("addresses", "--json", "--now", LATER)) == []
    listed = said("addresses", "--above", "2", "--now", LATER)
    assert "3 adults  1234AB 12" in listed
    assert typed("address", "1234 AB", "12", "--why", "a shelter", "--now", LATER).exit_code == 2
    assert typed("address", "--closed", "--why", "a shelter", "--now", LATER).exit_code == 2
    printed = said(
        "address", "1234 AB", "12", "--closed", "--why", "a shelter", "--as", "ann", "--now", LATER
    )
    assert printed == "1234 AB 12: closed, 3 people live there\n"
    assert said("addresses", "--above", "2", "--now", LATER) == ""
    key = listed.split("--key ")[1].strip()
    assert "separate, 3 people" in said(
        "address", "--key", key, "--separate", "--why", "flats", "--now", LATER
    )


@pytest.mark.thorough
def test_two_houses_exchange_what_a_citizen_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(home / "exchange.csv")
    assert "KAARTJE_JOINT_SECRET: is not set" in typed("exchange", "export", file).stderr
    monkeypatch.setenv("KAARTJE_JOINT_SECRET", SECRET)
    for place, ref in ((home, "A1"), (tmp_path / "b", "B1")):
        monkeypatch.setenv("KAARTJE_HOME", str(place))
        place.mkdir(exist_ok=True)
        people = people_file(place, {"person_ref": ref, "bsn": BSN, "phone": NUMBER})
        taken = CliRunner().invoke(app, ["people", "import", str(people), "--now", "2023-06-01"])
        assert taken.exit_code == 0, taken.stderr
    monkeypatch.setenv("KAARTJE_HOME", str(home))
    for ref in ("A1", NUMBER):
        said("add", ref, "--reason", "objection", "--now", "2023-06-01")
    assert said("exchange", "export", file, "--now", LATER).startswith("2 rows in ")
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "b"))
    printed = said("exchange", "import", file, "--source", "A", "--now", LATER)
    assert printed.splitlines() == [
        "2 rows: 2 new, 0 listed already, 0 refused",
        "  1 about numbers that we know",
    ]
    why = CliRunner().invoke(app, ["why", "B1", "--reason", "a letter", "--now", LATER])
    said_twice = " ".join(why.stdout.split()).count("You asked us not to send you anything.")
    assert said_twice == 2
    monkeypatch.setenv("KAARTJE_JOINT_SECRET", SECRET[::-1])
    refused = typed("exchange", "import", file, "--source", "A", "--now", LATER)
    assert (refused.exit_code, "was made with another key" in refused.stderr) == (2, True)


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    ("words", "verdict", "reasons"),
    [
        (["--now", "2023-06-05"], "allowed", []),
        (["--channel", "sms", "--purpose", "rights", "--now", "2023-06-05"], "allowed", []),
        (
            ["--channel", "sms", "--purpose", "rights", "--now", "2023-06-04T12:00"],
            "later",
            ["OUTSIDE_HOURS"],
        ),
        (
            ["--channel", "sms", "--purpose", "invitation", "--now", "2023-06-05"],
            "blocked",
            ["NO_CONSENT"],
        ),
        (["--channel", "call", "--purpose", "service", "--now", "2023-06-04T12:00"], "allowed", []),
    ],
)
def test_one_person_is_judged_now(
    home: Path, words: list[str], verdict: str, reasons: list[str]
) -> None:
    printed = json.loads(said("judge", "P1", *words, "--json"))
    assert (printed["verdict"], printed["reasons"]) == (verdict, reasons)
    assert "P1" in said("judge", "P1", *words)


def test_whom_nobody_knows_or_how_nobody_reaches_is_said(home: Path) -> None:
    for words, problem in (
        (["nobody"], "not a known person"),
        (["P1", "--channel", "fax"], "not a channel"),
        (["P1", "--purpose", "fun"], "not a purpose"),
    ):
        answer = typed("judge", *words)
        assert answer.exit_code == 2
        assert problem in answer.stderr


def test_the_rules_are_printed_in_order_with_the_table_they_come_to(home: Path) -> None:
    printed = json.loads(said("rules", "--json"))
    assert [rule["place"] for rule in printed["rules"]] == list(range(1, len(printed["rules"]) + 1))
    assert printed["rules"][0]["reason"] == "DECEASED"
    assert {
        "channel",
        "number_type",
        "consent",
        "purpose",
        "verdict",
        "reason",
        "reference",
    } <= printed["decisions"][0].keys()
    assert "This person has died." in said("rules")


@pytest.mark.thorough
def test_a_message_in_doubt_is_listed_with_its_term_read_and_lifted(home: Path) -> None:
    stop(home, "laat maar zitten")
    (waits,) = json.loads(said("doubts", "--json"))
    assert waits["text"] == "laat maar zitten"
    assert "by 2023-07-14" in said("doubts")
    why = CliRunner().invoke(app, ["why", "P1", "--reason", "a letter", "--now", LATER]).stdout
    assert "You wrote something that a colleague wants to read first." in " ".join(why.split())
    assert "pending" not in said("list")
    ref = f"#{waits['id']}"
    assert typed("read", ref, "--objection", "--call-back", "--why", "x").exit_code == 2
    answer = said("read", ref, "--no-objection", "--why", "an appointment", "--now", LATER)
    assert "1 touch is planned again" in answer
    assert (state(home), json.loads(said("doubts", "--json"))) == (TouchState.PLANNED, [])


def test_a_message_in_doubt_that_is_read_as_an_objection_waits_for_its_scope(home: Path) -> None:
    stop(home, "laat maar zitten")
    ref = f"#{json.loads(said('doubts', '--json'))[0]['id']}"
    assert "an objection" in said("read", ref, "--objection", "--why", "wants nothing")
    assert state(home) is TouchState.WITHHELD
    assert json.loads(said("pending", "--json"))[0]["text"] == "laat maar zitten"
