"""A message that may be an objection stands on a page and in the API, with its term, until somebody reads it."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from console.main import app
from desk.cases.objection_doubts import waiting_doubts
from installation.installation import Installation
from store.states import Role, SuppressionScope
from suppression.entries import NewEntry, list_entries
from suppression.reasons import Reason
from tests.conftest import NOW
from tests.console.api.api_client import system
from tests.console.conftest import Browser, acts_of

SignIn = Callable[..., Browser]


@pytest.fixture
def doubted(console_installation: Installation) -> Installation:
    """Two messages that may be objections, one of eight days ago."""
    with console_installation.store.writing() as connection:
        for number, (days, text) in enumerate(((8, "Laat maar"), (1, "Nee dank u"))):
            entry = NewEntry(
                scope=SuppressionScope.NUMBER,
                repeat="",
                e164=f"+3161234567{number}",
                reason=Reason.OBJECTION_IN_DOUBT,
                source=f"reply {number + 1}",
                note=text,
                starts_at=NOW - timedelta(days=days),
            )
            list_entries(connection, [entry], by="a text", now=NOW)
    return console_installation


def test_what_is_late_stands_first_with_its_term_on_its_page_and_among_the_follow_ups(
    doubted: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.AGENT).get("/doubts").text
    assert page.index("te laat") < page.index("Laat maar") < page.index("Nee dank u")
    assert "Antwoorden vóór" in page
    assert "+3161234567" not in page
    follow_ups = signed_in(Role.MANAGER).get("/follow-ups").text
    assert follow_ups.count("Lees een bericht dat misschien een bezwaar is") == 2


@pytest.mark.thorough
@pytest.mark.parametrize("what", ["objection", "none"])
def test_reading_a_message_takes_it_from_the_list_and_is_recorded(
    doubted: Installation, signed_in: SignIn, what: str
) -> None:
    browser = signed_in(Role.AGENT).get("/doubts")
    first = waiting_doubts(doubted.store)[0]
    assert browser.post(f"/doubts/{first.id}/read", what=what).status == 422
    assert browser.post(f"/doubts/{first.id}/read", what=what, why="wil rust").status == 200
    assert [each.text for each in waiting_doubts(doubted.store)] == ["Nee dank u"]
    (act,) = acts_of(doubted, "suppression read")
    assert (act.actor, act.reason, act.detail["objection"]) == (
        "agent",
        "wil rust",
        what == "objection",
    )
    again = browser.post(f"/doubts/{first.id}/read", what=what, why="wil rust")
    assert (again.status, "al gelezen" in again.text) == (409, True)


def test_another_system_lists_and_reads_them(doubted: Installation) -> None:
    desk = system(doubted)
    found = desk.get("/doubts").json()["items"]
    assert [each["text"] for each in found] == ["Laat maar", "Nee dank u"]
    assert found[0]["answerBy"].startswith("2023-06-2")
    read = desk.post(f"/doubts/{found[0]['id']}/readings", {"what": "none", "why": "bedankt"})
    assert read.json() == {"objection": False, "released": 0, "callId": None}
    assert [each["text"] for each in desk.get("/doubts").json()["items"]] == ["Nee dank u"]


def test_the_desk_is_told_what_was_not_read_in_time(
    doubted: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(doubted.settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", doubted.settings.database_url)
    monkeypatch.setenv("KAARTJE_SECRET", doubted.settings.key().decode())
    asked = ["desk", "overdue", "--json", "--now"]
    late = json.loads(CliRunner().invoke(app, [*asked, NOW.isoformat()]).stdout)
    assert [each["kind"] for each in late] == ["doubt"]
    assert "answer by 2023-06-2" in late[0]["what"]
    week = (NOW + timedelta(days=7)).isoformat()
    assert len(json.loads(CliRunner().invoke(app, [*asked, week]).stdout)) == 2
