"""At the desk: a helper who calls gets general information, until the agent has recorded an authorisation."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take
from installation.installation import Installation
from store.states import Role
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of

SignIn = Callable[..., Browser]


def test_nothing_of_a_person_is_shown_to_a_helper_before_and_after_an_authorisation(
    console_installation: Installation, signed_in: SignIn
) -> None:
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.reach(builder.campaign(), "P1")
        enter(
            connection,
            [
                NewCall(
                    line_id=builder.line(), reply_id=None, received_at=NOW, number="+31612345678"
                )
            ],
        )
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/1/take")
    assert "06 12345678" in browser.text
    assert (
        "Wij vragen niet om uw DigiD" in browser.text
    )  # what an agent reads out to whoever doubts
    letter = {"helper": "Jan Voorbeeld", "organisation": "Buurthuis Oost", "seen": "written"}
    until = str((NOW + timedelta(days=30)).date())
    browser.post("/queue/1/authorisation", about="P9", valid_until=until, **letter)
    assert (browser.status, "niet vastgelegd" in browser.text) == (422, True)
    browser.post("/queue/1/authorisation", about="P1", valid_until=until, **letter)
    assert "Controleer nu over wie het gaat" in browser.text
    assert "Proef" not in browser.text
    browser.post("/queue/1/identity", born="1980-05-17", postcode="1234AB")
    assert "Proef P1" in browser.text
    browser.post("/queue/1/authorisation/revoke", why="she called herself")
    assert "gaat nu over niemand" in browser.text
    assert "Proef" not in browser.text
    assert [act.about for act in acts_of(console_installation, "saw_authorisation")] == ["call:1"]
    assert len(acts_of(console_installation, "revoked_authorisation")) == 1


def test_on_the_command_line_an_authorisation_is_recorded_listed_and_revoked(
    console_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = console_installation.settings
    monkeypatch.setenv("KAARTJE_HOME", str(settings.home))
    monkeypatch.setenv("KAARTJE_SECRET", settings.secret.get_secret_value())
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.person("P1")
        enter(connection, [NewCall(line_id=builder.line(), reply_id=None, received_at=NOW)])
    take(console_installation.store, 1, "Fatma", NOW)

    def helper(*words: str) -> Result:
        return CliRunner().invoke(app, ["desk", "helper", *words, "--now", "2023-06-01T09:30"])

    said = ("--name", "Jan", "--organisation", "buur", "--seen", "written")
    assert helper("record", "1", "P1", "--as", "Fatma", *said, "--until", "soon").exit_code != 0
    assert (
        helper("record", "1", "P1", "--as", "Fatma", *said, "--until", "2023-07-01").exit_code == 0
    )
    assert "counts   until 2023-07-01  Jan, buur" in helper("list", "P1").stdout
    assert helper("revoke", "1", "--as", "Fatma", "--why", "taken back").exit_code == 0
    assert json.loads(helper("list", "--json").stdout)[0]["revoked_why"] == "taken back"
