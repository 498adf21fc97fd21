"""Requests of citizens. An earlier objection does not stop what they asked for since."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, not_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from store.base import UtcDateTime
from store.facts import fact
from suppression.occasions import Occasion


class day_begins(GenericFunction[Any]):  # noqa: N801  a function in SQL is written small
    """The first moment (UTC) of a day that is stored as ISO text."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(day_begins, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # a moment is text there: a day sorts before every moment that falls on it
    return str(compiler.process(element.clauses.clauses[0], **options))


@compiles(day_begins, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    day = compiler.process(cast(element.clauses.clauses[0], Text), **options)
    return f"(({day})::date::timestamp at time zone 'UTC')"


def asked_after(occasion: Occasion, moment: ColumnElement[Any]) -> ColumnElement[bool]:
    """Match people for whom `moment` is not before the day on which they asked.

    Everybody matches unless the campaign is a service that they ask for.

    Where nobody knows when they asked, everything counts.
    """
    if (
        not occasion.is_service
        or not occasion.asked_on
        or occasion.asked_on not in occasion.declared
    ):
        return true()
    return not_(
        func.coalesce(moment < day_begins(fact(occasion.asked_on, "date")), literal_column("false"))
    )
