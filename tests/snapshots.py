"""Build a story once in a test process, and give every later test a copy of its database and its home.

To import a population, plan a campaign and launch it takes ten times as long as to copy what comes of it.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine

if TYPE_CHECKING:
    from installation.installation import Installation

Build = Callable[["Installation"], None]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a story left: the files of its home, its database and the state of its draws."""

    home: Path
    database: str  # the file of a SQLite database, the name of a database on PostgreSQL
    draws: tuple[Any, ...]


class Snapshots:
    """Brings an empty installation to where a story ends."""

    def __init__(self, folder: Path, postgres: Callable[[], Connection[Any]]) -> None:
        self._folder = folder
        self._postgres = postgres
        self._kept: dict[tuple[Build, bool], Kept] = {}

    def bring(self, installation: "Installation", build: Build) -> "Installation":
        """Let `build` tell its story in an empty installation; all but the first time its outcome is copied.

        `build` may use nothing but the installation, so that its outcome is the same for every test.
        """
        kind = (build, installation.store.embedded)
        if kind in self._kept:
            self._restore(installation, self._kept[kind])
        else:
            build(installation)
            self._kept[kind] = self._keep(installation, f"kaartje_story_{len(self._kept)}")
        return installation

    def _keep(self, installation: "Installation", name: str) -> Kept:
        engine, home = installation.store.engine, installation.settings.home
        ignored = shutil.ignore_patterns("kaartje.sqlite3*", "locks")
        kept = shutil.copytree(home, self._folder / name, ignore=ignored)
        database = name
        if installation.store.embedded:
            with engine.connect() as connection:
                connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
            database = str(self._folder / f"{name}.sqlite3")
        engine.dispose()
        if installation.store.embedded:
            shutil.copy(_file(engine), database)
        else:
            self._copy_database(str(engine.url.database), name)
        return Kept(home=kept, database=database, draws=installation.draws.getstate())

    def _restore(self, installation: "Installation", kept: Kept) -> None:
        engine = installation.store.engine
        shutil.copytree(kept.home, installation.settings.home, dirs_exist_ok=True)
        engine.dispose()
        if installation.store.embedded:
            for stale in ("-wal", "-shm"):
                Path(f"{_file(engine)}{stale}").unlink(missing_ok=True)
            shutil.copy(kept.database, _file(engine))
        else:
            name = str(engine.url.database)
            self._postgres().execute(SQL("drop database {} with (force)").format(Identifier(name)))
            self._copy_database(kept.database, name)
        installation.draws.setstate(kept.draws)

    def _copy_database(self, template: str, name: str) -> None:
        copy_database(self._postgres(), template, name)


def copy_database(postgres: Connection[Any], template: str, name: str) -> None:
    """Copy a database of PostgreSQL file by file, which takes a third of copying it page by page."""
    copy = SQL("create database {} template {} strategy file_copy")
    postgres.execute(copy.format(Identifier(name), Identifier(template)))


def _file(engine: Engine) -> Path:
    return Path(str(engine.url.database))
