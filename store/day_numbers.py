"""Dates as whole numbers in SQL, the same on both databases and in Python."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_JULIAN_DAY_ZERO = 1721424.5
"""The Julian day of the midnight before 0001-01-01: `date.toordinal` counts from there."""


class _DayNumber(FunctionElement[int]):
    type = BigInteger()
    name = "day_number"
    inherit_cache = True


@compiles(_DayNumber, "sqlite")
def _on_sqlite(element: _DayNumber, compiler: Any, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) - {_JULIAN_DAY_ZERO} AS INTEGER)"


@compiles(_DayNumber, "postgresql")
def _on_postgresql(element: _DayNumber, compiler: Any, **options: Any) -> str:
    day = compiler.process(element.clauses, **options)
    return f"CAST(CAST({day} AS DATE) - DATE '0001-01-01' + 1 AS BIGINT)"


def day_number(day: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a date, or a fact's ISO text, as the number of `date.toordinal`, or NULL."""
    return _DayNumber(day)
