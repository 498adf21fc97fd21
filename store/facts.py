"""Read a typed fact of a person in SQL, the same on both databases."""

from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, Boolean, ColumnElement, Text, case, cast

from store.sentences import Sentence
from store.tables.people import Person

FactType = Literal["int", "date", "bool", "text", "decimal"]
FACT_TYPES: tuple[str, ...] = get_args(FactType)
DECIMAL_SCALE = 10_000
"""A decimal fact is kept as a whole number of ten-thousandths, so that both databases compare it exactly."""


def fact(name: str, type_: str) -> ColumnElement[Any]:
    """Return the fact `name` of each person as a column of its type, NULL where unknown.

    An int and a decimal come as whole numbers (a decimal in ten-thousandths), a date as ISO text, which sorts as
    dates do.
    """
    value: Any = Person.facts[name]
    match type_:
        case "int" | "decimal":
            return cast(value.as_string(), BigInteger)
        case "bool":
            # SQLite gives 1 and 0 for JSON's true and false, PostgreSQL the words
            text = cast(value.as_string(), Text)
            return cast(
                case((text.in_(("true", "1")), True), (text.in_(("false", "0")), False)), Boolean
            )
        case "date" | "text":
            found: ColumnElement[Any] = value.as_string()
            return found
        case _:
            raise ValueError(
                Sentence(
                    "{type!r} is no type of fact; write one of {fact_types}",
                    type=type_,
                    fact_types=", ".join(FACT_TYPES),
                )
            )
