"""Every empty embedded database of a test process gets at once what the first one got by migrating.

To walk through all migrations takes half a second, and hundreds of tests open an installation in an empty folder.
"""

from collections.abc import Iterator
from typing import Any

from alembic import command
from sqlalchemy import Connection

AROUND = frozenset({"BEGIN TRANSACTION;", "COMMIT;"})


class MigratingOnce:
    """Takes the place of Alembic's `upgrade`, which it calls for whatever is no empty SQLite database."""

    def __init__(self) -> None:
        self._migrate = command.upgrade
        self._statements: tuple[str, ...] = ()

    def upgrade(self, config: Any, revision: str, **options: Any) -> None:
        """Migrate, or write down what migrating an empty database led to before."""
        connection = config.attributes.get("connection")
        if connection is None or revision != "head" or options or not _is_empty(connection):
            self._migrate(config, revision, **options)
        elif not self._statements:
            self._migrate(config, revision)
            self._statements = tuple(_written_down(connection))
        else:
            for statement in self._statements:
                connection.exec_driver_sql(statement)


def _is_empty(connection: Connection) -> bool:
    names = "select name from sqlite_master limit 1"
    return connection.dialect.name == "sqlite" and connection.exec_driver_sql(names).first() is None


def _written_down(connection: Connection) -> Iterator[str]:
    raw: Any = connection.connection.driver_connection
    return (each for each in raw.iterdump() if each not in AROUND)
