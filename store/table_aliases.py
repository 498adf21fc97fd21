"""Aliases of tables for rules about a person's housemates, guardian, numbers or earlier touches.

An alias works out each of its columns when it is first used, which costs more than all the rest of a
rule. So each role has one alias, made once.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy.orm import aliased

Table = TypeVar("Table")


def alias_for(table: type[Table], role: str) -> type[Table]:
    """Return the alias of a table in a role, such as the housemate of a person.

    Two aliases that stand in one FROM need two roles. Subqueries beside each other may share one.
    """
    made: Any = _made(cast("Hashable", table), role)
    return cast("type[Table]", made)


@cache
def _made(table: Hashable, role: str) -> object:
    return aliased(cast("type[Any]", table), name=role)
