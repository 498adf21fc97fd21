"""Campaign commands, which print one JSON document, or one clear line and exit code 2."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from installation import identity
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from tests.stories import campaign_file, populate

NOW = "2023-06-01"
Kaartje = Callable[..., Result]


@pytest.fixture
def kaartje(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Kaartje:
    """Run a command in a house with a population."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", sqlite_url)
    installation = open_installation(Settings(), clock=FixedClock(parse_moment(NOW)))
    populate(installation, 300, now=installation.now())
    installation.store.engine.dispose()
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_campaign_is_led_from_its_file_to_its_end(kaartje: Kaartje, tmp_path: Path) -> None:
    file = campaign_file(tmp_path, waves=("2023-06-05", "2023-06-12"))
    plan = answer(kaartje("campaign", "plan", file, "--now", NOW, "--json"))
    submitted = answer(kaartje("campaign", "submit", file, "--as", "Anja", "--now", NOW, "--json"))
    assert submitted["touches"] == plan["selected"] > 5
    approved = answer(
        kaartje("campaign", "approve", "cards", "--as", "Bilal", "--now", NOW, "--json")
    )
    assert approved["state"] == "approved"
    assert approved["hash"] == submitted["hash"]
    assert (
        answer(kaartje("campaign", "launch", "cards", "--now", NOW, "--json"))["state"] == "running"
    )
    first = answer(kaartje("deliver", "--now", "2023-06-05", "--json"))
    assert 0 < first["handed_over"] < plan["selected"]
    assert (
        answer(kaartje("campaign", "pause", "cards", "--now", "2023-06-06", "--json"))["state"]
        == "paused"
    )
    assert answer(kaartje("deliver", "--now", "2023-06-12", "--json"))["handed_over"] == 0
    assert (
        answer(kaartje("campaign", "resume", "cards", "--now", "2023-06-12", "--json"))["state"]
        == "running"
    )
    second = answer(kaartje("deliver", "--now", "2023-06-12", "--json"))
    assert first["handed_over"] + second["handed_over"] == plan["selected"]
    shown = answer(kaartje("campaign", "show", "cards", "--json"))
    assert shown["state"] == "finished"
    assert shown["touches"] == {"handed_over": plan["selected"]}
    assert [each["name"] for each in answer(kaartje("campaign", "list", "--json"))] == ["cards"]


def test_a_seed_or_a_trial_changed_after_the_approval_is_refused(
    kaartje: Kaartje, tmp_path: Path
) -> None:
    file = campaign_file(tmp_path)
    signed = answer(kaartje("campaign", "submit", file, "--as", "Anja", "--now", NOW, "--json"))
    answer(kaartje("campaign", "approve", "cards", "--as", "Bilal", "--now", NOW, "--json"))
    text = file.read_text("utf-8")
    (seed,) = [line for line in text.splitlines() if line.startswith("seed:")]
    for changed in (
        text.replace(seed, "seed: 99"),
        f"{text}\ntrial: {{outcome: appointment}}\n",
        f"{text}\ntrial: {{as_of: 2024-01-01}}\n",
    ):
        file.write_text(changed, encoding="utf-8")
        refused = kaartje("campaign", "submit", file, "--as", "Anja", "--now", NOW)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "cards is approved already; give this one another name" in refused.stderr
    running = answer(kaartje("campaign", "launch", "cards", "--now", NOW, "--json"))
    assert (running["state"], running["hash"]) == ("running", signed["hash"])


def test_a_plan_can_be_read_by_a_person(kaartje: Kaartje, tmp_path: Path) -> None:
    result = kaartje("campaign", "plan", campaign_file(tmp_path), "--now", NOW)
    assert result.exit_code == 0
    assert "people imported" in result.stdout
    assert "selected" in result.stdout
    assert "€" in result.stdout


