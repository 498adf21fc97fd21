"""A filled database goes from the first version to ours, and back one version, and loses nothing."""

from datetime import UTC
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    Table,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

import store.base
from store.engine import Store
from store.migrating import alembic_config, migrate, revision
from store.migrations import HEAD
from store.tables import load_all
from tests.conftest import NOW

FIRST, BEFORE = "0001", f"{int(HEAD) - 1:04d}"
TO = {"acts": "audit_log"}
"""Where the rows of a table went that has another name now."""
TAKEN_AWAY = {("people", "bsn_hash")}
"""Columns whose values are gone on purpose: no citizen number is stored."""
STATES = {
    ("accounts", "role"): "agent",
    ("suppressions", "scope"): "person",
    ("campaigns", "state"): "running",
    ("outcomes", "kind"): "filed",
    ("deliveries", "state"): "recorded",
    ("touches", "state"): "claimed",
    ("attempts", "state"): "written",
    ("replies", "kind"): "called",
    ("touch_events", "from_state"): "planned",
    ("touch_events", "to_state"): "claimed",
    ("calls", "state"): "waiting",
}
ROWS = 3

Rows = dict[str, list[dict[str, Any]]]


def _go_back(connection: Connection, to: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, to)


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _fill(connection: Connection) -> Rows:
    """Put rows into every table, each beside the rows of the same number that it refers to."""
    for table in _tables(connection):
        numbers = range(1, ROWS + 1)
        rows = [{each.name: _value(each, number) for each in table.columns} for number in numbers]
        connection.execute(insert(table), rows)
    return _read(connection)


def _value(column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:  # the row of the same number there
        return _value(key.column, number)
    if (state := STATES.get((column.table.name, column.name))) is not None:
        return state
    match column.type:
        case Boolean():
            return number % 2 == 0
        case Integer():
            return number
        case DateTime(timezone=aware):
            return NOW if aware else NOW.astimezone(UTC).replace(tzinfo=None)
        case Date():
            return NOW.date()
        case JSON():
            return {"number": number}
    return f"{column.name} {number}"[:32]


def _read(connection: Connection) -> Rows:
    return {
        table.name: [
            dict(row)
            for row in connection.execute(
                select(table).order_by(*table.primary_key.columns)
            ).mappings()
        ]
        for table in _tables(connection)
    }


def _lost(before: Rows, after: Rows) -> list[str]:
    """Name every row or value of `before` that is not in `after`."""
    return [
        f"{name}.{column} of row {number}: {value!r} became {later.get(column)!r}"
        for name, rows in before.items()
        if name not in TO
        for number, (row, later) in enumerate(zip(rows, after[name], strict=True), start=1)
        for column, value in row.items()
        if (name, column) not in TAKEN_AWAY and later.get(column) != value
    ]


def _read_as_we_do(connection: Connection) -> list[str]:
    """Name every table of ours of which a row is not what its columns say."""
    load_all()
    unreadable = []
    for table in store.base.Table.metadata.sorted_tables:
        try:
            connection.execute(select(table)).all()
        except (SQLAlchemyError, LookupError, ValueError) as error:
            unreadable.append(f"{table.name}: {error}")
    return unreadable


@pytest.mark.thorough
def test_a_database_of_the_first_version_loses_nothing_on_the_way_to_ours(store: Store) -> None:
    with store.writing() as connection:
        _go_back(connection, FIRST)
        before = _fill(connection)
    assert min(len(rows) for rows in before.values()) == ROWS
    migrate(store)
    assert revision(store) == HEAD
    with store.reading() as connection:
        after = _read(connection)
        assert _lost(before, after) == []
        assert {name: len(after[to]) for name, to in TO.items()} == dict.fromkeys(TO, ROWS)
        assert _read_as_we_do(connection) == []


@pytest.mark.thorough
def test_one_version_back_and_again_changes_no_row(store: Store) -> None:
    with store.writing() as connection:
        _go_back(connection, FIRST)
        _fill(connection)
    migrate(store)
    with store.writing() as connection:
        before = _read(connection)
        _go_back(connection, BEFORE)
    assert revision(store) == BEFORE
    migrate(store)
    with store.reading() as connection:
        assert _read(connection) == before
