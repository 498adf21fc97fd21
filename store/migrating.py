"""Migrate a database to the newest schema, in one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from store.engine import Store
from store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config


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
    """
    if revision(store) == HEAD:
        return
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    with store.writing() as connection:
        if not store.embedded:
            connection.execute(text("select pg_advisory_xact_lock(hashtext('kaartje.migrate'))"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NewerDatabase(
                "the database was made by a newer Kaartje than this one;"
                " install the Kaartje that made it, or a newer one"
            ) from error


def alembic_config() -> Config:
    """Return Alembic's configuration for our revisions."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
