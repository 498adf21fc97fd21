"""`kaartje line` and `kaartje agent phone`: as somebody who sets a line up would use them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from desk.queue import call_legs
from store.engine import open_store
from store.states import LegKind, LegState
from tests.builders import LINE, Builder
from tests.conftest import NOW

AT = ("--now", "2023-06-01T09:30")


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", "")
    store = open_store(sqlite_url, locks=tmp_path / "locks")
    with store.writing() as connection:
        line = Builder(connection, NOW).line()
        call_legs.made(
            connection,
            call_legs.NewLeg(
                ref="CA1",
                kind=LegKind.CITIZEN,
                line_id=line,
                from_number="+31612345678",
                state=LegState.WAITING,
            ),
            now=NOW,
        )
    store.engine.dispose()
    return tmp_path


def kaartje(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_line_is_given_its_route_dialled_and_swept(home: Path) -> None:
    assert "dialled by nobody yet; never tested" in kaartje("line", "list").stdout
    assert "leads to" in kaartje("line", "route", "020 5241111", LINE, "--as", "Anja", *AT).stdout
    assert (
        "your call came in at 2023-06-01 09:00"
        in kaartje("line", "dialled", LINE, "--as", "Anja", *AT).stdout
    )
    (line,) = json.loads(kaartje("line", "list", "--json").stdout)
    assert (line["routes"], line["dialled_by"]) == (["+31205241111"], "Anja")
    (leg,) = json.loads(kaartje("line", "legs", "--json").stdout)
    assert (leg["state"], leg["line"]) == ("waiting", LINE)
    assert "31612345678" not in json.dumps(leg)
    assert "1 closed" in kaartje("line", "sweep", *AT).stdout
    assert json.loads(kaartje("line", "messages", "--json").stdout) == []


def test_what_cannot_be_is_one_clear_line(home: Path) -> None:
    kaartje("agent", "add", "Anja", *AT)
    assert "Anja is rung on +31205241111" in kaartje("agent", "phone", "Anja", "020 5241111").stdout
    assert "Anja is rung in the browser" in kaartje("agent", "phone", "Anja", "browser").stdout
    for words, said in (
        (("line", "test", LINE), "has no telephone"),
        (("agent", "phone", "Anja", "112"), "emergency number"),
        (("agent", "phone", "Bilal", "browser"), "is not a registered agent"),
        (
            ("line", "dialled", LINE, "--as", "Anja", "--now", "2023-06-02T09:30"),
            "nobody came through on this line",
        ),
    ):
        run = kaartje(*words)
        assert run.exit_code == 2, run.output
        assert said in run.stderr
