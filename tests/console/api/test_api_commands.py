"""`kaartje account token` and `kaartje desk export-interactions`: as somebody at a keyboard would use them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take
from desk.queue.wrap_up import wrap_up
from store.engine import open_store
from tests.builders import Builder
from tests.conftest import NOW
from tests.deciding import deciding

AT = ("--now", "2023-06-01T09:30")


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", "")
    monkeypatch.delenv("KAARTJE_INTERACTIONS_TOKEN", raising=False)
    store = open_store(sqlite_url, locks=tmp_path / "locks")
    with store.writing() as connection:
        enter(
            connection,
            [NewCall(line_id=Builder(connection, NOW).line(), reply_id=None, received_at=NOW)],
        )
    take(store, 1, "fatma", NOW)
    wrap_up(
        store,
        1,
        by=deciding("fatma"),
        disposition="helped",
        note="A question about the card.",
        now=NOW,
    )
    store.engine.dispose()
    return tmp_path


def kaartje(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_token_is_shown_once_listed_without_itself_and_ended(home: Path) -> None:
    token = kaartje(
        "account", "token", "kiss", "--role", "agent", "--as", "anja", "--days", "30", *AT
    ).stdout.strip()
    assert token.startswith("kaartje_")
    (listed,) = json.loads(kaartje("account", "tokens", "--json", *AT).stdout)
    assert (listed["state"], listed["expires_at"][:10], token in str(listed)) == (
        "open",
        "2023-07-01",
        False,
    )
    assert kaartje("account", "revoke", "1", "--as", "anja", *AT).exit_code == 0
    assert "revoked" in kaartje("account", "tokens", *AT).stdout
    assert kaartje("account", "revoke", "1", "--as", "anja", *AT).exit_code == 2


def test_what_was_wrapped_up_is_written_into_a_folder_once(home: Path) -> None:
    to = ("desk", "export-interactions", "--to", str(home / "register"), *AT)
    assert "1 contact and 0 tasks written" in kaartje(*to).stdout
    assert (
        json.loads((home / "register" / "klantcontact-call-1.json").read_text())["inhoud"]
        == "A question about the card."
    )
    assert json.loads(kaartje(*to, "--json").stdout)["contacts"] == 0


def test_nothing_goes_without_a_token_or_to_a_folder_that_cannot_be_written(home: Path) -> None:
    refused = kaartje(
        "desk", "export-interactions", "--to", "https://klant.example/klantinteracties/api/v1", *AT
    )
    assert (refused.exit_code, "KAARTJE_INTERACTIONS_TOKEN" in refused.stderr) == (2, True)
    (home / "full").write_text("")
    stopped = kaartje("desk", "export-interactions", "--to", str(home / "full"), *AT)
    assert (stopped.exit_code, "what is left goes with the next export" in stopped.stderr) == (
        2,
        True,
    )
    assert (
        "1 contact "
        in kaartje("desk", "export-interactions", "--to", str(home / "register"), *AT).stdout
    )
