"""An installation's files are for its own user only, and those that were open are closed."""

import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.main import app


def _open_to_others(home: Path) -> list[str]:
    places = [home, *home.rglob("*")]
    return [str(each) for each in places if stat.S_IMODE(each.lstat().st_mode) & 0o077]


def test_files_are_made_for_their_user_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "home"))
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    assert (tmp_path / "home" / "kaartje.sqlite3").exists()
    assert _open_to_others(tmp_path / "home") == []


def test_what_was_open_to_others_is_closed_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("KAARTJE_HOME", str(home))
    CliRunner().invoke(app, ["init"])
    run = home / "outbox" / "cards-w1-000001"
    run.mkdir(parents=True)
    (run / "cards.pdf").write_bytes(b"names")
    stranger = home / "notes.txt"
    stranger.write_text("not ours")
    for place in (home, home / "kaartje.sqlite3", home / "outbox", run, run / "cards.pdf"):
        place.chmod(0o755 if place.is_dir() else 0o644)
    said = CliRunner().invoke(app, ["campaign", "list"]).stderr
    assert said == (
        "note: 5 files and folders of the installation could be read by others; closed\n"
    )
    assert _open_to_others(home) == [str(stranger)]
    assert CliRunner().invoke(app, ["campaign", "list"]).stderr == ""


@pytest.mark.parametrize(
    "command",
    [
        ["people", "generate", "3", "-o", "people.csv", "--obligations", "owed.csv"],
        ["people", "map", "own.csv", "-o", "map.yaml"],
    ],
)
def test_what_a_command_writes_is_its_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    former = os.umask(0o022)
    try:
        (tmp_path / "own.csv").write_text("klantnr,achternaam\nK1,Vries\n")
        assert CliRunner().invoke(app, command).exit_code == 0
        made = [each for each in tmp_path.iterdir() if each.name != "own.csv"]
        assert made
        assert {stat.S_IMODE(each.stat().st_mode) for each in made} == {0o600}
        (tmp_path / "after").touch()
        assert stat.S_IMODE((tmp_path / "after").stat().st_mode) == 0o644
    finally:
        os.umask(former)
