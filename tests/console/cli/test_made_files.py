"""A file of a print run that is missing or changed in the outbox is noticed, and never handed over."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from console.main import app
from installation.installation import Installation
from store.clock import parse_moment
from store.states import RunState
from store.tables import PrintFile, PrintRun
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, populate

DUE = "2023-06-05T09:00"
Harm = Callable[[Path], object]


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


HARMS: dict[str, Harm] = {
    "missing": Path.unlink,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "one byte": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\0"),
    "a folder": _as_folder,
}


@pytest.fixture
def delivered(
    console_installation: Installation, snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    installation = snapshots.bring(console_installation, _deliver)
    monkeypatch.setenv("KAARTJE_HOME", str(installation.settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", installation.settings.database_url)
    monkeypatch.setenv("KAARTJE_SECRET", installation.settings.key().decode())
    return installation


def _deliver(installation: Installation) -> None:
    populate(installation, 60, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)
    deliver(installation, now=parse_moment(DUE))


def _kaartje(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def _file(installation: Installation, kind: str) -> Path:
    with installation.store.reading() as connection:
        query = select(PrintRun.folder, PrintFile.name).join(
            PrintFile, PrintFile.print_run_id == PrintRun.id
        )
        found = [(folder, name) for folder, name in connection.execute(query)]
    folder, name = next(each for each in found if each[1].endswith(kind))
    return installation.settings.outbox / folder / name


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    ("kind", "harm"),
    list(zip([".pdf", ".csv", "sha256", ".pdf"], HARMS.values(), strict=True)),
    ids=list(HARMS),
)
def test_a_file_that_is_not_as_made_is_named_by_every_command_that_looks(
    delivered: Installation, harm: Harm, kind: str
) -> None:
    path = _file(delivered, kind)
    assert (_kaartje("post", "verify").exit_code, _kaartje("post", "list").exit_code) == (0, 0)
    harm(path)
    for command in (("post", "verify"), ("post", "list"), ("deliver", "--now", DUE)):
        answer = _kaartje(*command)
        assert answer.exit_code == 1, command
        (line,) = (each for each in answer.stderr.splitlines() if path.name in each)
        assert "in the outbox" in line or "from the outbox" in line


@pytest.mark.thorough
def test_a_run_that_did_not_leave_yet_does_not_leave_with_a_changed_file(
    delivered: Installation,
) -> None:
    with delivered.store.writing() as connection:
        connection.execute(update(PrintRun).values(state=RunState.MADE, handed_over_at=None))
    path = _file(delivered, ".pdf")
    whole = path.read_bytes()
    path.write_bytes(whole + b" ")
    assert _kaartje("deliver", "--now", DUE).exit_code == 1
    assert _states(delivered) == {RunState.MADE}
    path.write_bytes(whole)
    assert _kaartje("deliver", "--now", DUE).exit_code == 0
    assert _states(delivered) == {RunState.HANDED_OVER}


@pytest.mark.thorough
def test_a_lost_outbox_is_noticed_until_the_print_shop_has_confirmed_the_run(
    delivered: Installation,
) -> None:
    folder = _file(delivered, ".pdf").parent
    shutil.rmtree(folder)
    found = json.loads(_kaartje("post", "verify", "--json").stdout)
    assert {each["missing"] for each in found} == {True}
    assert len(found) > 3
    with delivered.store.writing() as connection:
        connection.execute(update(PrintRun).values(state=RunState.RECEIVED))
    assert _kaartje("post", "verify").exit_code == 0
    assert _kaartje("post", "verify", folder.name).exit_code in {1, 2}
    assert _kaartje("post", "verify", "nothing").exit_code == 2


def _states(installation: Installation) -> set[RunState]:
    with installation.store.reading() as connection:
        return set(connection.execute(select(PrintRun.state)).scalars())
