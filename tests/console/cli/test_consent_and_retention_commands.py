"""What people type about consents, obligations, retention and a shadow run, and what they read back."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from console.main import app
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.states import CampaignState, Role
from store.tables import Campaign, Person
from tests.builders import Builder
from tests.console.conftest import Browser
from tests.deciding import deciding

SHOWN = "Mogen wij u een kaartje sturen?"
LATER = "2026-07-01"
SignIn = Callable[[Role | str], Browser]


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Path:
    """A house with one campaign that reached P1."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    installation = open_installation(Settings(home=tmp_path))
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(
            spec={"retention": "two-years"}, state=CampaignState.FINISHED, ended_at=now
        )
        builder.reach(campaign, "P1")
    installation.store.engine.dispose()
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answered(*words: str) -> str:
    answer = typed(*words)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def test_a_consent_is_given_withdrawn_and_shown_with_its_history(home: Path) -> None:
    given = [
        "consent",
        "give",
        "P1",
        "--channel",
        "card",
        "--purpose",
        "invitation",
        "--until",
        "2023-12-31",
    ]
    proof = [
        "--source",
        "form 12",
        "--text",
        "Mogen wij u een kaartje sturen?",
        "--as",
        "ann",
        "--now",
        "2023-06-01",
    ]
    assert answered(*given, *proof) == "P1 agreed to be reached: card and invitation\n"
    assert answered("consent", "withdraw", "P1", "--as", "bea", "--now", "2023-06-05") == (
        "P1 withdrew: every channel and purpose\n"
    )
    listed = typed("consent", "list", "P1", "--now", "2023-06-06").stdout.splitlines()
    assert listed[:2] == [
        f"2023-06-01 09:00  given, card and invitation until 2024-01-01 00:00 (form 12): “{SHOWN}”; not in force",
        "2023-06-05 09:00  withdrawn, every channel and purpose (by hand)",
    ]
    assert "  card     duty         withdrawn" in listed
    found = json.loads(answered("consent", "list", "P1", "--json", "--now", "2023-06-02"))
    assert [(word["kind"], word["added_by"], word["in_force"]) for word in found["words"]] == [
        ("given", "ann", True),
        ("withdrawn", "bea", False),
    ]
    assert {"channel": "card", "purpose": "invitation", "state": "given"} in found["now"]
    printed = answered("why", "P1", "--reason", "a letter", "--now", "2023-06-06")
    assert "Consent\n    - 2023-06-01 09:00  given, card and invitation" in printed
    why = json.loads(answered("why", "P1", "--reason", "a letter", "--json", "--now", "2023-06-06"))
    assert [(word["kind"], word["text_shown"], word["in_force"]) for word in why["consents"]] == [
        ("given", "Mogen wij u een kaartje sturen?", False),
        ("withdrawn", "", True),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--text", " "),
            "error: text_shown: a consent needs its proof; write the text that was shown or read out",
        ),
        (
            ("--source", ""),
            "error: source: a consent needs its proof; say where it was given:",
        ),
        (("--channel", "pigeon"), "error: channel: 'pigeon' is not a channel of this installation"),
        (("--until", "2020-01-01"), "error: until: lies before the consent was given"),
    ],
)
def test_a_consent_without_proof_is_one_line_and_exit_code_2(
    home: Path, words: tuple[str, str], said: str
) -> None:
    usual = {"--source": "form", "--text": "Mag het?"} | {words[0]: words[1]}
    answer = typed("consent", "give", "P1", *(part for pair in usual.items() for part in pair))
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith(said)
    assert len(answer.stderr.splitlines()) == 1


def test_a_file_of_consents_and_one_of_obligations_come_in_and_refused_rows_are_reported(
    home: Path,
) -> None:
    consents = home / "consents.csv"
    consents.write_text("person_ref,kind,said_at\nP1,withdrawn,2023-05-01\nP1,given,2023-05-02\n")
    answer = typed(
        "consent", "import", str(consents), "--now", "2023-06-01", "--refused", str(home / "c.csv")
    )
    assert answer.stdout == "2 rows: 1 new, 0 known already, 1 refused\n"
    assert f"refused: {consents}, line 3, source: a consent needs its proof" in answer.stderr
    assert (home / "c.csv").exists()
    owed = home / "owed.csv"
    owed.write_text(
        "person_ref,tax,year,filed_on\nP1,income,2021,2022-05-01\nP9,vat,2022,\nP1,income,2033,\n"
    )
    answer = typed("people", "obligations", str(owed), "--now", "2023-06-01")
    assert answer.stdout == (
        "3 rows: 2 new, 0 changed, 0 as they were, 1 refused\n"
        "1 are about people not imported yet; they are kept until those appear\n"
    )
    assert "line 4, year: '2033' is not a believable tax year" in answer.stderr
    assert "Tax returns\n    - income tax 2021: filed on 1 May 2022" in answered(
        "why", "P1", "--reason", "a letter"
    )
    again = json.loads(
        answered("people", "obligations", str(owed), "--now", "2023-06-01", "--json")
    )
    assert (again["added"], again["updated"], again["unchanged"], again["waiting"]) == (0, 0, 2, 1)


def test_an_invented_population_can_owe(home: Path) -> None:
    owed = home / "owed.csv"
    said = answered(
        "people", "generate", "40", "-o", str(home / "p.csv"), "--obligations", str(owed)
    )
    assert said == f"40 invented people in {home / 'p.csv'}, what they owe in {owed}\n"
    answered("people", "import", str(home / "p.csv"), "--now", "2023-06-01")
    report = json.loads(
        answered("people", "obligations", str(owed), "--now", "2023-06-01", "--json")
    )
    assert report["added"] > 40
    assert (report["refused"], report["waiting"]) == (0, 0)


