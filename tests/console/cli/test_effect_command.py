"""`kaartje effect`: the same bytes on both databases, and a pack that an analyst can take away."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from pyarrow.parquet import read_table
from pydantic import SecretStr
from pypdfium2 import PdfDocument
from sqlalchemy import update
from typer.testing import CliRunner

from console.main import app
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.states import OutcomeKind
from store.tables import Decision, Outcome, Touch
from suppression.reasons import Reason
from tests.builders import Builder
from tests.conftest import NOW


def _trial(installation: Installation) -> None:
    """Have a campaign of 30 who got a card and 20 held out."""
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        campaign = builder.campaign(hold_out=True, waves=(date(2023, 5, 1),))
        for number in range(30):
            builder.reach(campaign, f"T{number}")
        for number in range(20):
            held = builder.person(f"H{number}")
            builder.decide(campaign, held, Reason.HOLD_OUT, arm="hold-out")
        connection.execute(update(Decision).values(stratum=Decision.person_id % 2))
        for ref in (*(f"T{at}" for at in range(20)), *(f"H{at}" for at in range(5))):
            builder.put(
                Outcome,
                person_ref=ref,
                kind=OutcomeKind.FILED,
                happened_on=date(2023, 5, 20),
                reference="",
                import_id=builder.import_id,
            )


def _ask(
    installation: Installation, url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    settings = installation.settings
    monkeypatch.setenv("KAARTJE_HOME", str(settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", url)
    monkeypatch.setenv("KAARTJE_SECRET", settings.secret.get_secret_value())
    monkeypatch.setenv("KAARTJE_LANGUAGE", "en")

    def ask(*words: str) -> str:
        ended = CliRunner().invoke(app, ["effect", "pilot", "--as-of", "2023-05-31", *words])
        assert ended.exit_code == 0, ended.output
        return ended.stdout

    return ask


@pytest.fixture
def asked(
    installation: Installation, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Ask for the effect of that campaign."""
    _trial(installation)
    return _ask(installation, database_url, monkeypatch)


@pytest.mark.postgres
def test_another_machine_with_another_database_gives_the_same_bytes(
    sqlite_url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = {}
    for name, url in {"embedded": sqlite_url, "server": postgres_url}.items():
        home = tmp_path / name
        home.mkdir()
        secret = SecretStr("a key for tests only, nobody has another")
        settings = Settings(home=home, database_url=url, secret=secret)
        installation = open_installation(settings, clock=FixedClock(NOW), draws=Random(len(name)))
        _trial(installation)
        with installation.store.writing() as connection:
            connection.execute(update(Touch).values(handed_over_at=NOW - timedelta(days=10)))
        ask = _ask(installation, url, monkeypatch)
        said = ask("--json", "--out", str(home / "pack"))
        installation.store.engine.dispose()
        packs[name] = {each.name: each.read_bytes() for each in (home / "pack").iterdir()} | {
            "said": said.encode()
        }
    assert packs["embedded"] == packs["server"]
    assert len(packs["server"]) == 8


def test_the_figures_are_the_same_bytes_on_both_databases(asked: Callable[..., str]) -> None:
    found = json.loads(asked("--json"))
    (difference,) = found["outcomes"][0]["differences"]
    assert difference == {
        "arm": "card",
        "difference": 41.666667,
        "low": 13.716961,
        "high": 59.232229,
        "p_value": 0.005314,
        "p_corrected": 0.005314,
    }
    assert found["deviations"] == ["not_registered"]


@pytest.mark.thorough
def test_an_analyst_takes_away_rows_that_give_the_same_figures(
    asked: Callable[..., str], tmp_path: Path
) -> None:
    folder = tmp_path / "pack"
    asked("--out", str(folder))
    assert {each.name for each in folder.iterdir()} == {
        "effect.json",
        "rows.csv",
        "rows.parquet",
        "contacts.csv",
        "dictionary.csv",
        "report.nl.pdf",
        "report.en.pdf",
    }
    with (folder / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "dictionary.csv").open(newline="", encoding="utf-8") as file:
        assert [row["column"] for row in csv.DictReader(file)] == list(rows[0])
    typed = read_table(folder / "rows.parquet")
    assert [
        {name: "" if cell is None else str(cell) for name, cell in row.items()}
        for row in typed.to_pylist()
    ] == rows
    assert str(typed.schema.field("filed_day").type) == "int32"
    filed = [row["group"] for row in rows if row["filed_day"] == "19"]
    assert (len(rows), filed.count("card"), filed.count("hold-out")) == (50, 20, 5)
    assert len({row["person"] for row in rows}) == 50
    assert not any("T1" in row["person"] or "2023" in str(row.values()) for row in rows)
    assert json.loads((folder / "effect.json").read_text())["campaign"] == "pilot"
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    asked("--out", str(folder))
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    said = PdfDocument(folder / "report.en.pdf")[0].get_textpage().get_text_range()
    assert "Nothing had gone out by 31 May 2023" in said
    assert "50 people were drawn by lot" in said


@pytest.mark.thorough
def test_attempts_at_contact_are_in_the_words_of_debt_help(
    asked: Callable[..., str], installation: Installation, tmp_path: Path
) -> None:
    """The kinds and parts of the day of DDAS, early signals 1.0."""
    with installation.store.writing() as connection:
        connection.execute(
            update(Touch).values(handed_over_at=datetime(2023, 5, 3, 10, 30, tzinfo=UTC))
        )
    asked("--out", str(tmp_path))
    with (tmp_path / "contacts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert {tuple(row.values())[1:] for row in rows} == {("Kaartje", "nee", "2", "Middag")}


@pytest.mark.thorough
def test_a_stratum_of_few_is_hidden(
    asked: Callable[..., str], installation: Installation, tmp_path: Path
) -> None:
    with installation.store.writing() as connection:
        connection.execute(update(Decision).where(Decision.person_id < 10).values(stratum=8))
    asked("--out", str(tmp_path))
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as file:
        hidden = [row for row in csv.DictReader(file) if row["stratum"] == "hidden"]
    assert len(hidden) == 9
