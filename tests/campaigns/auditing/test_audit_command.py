"""`kaartje audit deliveries` at the public door: exit codes, JSON, words in two languages, real lists of others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaigns.auditing.audit import audit_deliveries
from channels.shops import read_shop
from console.main import app
from tests.campaigns.auditing.conftest import Went
from tests.channels.shop_server import serving
from tests.channels.sms import simulated
from tests.faults.in_process import InProcess
from tests.faults.small_campaign import DUE, SECRET, audited, copied, opened
from tests.passes import deliver

NOW = "2023-06-06T12:00"


class Command:
    """The command in the home of a campaign, with an account at a real simulated provider."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, **accounts: str) -> None:
        given = {"home": str(home), "secret": SECRET, **accounts}
        for name, value in given.items():
            monkeypatch.setenv(f"KAARTJE_{name.upper()}", value)

    def __call__(self, *options: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["audit", "deliveries", "--now", NOW, *options])
        return done.exit_code, done.stdout


def test_the_command_asks_a_provider_and_says_in_two_languages_who_was_not_reached(
    went: Went, monkeypatch: pytest.MonkeyPatch
) -> None:
    went.installation.store.engine.dispose()
    accounts = simulated.accounts(simulated.flawless(), went.installation.settings.home)
    audit = Command(went.installation.settings.home, monkeypatch, **accounts)
    code, said = audit("--json")
    found = json.loads(said)
    assert code == 1
    assert {each["invariant"] for each in found["breaches"]} == {"TEXT_NOT_AT_PROVIDER"}
    assert len(found["breaches"]) == 3  # this provider never got them
    assert found["compared"]["pieces"] == 3
    assert "breach  touch" in audit()[1]
    monkeypatch.setenv("KAARTJE_LANGUAGE", "nl")
    assert "telt als verzonden, maar de aanbieder heeft de sms niet" in audit()[1]


@pytest.mark.thorough
def test_a_provider_that_cannot_be_asked_is_no_clean_audit(
    went: Went, monkeypatch: pytest.MonkeyPatch
) -> None:
    went.installation.store.engine.dispose()
    code, said = Command(went.installation.settings.home, monkeypatch)("--json")
    found = json.loads(said)
    assert code == 1
    assert found["breaches"] == []
    assert "there is no account for texts" in found["failed"][0]["why"]


@pytest.mark.thorough
def test_the_list_of_the_real_client_is_clean_after_a_pass_and_shows_a_stranger(
    tmp_path: Path, prepared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copied(prepared_home, tmp_path / "home")
    accounts = simulated.accounts(simulated.flawless(), home)
    audit = Command(home, monkeypatch, **accounts)
    assert CliRunner().invoke(app, ["deliver", "--now", DUE.isoformat()]).exit_code == 0
    code, said = audit("--json")
    assert (code, json.loads(said)["compared"]["texts"]) == (0, 3)
    provider = simulated.text_to(accounts, "+31687654321")
    code, said = audit("--json")
    assert code == 1
    (breach,) = json.loads(said)["breaches"]
    assert (breach["invariant"], breach["subject"]) == ("TEXT_WITHOUT_TOUCH", provider)


@pytest.mark.thorough
def test_a_run_on_the_shops_server_is_compared_with_what_was_made(
    tmp_path: Path, prepared_home: Path
) -> None:
    home, provider = copied(prepared_home, tmp_path / "home"), InProcess()
    with serving(tmp_path / "shop") as server:
        installation = opened(home, provider)
        installation = replace(installation, shop=read_shop(server.describe(tmp_path)))
        assert deliver(installation, now=DUE).runs == 1
        found = audited(installation, provider)
        assert (found.is_clean, found.compared["runs_at_shop"]) == (True, 1)
        (control,) = (server.root / "in").glob("*.ready")
        control.write_text(control.read_text().replace(control.read_text()[:64], "0" * 64))
        (control.parent / "cards-w1-000099.ready").write_text("")
        seen = {each.invariant.value for each in audited(installation, provider).breaches}
        assert seen == {"SHOP_HAS_OTHER_FILES", "SHOP_HAS_UNKNOWN_RUN"}
        installation.store.engine.dispose()
    away = audit_deliveries(installation, now=DUE, providers=[provider])
    assert [each.subject for each in away.failed] == ["De Linde"]
    installation.store.engine.dispose()
