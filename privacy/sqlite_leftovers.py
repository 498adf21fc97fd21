"""Bytes of removed rows that SQLite leaves in its files, and their overwriting."""

from sqlalchemy import Connection

from store.engine import Store


def overwrite_removed(connection: Connection) -> None:
    """Have SQLite write zeros over what is removed on this connection, which else stays in the file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def empty_journal(store: Store) -> None:
    """Have SQLite take over and empty its write-ahead log, which holds pages from before."""
    if store.embedded:
        raw = store.engine.raw_connection()
        try:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
