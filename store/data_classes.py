"""List every column with its class, purpose and retention class.

What shows somebody their data, erases it, or fills the register of processing reads this list, so that a new column
cannot be forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from store.base import Table
from store.column_classes import INFO, ColumnClass, ColumnData, Retention, TableData
from store.tables import load_all


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedColumn:
    """Column of a table with its class, purpose and retention class."""

    table: str
    column: str
    kind: ColumnClass
    purpose: str
    retention: Retention


class Unclassified(TypeError):
    """A column was declared without class, purpose or retention class."""


def described_columns(base: type[DeclarativeBase] = Table) -> list[DescribedColumn]:
    """Return every column of every table, each table after those it refers to.

    Raises:
        Unclassified: some have no class, purpose or retention class; the error names each.
    """
    if missing := list(unclassified(base)):
        raise Unclassified(
            f"without class, purpose or retention class: {', '.join(missing)}"
            "; declare them by the functions of store/column_classes.py"
        )
    return [
        _described(column, data)
        for data, table in _tables(base)
        if data is not None
        for column in table.columns
    ]


def unclassified(base: type[DeclarativeBase] = Table) -> Iterator[str]:
    """Yield `table.column: what is missing` of each column that is not wholly described."""
    load_all()
    for data, table in _tables(base):
        for column in table.columns:
            if lacking := _lacking(column.info.get(INFO), data):
                yield f"{table.name}.{column.name}: {' and '.join(lacking)}"


def _lacking(column: ColumnData | None, table: TableData | None) -> list[str]:
    """Return what neither the column nor its table says."""
    lacking = [] if column else ["class"]
    if not ((column and column.purpose) or (table and table.purpose)):
        lacking.append("purpose")
    if not ((column and column.retention) or (table and table.retention)):
        lacking.append("retention class")
    return lacking


def _described(column: sa.Column[object], table: TableData) -> DescribedColumn:
    data: ColumnData = column.info[INFO]
    return DescribedColumn(
        table=column.table.name,
        column=column.name,
        kind=data.kind,
        purpose=data.purpose or table.purpose,
        retention=data.retention or table.retention,
    )


def _tables(base: type[DeclarativeBase]) -> list[tuple[TableData | None, sa.Table]]:
    """Return each table with what it says of all its columns, by name."""
    said = {
        mapper.local_table: vars(mapper.class_).get("__data__") for mapper in base.registry.mappers
    }
    return [(said.get(table), table) for table in base.metadata.sorted_tables]
