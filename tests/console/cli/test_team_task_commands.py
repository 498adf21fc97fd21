"""`kaartje desk team-tasks` and the names that its commands had before, which go on for one release."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from store.engine import open_store
from store.migrating import migrate
from tests.builders import Builder
from tests.conftest import NOW

AT = ("--now", "2023-06-01T09:30")


def kaartje(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which collection was asked for something, and was not handed it yet."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", "")
    store = open_store(f"sqlite:///{tmp_path}/kaartje.sqlite3", locks=tmp_path / "locks")
    migrate(store)
    with store.writing() as connection:
        Builder(connection, NOW).person("P1")
    store.engine.dispose()
    words = ("tailor-made", "P1", "--to", "collection", "--why", "No income.", "--as", "omar")
    assert "team task 1 to collection" in kaartje("desk", *words, *AT).stdout
    return tmp_path


@pytest.mark.parametrize(
    ("former", "name", "options"),
    [
        ("posts", "team-tasks", ()),
        ("acknowledge", "team-task-received", ("1", "--as", "omar", *AT)),
        ("post-ended", "team-task-ended", ("1", "--how", "A plan.", "--as", "omar", *AT)),
        ("post-again", "team-task-again", ("1", "--as", "omar", *AT)),
    ],
)
def test_a_former_name_does_the_same_and_says_the_new_one(
    asked: Path, former: str, name: str, options: tuple[str, ...]
) -> None:
    done = kaartje("desk", former, *options)
    hint = f"hint: it is `kaartje desk {name}` now"
    assert hint in done.stderr
    again = kaartje("desk", name, *options)
    if former == "posts":
        assert done.stdout == again.stdout != ""
    elif former == "post-again":  # it was not refused
        assert (done.exit_code, again.exit_code) == (2, 2)
    else:
        assert done.exit_code == 0
    assert hint not in again.stderr
    assert asked.is_dir()


def test_the_help_shows_the_new_names_only(asked: Path) -> None:
    help_text = kaartje("desk", "--help").stdout
    assert "team-task-received" in help_text
    assert "post" not in help_text
    assert asked.is_dir()


def test_a_task_lands_in_the_folder_of_its_team(asked: Path) -> None:
    assert kaartje("deliver", *AT).exit_code == 0
    assert len(list((asked / "team-tasks" / "collection").glob("*.json"))) == 1


def test_a_folder_that_was_in_use_goes_on_being_used(asked: Path) -> None:
    (asked / "posts" / "collection").mkdir(parents=True)
    assert kaartje("deliver", *AT).exit_code == 0
    assert len(list((asked / "posts" / "collection").glob("*.json"))) == 1
    assert not (asked / "team-tasks").exists()


@pytest.mark.parametrize("setting", ["KAARTJE_TEAM_TASKS", "KAARTJE_POSTS"])
def test_the_file_of_the_teams_is_read_under_both_names(
    asked: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    setting: str,
) -> None:
    monkeypatch.setenv(setting, str(asked / "nowhere.toml"))
    refused = kaartje("desk", "team-tasks")
    assert refused.exit_code == 2
    assert "nowhere.toml" in refused.stderr
    hinted = "KAARTJE_POSTS is called KAARTJE_TEAM_TASKS now" in caplog.text
    assert hinted == (setting == "KAARTJE_POSTS")