@pytest.mark.thorough
def test_a_ledger_is_listed_tried_removed_and_shown(home: Path) -> None:
    nothing = typed("retention", "list", "--now", LATER)
    assert "its class has no period, so it is never removed" in nothing.stdout
    assert f"there is no {home / 'retention.toml'}" in nothing.stderr
    (home / "retention.toml").write_text("[days]\ntwo-years = 730\n")
    assert "its period is over: kaartje retention run" in answered(
        "retention", "list", "--now", LATER
    )
    assert "1 decisions would be removed" in answered(
        "retention", "run", "--dry-run", "--now", LATER
    )
    assert "You got a card." in answered("why", "P1", "--reason", "a letter", "--now", LATER)
    assert "1 decisions removed  (two-years, 730 days)" in answered(
        "retention", "run", "--as", "ann", "--now", LATER
    )
    assert (
        answered("retention", "run", "--now", LATER)
        == "There is nothing whose retention period is over.\n"
    )
    found = json.loads(answered("retention", "list", "--json", "--now", LATER))
    assert [(each["standing"], each["removed"], each["rows"]) for each in found["ledgers"]] == [
        ("removed", 1, 0)
    ]
    assert "The records were removed on 1 July 2026" in answered(
        "why", "P1", "--reason", "a letter"
    )
    assert "the ledger was removed on 2026-07-01" in answered("report", "pilot", "--now", LATER)


def test_a_named_file_of_periods_must_be_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAARTJE_RETENTION", str(home / "elsewhere.toml"))
    answer = typed("retention", "run", "--now", LATER)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith(
        f"error: KAARTJE_RETENTION: {home / 'elsewhere.toml'} is not there;"
        " name a file that is there, or unset it"
    )


@pytest.mark.thorough
def test_a_shadow_run_says_whom_the_campaign_should_not_have_reached(
    home: Path, now: datetime
) -> None:
    installation = open_installation(Settings(home=home))
    with installation.store.writing() as connection:
        learned = {"deceased_on": date(2023, 5, 1), "updated_at": now + timedelta(days=60)}
        connection.execute(update(Person).values(**learned))
    installation.store.engine.dispose()
    said = answered("campaign", "shadow", "pilot", "--now", LATER, "--refs", str(home / "refs.csv"))
    assert "1  should not have, to 1 people" in said
    assert "   This person has died." in said
    assert "P1               card     2023-06-01  This person has died." in said
    assert "(since 2023-05-01, known on 2023-07-31)" in said
    assert (
        (home / "refs.csv")
        .read_text()
        .splitlines()[1]
        .startswith("P1,card,2023-06-01T07:00:00+00:00,DECEASED,true")
    )
    found = json.loads(answered("campaign", "shadow", "pilot", "--now", LATER, "--json"))
    assert found["cases"][0]["known_then"] is False
    assert typed("campaign", "shadow", "nothing").exit_code == 2


@pytest.mark.thorough
def test_the_page_shows_what_was_said_what_is_owed_and_that_a_ledger_is_gone(
    console_installation: Installation, signed_in: SignIn, now: datetime
) -> None:
    from campaigns.looking_back.retention import remove_due
    from people.obligations import import_obligations
    from store.states import ConsentKind
    from suppression.consents import NewStatement, record_statement

    with console_installation.store.writing() as connection:
        builder = Builder(connection, now - timedelta(days=900))
        builder.reach(builder.campaign(spec={"retention": "two-years"}), "P1")
        ended = {"state": CampaignState.STOPPED, "ended_at": now - timedelta(days=800)}
        connection.execute(update(Campaign).values(**ended))
    word = NewStatement(
        person_ref="P1",
        kind=ConsentKind.GIVEN,
        channel="card",
        purpose=None,
        said_at=now,
        ends_at=None,
        source="formulier",
        text_shown="Mogen wij u een kaartje sturen?",
    )
    record_statement(console_installation.store, word, by="ann", now=now)
    owed = console_installation.settings.home / "owed.csv"
    owed.write_text("person_ref,tax,year,filed_on\nP1,vat,2022,2023-01-31\n")
    import_obligations(console_installation.store, owed, now=now)
    (console_installation.settings.home / "retention.toml").write_text("[days]\ntwo-years = 730\n")
    remove_due(console_installation, by=deciding("ann"), now=now)
    browser = signed_in(Role.MANAGER)
    assert "Het besluitenregister is op" in browser.get("/campaigns/pilot").text
    page = browser.get("/why").post("/why", ref="P1", reason="a letter").text
    assert "toestemming gegeven" in page
    assert "“Mogen wij u een kaartje sturen?”" in page
    assert "btw 2022: aangifte gedaan op" in page
    assert "(two-years)" in page
    assert "Wat deze campagne over u besloot, is niet meer bekend." in page


def test_why_is_answered_in_dutch_sentences_and_dutch_dates(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_LANGUAGE", "nl")
    text = answered("why", "P1", "--reason", "a letter", "--now", LATER)
    for said in ("U kreeg een kaartje.", "Wat ervan kwam", "donderdag 1 juni 2023, 9.00 uur"):
        assert said in text
    assert "You " not in text
    assert not re.search(r"[A-Z]{2,}_[A-Z]+", text)