@pytest.mark.thorough
def test_a_plan_says_which_sensitive_columns_select_and_why(
    kaartje: Kaartje, tmp_path: Path
) -> None:
    file = campaign_file(tmp_path, where="language = 'nl' and secret_address is false")
    file.write_text(
        file.read_text().replace(
            "audience:\n", "audience:\n  necessity: a card in their own language\n"
        )
    )
    shown = kaartje("campaign", "plan", file, "--now", NOW).stdout
    assert "It selects by language, secret_address, because: a card in their own language" in shown
    plan = answer(kaartje("campaign", "plan", file, "--now", NOW, "--json"))
    assert plan["sensitive"] == ["language", "secret_address"]
    assert plan["necessity"] == "a card in their own language"
    kaartje("campaign", "submit", file, "--as", "Anja", "--now", NOW)
    shown = kaartje("campaign", "show", "cards", "--now", NOW).stdout
    assert "reaches whom: language = 'nl' and secret_address is false" in shown
    assert "because: a card in their own language" in shown


@pytest.mark.thorough
def test_a_dead_campaign_of_one_wave_can_be_stopped(kaartje: Kaartje, tmp_path: Path) -> None:
    kaartje("campaign", "submit", campaign_file(tmp_path), "--as", "Anja", "--now", NOW)
    stopped = answer(kaartje("campaign", "stop", "cards", "--now", NOW, "--json"))
    assert stopped["state"] == "stopped"
    assert set(stopped["touches"]) == {"dropped"}


@pytest.mark.everyday(4)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("campaign", "approve", "cards", "--as", "Anja"), "somebody else must approve it"),
        (("campaign", "approve", "cards", "--as", " "), "name who decides"),
        (("campaign", "approve", "nothing", "--as", "Bilal"), "there is no campaign 'nothing'"),
        (("campaign", "launch", "cards"), "only a campaign that is approved can launch"),
        (("campaign", "resume", "cards"), "only a campaign that is paused can resume"),
        (("campaign", "show", "nothing"), "submitted are cards"),
        (("campaign", "plan", "no-such-file.yaml"), "is not there"),
        (
            ("campaign", "approve", "cards", "--as", "Bilal", "--launch-at", "soon"),
            "is not a date and time",
        ),
        (("deliver", "--now", "yesterday"), "write it as 2023-06-01"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(
    kaartje: Kaartje, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    kaartje("campaign", "submit", campaign_file(tmp_path), "--as", "Anja", "--now", NOW)
    result = kaartje(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.output
    assert not result.stdout


def test_each_mistake_in_a_file_is_a_line_of_its_own(kaartje: Kaartje, tmp_path: Path) -> None:
    file = campaign_file(tmp_path)
    file.write_text(
        file.read_text().replace("purpose: duty", "purpose: x").replace("seed: 2023", "seed: y")
    )
    result = kaartje("campaign", "check", file, "--now", NOW)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("error: ") and str(file) in line for line in lines)


@pytest.mark.thorough
def test_decisions_on_a_shared_database_are_not_taken_from_the_command_line(
    kaartje: Kaartje, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_DATABASE_URL", postgres_url)
    monkeypatch.delenv("KAARTJE_REHEARSAL")
    (tmp_path / "another").mkdir()
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "another"))
    monkeypatch.setattr(identity, "TEMPORARY", ())
    result = kaartje("campaign", "submit", campaign_file(tmp_path), "--as", "Anja")
    assert result.exit_code == 2
    assert "you are not signed in" in result.stderr
    assert "kaartje sign-in NAME" in result.stderr


def test_the_schema_for_editors_is_json(kaartje: Kaartje) -> None:
    assert "audience" in answer(kaartje("campaign", "schema"))["properties"]


@pytest.mark.thorough
def test_the_name_that_an_open_card_may_say_is_shown_with_its_reason(
    kaartje: Kaartje, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[open_cards]\nown_name = "Team Dichtbij"\nreason = "decided in May"\n')
    monkeypatch.setenv("KAARTJE_POLICY", str(policy))
    kaartje("campaign", "submit", campaign_file(tmp_path), "--as", "Anja", "--now", NOW)
    shown = kaartje("campaign", "show", "cards", "--now", NOW).stdout
    assert "an open card may say 'Team Dichtbij': decided in May" in shown
    warned = answer(kaartje("campaign", "show", "cards", "--now", NOW, "--json"))
    assert warned["own_name_on_open_cards"]["reason"] == "decided in May"
