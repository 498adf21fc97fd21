"""Migrate a database to the newest schema, in one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from store.engine import Store
from store.errors import BadInput
from store.migrations import HEAD
from store.sentences import Sentence

if TYPE_CHECKING:
    from alembic.config import Config


PATIENCE = "5s"
"""How long a migration waits for a table that somebody uses; meanwhile everybody else waits behind it."""
_IN_USE = "55P03"  # lock_not_available


class NewerDatabase(RuntimeError):
    """The database was made by a newer Kaartje than this one."""


def revision(store: Store) -> str | None:
    """Return the revision of the database, or None when it is empty."""
    with store.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(
            text("select version_num from alembic_version")
        ).scalar_one_or_none()


def migrate(store: Store) -> None:
    """Migrate the database to `HEAD`, safely from many processes at once.

    Raises:
        NewerDatabase: the database is at a revision this Kaartje does not know.
        BadInput: somebody uses a table that changes.
    """
    if revision(store) == HEAD:
        return
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    with store.writing() as connection:
        if not store.embedded:
            connection.execute(text("select pg_advisory_xact_lock(hashtext('kaartje.migrate'))"))
            connection.execute(text(f"set local lock_timeout = '{PATIENCE}'"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NewerDatabase(
                "the database was made by a newer Kaartje than this one;"
                " install the Kaartje that made it, or a newer one"
            ) from error
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _IN_USE:
                raise
            raise BadInput(
                "the tables are in use, and nothing was changed",
                "stop the workers and the web server, then try again",
                field="kaartje migrate",
            ) from error


def refuse_older(store: Store) -> None:
    """Refuse a shared database that an older Kaartje made: others may still work on it.

    Raises:
        BadInput: the database is at an older revision than this program needs.
    """
    found = None if store.embedded else revision(store)
    if found is not None and found < HEAD:
        raise BadInput(
            Sentence(
                "the database is at {found}, and this program needs {needed}",
                found=found,
                needed=HEAD,
            ),
            "stop the workers and the web server, make a backup, and run kaartje migrate",
            field="KAARTJE_DATABASE_URL",
        )


def alembic_config() -> Config:
    """Return Alembic's configuration for our revisions."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
