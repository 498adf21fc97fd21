"""What goes wrong with a database is said in plain words, from the error of a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store.database_errors import database_trouble
from store.engine import open_store


def trouble(connection: Connection, statement: str) -> tuple[str, str] | None:
    with pytest.raises(DBAPIError) as failed:
        connection.execute(text(statement))
    return database_trouble(failed.value)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    store = open_store(f"sqlite:///{tmp_path / 'k.sqlite3'}", locks=tmp_path)
    with store.writing() as connection:
        connection.execute(text("create table t (x text)"))
        yield connection
    store.engine.dispose()


def test_a_full_disk_is_named(connection: Connection) -> None:
    connection.execute(text("pragma max_page_count = 3"))
    said = trouble(connection, "insert into t values (zeroblob(100000))")
    assert said == (
        "cannot be written, since the disk is full",
        "make room, and run the command again",
    )


def test_a_database_that_may_only_be_read_is_named(connection: Connection) -> None:
    connection.execute(text("pragma query_only = on"))
    said = trouble(connection, "insert into t values ('x')")
    assert said == (
        "may not be written by this user",
        "give this user the right to it and its folder",
    )


def test_a_fault_of_our_own_is_not_put_on_the_database(connection: Connection) -> None:
    assert trouble(connection, "select nothing_of_this_name from t") is None
