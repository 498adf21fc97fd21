"""`kaartje post`: what a person at the keyboard sees of the print shop."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from templates.texts import load_from
from tests.conftest import NOW
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

Kaartje = Callable[..., Result]
DUE = "2023-06-05T09:00"


@pytest.fixture
def kaartje(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Kaartje:
    """Run a command in a house whose cards were handed over on 5 June."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_SECRET", "a key for tests only, nobody has another")
    settings = Settings(
        home=tmp_path, database_url="", secret="a key for tests only, nobody has another"
    )
    installation = open_installation(settings, clock=FixedClock(NOW), draws=Random(2023))
    populate(installation, 200, now=NOW)
    launched(installation, campaign_file(tmp_path), now=NOW)
    deliver(installation, now=parse_moment(DUE))
    installation.store.engine.dispose()
    return lambda *words: CliRunner().invoke(app, ["post", *words])


def the_run(tmp_path: Path) -> Any:
    (totals,) = tmp_path.glob("outbox/*/run.json")
    return json.loads(totals.read_text())


def answer(tmp_path: Path, run: Any, kind: str, *rows: dict[str, Any]) -> str:
    file = tmp_path / f"{kind}.json"
    file.write_text(json.dumps({"run": run["run"], "kind": kind, "rows": rows}))
    return str(file)


def test_a_run_from_receipt_to_closing(kaartje: Kaartje, tmp_path: Path) -> None:
    run = the_run(tmp_path)
    (file,), key = run["files"], run["run"]
    name, pieces = file["name"], file["pieces"]
    receipt = answer(
        tmp_path, run, "receipt", {"file": name, "pieces": pieces, "sha256": file["sha256"]}
    )
    assert "1 rows: 1 taken" in kaartje("answer", receipt, "--now", DUE).stdout
    assert kaartje("sign", key, "--as", "Anja", "--now", DUE).exit_code == 2
    assert kaartje("sign", key, "--as", "Bilal", "--now", DUE).stdout == f"{key} may be printed\n"
    missing = {"piece_id": file["last_piece"], "status": "missing"}
    printed = answer(tmp_path, run, "printed", {"file": name, "pieces": pieces - 1}, missing)
    assert "1  missing" in kaartje("answer", printed, "--now", DUE).stdout
    posting = {"carrier_order": "PO-1", "pieces": pieces - 1, "date": "2023-06-05"}
    kaartje("answer", answer(tmp_path, run, "posted", posting), "--now", DUE)
    (found,) = json.loads(kaartje("differences", "--json").stdout)
    assert (found["kind"], found["stops"]) == ("missing", True)
    assert "holds the campaign's post" in kaartje("differences", "--run", key).stdout
    accepted = kaartje(
        "accept", key, str(found["id"]), "--why", "fell off", "--as", "Bilal", "--now", DUE
    )
    assert accepted.stdout == f"difference {found['id']} is accepted; {key} is closed\n"


@pytest.mark.thorough
def test_a_refused_row_is_one_clear_line_and_written_out(kaartje: Kaartje, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("kind,piece_id,date\nreturned,123,2023-06-05\n")
    refused = tmp_path / "refused.csv"
    result = kaartje("answer", str(file), "--refused", str(refused), "--now", DUE)
    assert f"refused: {file}, line 2, piece_id: '123' is not a piece id" in result.stderr
    assert "returned,123" in refused.read_text()


@pytest.mark.thorough
def test_an_incident_from_opening_to_the_apology(kaartje: Kaartje, tmp_path: Path) -> None:
    run = the_run(tmp_path)
    opened = kaartje(
        "incident", "open", "cards", "--what", "wrong number", "--as", "Bilal", "--now", DUE
    )
    assert f"pull list: {run['run']}/pull-{run['run']}-1.csv" in opened.stdout
    who = kaartje("incident", "who", "1").stdout.splitlines()
    assert who[0] == "person_ref,piece_id,run,state,pull"
    assert len(who) == run["cards"] + 1
    folder = tmp_path / "sorry"
    assert kaartje("incident", "apology", "1", str(folder)).exit_code == 0
    assert "Onze excuses" in load_from(folder).preview("nl").parts["subject"]
    assert kaartje("incident", "apology", "1", str(folder)).exit_code == 2
    assert "wrong number" in kaartje("incident", "list").stdout
    kaartje("incident", "close", "1", "--why", "all pulled", "--as", "Bilal", "--now", DUE)
    assert json.loads(kaartje("incident", "list", "--json").stdout) == []


@pytest.mark.thorough
def test_seeds_are_added_listed_and_stopped(kaartje: Kaartje, tmp_path: Path) -> None:
    words = (
        "add",
        "Anja Vos",
        "Dorpsstraat",
        "12a",
        "1234 AB",
        "Ons Dorp",
        "--as",
        "Bilal",
        "--now",
        DUE,
    )
    assert kaartje("seed", *words).stdout == "seed 1\n"
    assert "Dorpsstraat 12 a" in kaartje("seed", "list").stdout
    bad = kaartje(
        "seed", "add", "Anja", "Dorpsstraat", "huis", "1234 AB", "Ons Dorp", "--as", "Bilal"
    )
    assert (bad.exit_code, "house_number: 'huis' is not a house number" in bad.stderr) == (2, True)
    kaartje("seed", "stop", "1", "--as", "Bilal", "--now", DUE)
    assert "(stopped)" in kaartje("seed", "list").stdout
    assert kaartje("seed", "arrived", "123", "--on", "juni", "--as", "Bilal").exit_code == 2


@pytest.mark.thorough
def test_pulls_are_made_and_listed(kaartje: Kaartje, tmp_path: Path) -> None:
    assert "0 more pieces" in kaartje("pull", "make", "--now", DUE).stdout
    assert json.loads(kaartje("pull", "list", "--json").stdout) == []


@pytest.mark.thorough
def test_a_reprint_without_spoils_prints_nothing(kaartje: Kaartje, tmp_path: Path) -> None:
    key = the_run(tmp_path)["run"]
    assert (
        kaartje("reprint", key, "--as", "Bilal", "--now", DUE).stdout
        == "0 printed again, 0 recalled\n"
    )
    assert kaartje("reprint", "nothing", "--as", "Bilal", "--now", DUE).exit_code == 2


@pytest.mark.thorough
def test_a_folder_of_answers_is_collected_and_what_cannot_be_read_is_reported(
    kaartje: Kaartje, tmp_path: Path
) -> None:
    run, folder = the_run(tmp_path), tmp_path / "answers"
    folder.mkdir()
    (file,) = run["files"]
    receipt = answer(
        folder,
        run,
        "receipt",
        {"file": file["name"], "pieces": file["pieces"], "sha256": file["sha256"]},
    )
    (folder / "a.csv").write_text("colour\n")
    result = kaartje("collect", str(folder), "--now", DUE)
    assert (result.exit_code, f"{receipt}: 1 rows: 1 taken" in result.stdout) == (2, True)
    assert "a.csv, line 1: there is no column kind" in result.stderr
    assert (folder / "taken" / "receipt.json").exists()
