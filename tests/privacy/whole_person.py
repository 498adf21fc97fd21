"""A person with a row in every table that holds data of people, every text in it known to the test."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, insert

from privacy.belongings import WAYS
from store.base import Table
from store.tables import load_all

REF = "P-everything"
NUMBER = "+31612340001"
HOUSEHOLD = 8_000_000_000_000_001
CHOSEN = {
    ("people", "person_ref"): REF,
    ("person_numbers", "e164"): NUMBER,
    ("people", "household_key"): HOUSEHOLD,
    ("people", "draw_key"): 2_000_000_011,
    ("people", "language"): "nl",
    ("people", "erased_at"): None,
    ("people", "country"): "NL",
    ("people", "house_number"): 99_887,
    ("people", "house_designation"): "by",
    ("people", "postcode"): "9876ZX",
    ("people", "gender"): "V",
    ("people", "name_use"): "E",
    ("people", "birth_first"): date(1971, 3, 9),
    ("people", "birth_last"): date(1971, 3, 9),
    ("touches", "channel"): "call",
    ("steps", "channel"): "call",
    ("arms", "hold_out"): False,
    ("campaigns", "spec"): {"retention": "two-years"},
    ("campaigns", "state"): "running",
    ("campaigns", "deviations"): None,
    ("campaigns", "conditions"): None,
    ("campaigns", "signed_plan"): None,
    ("audit_log", "about"): "person",
    ("suppressions", "scope"): "person",
    ("suppressions", "pending"): False,
    ("suppressions", "ends_at"): None,
    ("suppressions", "lifted_at"): None,
    ("privacy_requests", "answered_at"): None,
    ("privacy_requests", "prepared"): None,
}
"""Values that must be of a certain kind, by table and column."""


def mark(table: str, column: str) -> str:
    """Return the text that stands in one column and nowhere else."""
    return f"mark-{table}-{column}"


def put_down_everything(connection: Connection, now: datetime) -> dict[str, int]:
    """Give one person a row in every table of `WAYS`, and return the key of each row by table."""
    load_all()
    keys: dict[str, int] = {}
    for name in WAYS:
        _put(connection, Table.metadata.tables[name], keys, now)
    return keys


def _put(connection: Connection, table: sa.Table, keys: dict[str, int], now: datetime) -> int:
    """Insert a row, first those that it refers to."""
    if table.name in keys:
        return keys[table.name]
    values = {
        column.name: value
        for column in table.columns
        if (value := _value(connection, column, keys, now)) is not None
    }
    key = next(iter(table.primary_key.columns))
    made = connection.execute(insert(table).values(values).returning(key)).scalar_one()
    keys[table.name] = made
    return int(made) if isinstance(made, int) else 0


def _value(
    connection: Connection, column: sa.Column[Any], keys: dict[str, int], now: datetime
) -> Any:
    table = column.table
    if (named := (table.name, column.name)) in CHOSEN:
        return CHOSEN[named]
    if column.foreign_keys:
        other = next(iter(column.foreign_keys)).column.table
        return None if other is table else _put(connection, other, keys, now)
    if column.primary_key and isinstance(column.type, sa.Integer | sa.BigInteger):
        return None if len(table.primary_key.columns) == 1 else 1
    if column.name in ("person_ref", "household_key", "e164", "from_number", "number"):
        return _shared(column)
    return _of_type(column, now)


def _shared(column: sa.Column[Any]) -> Any:
    """Return the value by which rows are found to be theirs."""
    if column.table.name == "phone_lines":
        return "+318000543"
    if column.table.name in ("arms", "waves", "attempts"):
        return 1 if column.name == "number" else None
    shared = {"person_ref": REF, "household_key": HOUSEHOLD}
    return shared.get(column.name, NUMBER)


def _of_type(column: sa.Column[Any], now: datetime) -> Any:
    if column.table.name == "waves" and column.name == "number":
        return 1
    match column.type:
        case sa.Enum():
            return next(iter(column.type.enum_class or column.type.enums))
        case sa.Boolean():
            return False
        case sa.Date():
            return (now + timedelta(days=3)).date()
        case sa.JSON():
            return _json(column)
        case sa.Text() | sa.String():
            return mark(column.table.name, column.name)
        case sa.Integer() | sa.BigInteger():
            return 1
        case _:
            return now


def _json(column: sa.Column[Any]) -> Any:
    is_list = "list" in str(column.type.python_type)
    said = mark(column.table.name, column.name)
    return [said] if is_list else {"said": said}
