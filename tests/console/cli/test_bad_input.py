"""Bad input of every kind ends in one line with place, problem and remedy, and never in a library's words."""

import os
import re
import shlex
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from console.main import app
from store.engine import open_store
from store.migrating import migrate
from store.tables import FactColumn
from tests.conftest import NOW
from tests.stories import campaign_file

ROOT = Path(__file__).parents[3]
ROWS = tomllib.loads(Path(__file__).with_name("bad_inputs.toml").read_text(encoding="utf-8"))["row"]
SHOP = (ROOT / "campaigns/examples/print-shop.toml").read_text(encoding="utf-8")
MANY = 9000
RAW = (
    *("Input should", "Value error", "validation error", "pydantic", "Traceback", "sqlalchemy"),
    *("psycopg", "Errno", "NoneType", "object at 0x", "ruamel", "while parsing", "<block end>"),
    *("Invalid value", "Usage:", "No such", "Expecting", "codec", "tomllib", "constrained-str"),
    *("Is a directory", "Permission denied", "int_max_str_digits", "libphonenumber"),
)
"""What gives a library's own wording away."""


@pytest.fixture(scope="module")
def installation_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one installation for all rows: each is refused, so none leaves anything."""
    folder = tmp_path_factory.mktemp("bad")
    store = open_store(f"sqlite:///{folder / 'kaartje.sqlite3'}", locks=folder / "locks")
    migrate(store)
    with store.writing() as connection:
        facts = [
            {"name": "reminded_on", "type": "date", "declared_at": NOW},
            {"name": "years_without_return", "type": "int", "declared_at": NOW},
        ]
        connection.execute(insert(FactColumn), facts)
    store.engine.dispose()  # so that all stands in the file itself
    return folder


@pytest.fixture
def kaartje(installation_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith("KAARTJE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KAARTJE_HOME", str(installation_folder))
    monkeypatch.chdir(tmp_path)

    def run(command: str, **environment: str) -> Result:
        return CliRunner().invoke(app, shlex.split(command), env=environment)

    return run


def _prepare(row: dict[str, Any], folder: Path) -> None:
    good = campaign_file(folder, name="c", where="true")
    good.write_text(good.read_text().replace("campaign: c\n", "campaign: cards\n"))
    for name, (before, after) in row.get("edit", {}).items():
        text = good.read_text() if name == "campaign" else SHOP
        assert before in text
        target = good if name == "campaign" else folder / "x.toml"
        target.write_text(text.replace(before, after, 1), encoding="utf-8")
    for name, text in row.get("files", {}).items():
        (folder / name).write_bytes(_bytes_of(text))


def _bytes_of(text: str) -> bytes:
    if text.startswith("hex:"):
        return bytes.fromhex(text.removeprefix("hex:"))
    return re.sub(r"\{many (.)\}", lambda found: found[1] * MANY, text).encode()


@pytest.mark.everyday(40)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['command']} {row['said']}"[:90])
def test_bad_input_ends_in_one_line_with_place_problem_and_remedy(
    row: dict[str, Any], kaartje: Any, tmp_path: Path
) -> None:
    _prepare(row, tmp_path)
    ended = kaartje(row["command"], **row.get("env", {}))
    lines = ended.output.replace(str(tmp_path), "{here}").strip().splitlines()
    assert len(lines) == 1, ended.output
    assert lines[0].startswith(f"error: {row['said']}")
    assert ended.exit_code == 2
    assert [raw for raw in RAW if raw in lines[0]] == []
    assert re.search(r"[;:,] \w", lines[0].removeprefix("error: ")), "a remedy is missing"


def test_the_table_has_rows_of_every_kind() -> None:
    commands = {row["command"].split()[0] for row in ROWS}
    assert len(ROWS) >= 80
    assert {"campaign", "import", "people", "suppression", "post", "roster", "desk"} <= commands
    assert len({name for row in ROWS for name in row.get("env", {})}) >= 15


def _ends(kaartje: Any, home: Path, code: int = 1) -> str:
    ended = kaartje("campaign list", KAARTJE_HOME=str(home))
    assert ended.exit_code == code, ended.output
    (line,) = ended.output.strip().splitlines()
    assert [raw for raw in RAW if raw in line] == []
    return str(line)


def test_a_database_that_is_none_is_damaged_or_newer_is_said_in_one_line(
    kaartje: Any, installation_folder: Path, tmp_path: Path
) -> None:
    whole = (installation_folder / "kaartje.sqlite3").read_bytes()
    file = tmp_path / "kaartje.sqlite3"
    file.write_bytes(b"x" * 5000)
    assert _ends(kaartje, tmp_path).endswith(
        "is not a database; name another, or put back the last backup"
    )
    file.write_bytes(whole[:20_000])
    assert _ends(kaartje, tmp_path).endswith("is damaged; put back the last backup")
    file.write_bytes(whole)
    with sqlite3.connect(file) as connection:
        connection.execute("update alembic_version set version_num = 'v9999'")
    connection.close()
    assert "made by a newer Kaartje" in _ends(kaartje, tmp_path)


def test_a_server_that_is_away_is_said_in_one_line_without_its_password(kaartje: Any) -> None:
    url = "postgresql://kaartje:geheim@127.0.0.1:1/kaartje"
    ended = kaartje("campaign list", KAARTJE_DATABASE_URL=url)
    assert ended.exit_code == 1
    assert ended.output == (
        "error: postgresql://kaartje:***@127.0.0.1:1/kaartje: does not answer;"
        " start it, or correct KAARTJE_DATABASE_URL\n"
    )


def test_a_home_that_is_not_there_is_made_by_init_and_import_only(
    kaartje: Any, tmp_path: Path
) -> None:
    home = str(tmp_path / "new" / "home")
    refused = kaartje("campaign list", KAARTJE_HOME=home)
    assert "make an installation there: kaartje init" in refused.output
    assert not (tmp_path / "new").exists()
    made = kaartje("init", KAARTJE_HOME=home)
    assert made.exit_code == 0
    assert f"made a new installation in {home}" in made.output
    assert "made a new" not in kaartje("init", KAARTJE_HOME=home).output
    assert kaartje("campaign list", KAARTJE_HOME=home).exit_code == 0
