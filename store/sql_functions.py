"""SQL functions that the two databases spell differently."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    SQLColumnExpression,
    Text,
    TypeDecorator,
)
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


class KeptPlans(FunctionElement[str]):
    """A column whose reading lets the later statements of a transaction keep their query plans.

    A press of an agent runs the same few statements with other values. Left alone, PostgreSQL plans some of them anew
    each time, which takes longer than running them. It holds for those that the driver has prepared, which it does
    after some uses. On SQLite it is an empty text.
    """

    type = Text()
    name = "kept_plans"
    inherit_cache = True


@compiles(KeptPlans, "sqlite")
def _kept_on_sqlite(element: KeptPlans, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return "''"


@compiles(KeptPlans, "postgresql")
def _kept_on_postgresql(element: KeptPlans, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return "set_config('plan_cache_mode', 'force_generic_plan', true)"


class TextList(TypeDecorator[Sequence[str]]):
    """A list of texts as one parameter, an array on PostgreSQL and JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return the type that the database has."""
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Return the list as the driver takes it."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(value or ())


class _Among(FunctionElement[bool]):
    type = Boolean()
    name = "among"
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_on_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({texts})))"


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"({column} = ANY ({texts}))"


def among(
    column: SQLColumnExpression[Any], texts: BindParameter[Sequence[str]]
) -> ColumnElement[bool]:
    """Match a text that is one of a list, whose parameter has the type `TextList`.

    The statement is the same for any number of them, so that it is prepared once.
    """
    return _Among(column, texts)
