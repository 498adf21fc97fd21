"""A shared database is migrated when somebody says so, and never while it is used."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from typer.testing import CliRunner

from console.main import app
from installation.installation import open_installation
from installation.settings import Settings
from store.engine import Store
from store.errors import BadInput
from store.migrating import alembic_config, revision
from store.migrations import HEAD

SECRET = "a key for tests only, nobody has another"
BEFORE = f"{int(HEAD) - 1:04d}"


def _go_back(store: Store) -> None:
    """Bring the database to the revision before ours."""
    with store.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)


def test_one_machine_s_own_database_is_migrated_by_whatever_opens_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, secret=SECRET)
    store = open_installation(settings).store
    _go_back(store)
    opened = open_installation(settings)
    assert revision(opened.store) == HEAD
    for each in (store, opened.store):
        each.engine.dispose()


@pytest.mark.postgres
def test_a_shared_database_of_an_older_kaartje_is_migrated_by_command_alone(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path, database_url=postgres_url, secret=SECRET, rehearsal=True)
    store = open_installation(settings).store
    _go_back(store)
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", postgres_url)
    monkeypatch.setenv("KAARTJE_SECRET", SECRET)
    with pytest.raises(
        BadInput, match=f"at {BEFORE}, and this program needs {HEAD}.*kaartje migrate"
    ):
        open_installation(settings)

    checked = CliRunner().invoke(app, ["migrate", "--check"])
    assert (checked.exit_code, revision(store)) == (1, BEFORE)
    with store.writing() as somebody:  # an agent's page, or a worker of the older version
        somebody.execute(text("lock table alembic_version in share mode"))
        busy = CliRunner().invoke(app, ["migrate"], env={"KAARTJE_LANGUAGE": "en"})
        assert (busy.exit_code, revision(store)) == (2, BEFORE)
        assert "in use, and nothing was changed; stop the workers" in busy.output
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    assert revision(store) == HEAD
    assert CliRunner().invoke(app, ["migrate", "--check"]).exit_code == 0
    open_installation(settings).store.engine.dispose()
    store.engine.dispose()
