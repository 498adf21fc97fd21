"""Values of an audience expression (columns, facts, constants, days) and how they compare."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, not_
from sqlglot import expressions as exp

from campaigns.audience_language.syntax import AudienceRefused, refused, shown
from store.facts import DECIMAL_SCALE
from store.sentences import Sentence
from store.sql_functions import day_number
from store.tables import Person
from suppression.year_spans import years_before

MOST_DAYS = 366 * 200
OLDEST = 150
_DATES = ("date", "day", "day number")
_BIGGEST = 2**63


@dataclass(frozen=True, slots=True)
class Value:
    """One side of a comparison, either a column or a constant, with its type.

    A `date` is a fact's ISO text, a `day` a date column, a `day number` what days were added to or taken from;
    they compare with each other. A constant is a `date`, a `Decimal`, a `bool` or a `str`.
    """

    sql: Any
    type: str  # int, decimal, date, day, day number, bool, text
    constant: bool = False

    @property
    def kind_name(self) -> str:
        """The kind of value in plain words, for error messages."""
        words = {"int": "whole number", "decimal": "number", "bool": "yes or no"}
        return "date" if self.type in _DATES else words.get(self.type, self.type)


@dataclass(frozen=True, slots=True)
class Age:
    """Age in whole years on a day. Of a partial birth date the latest possible day counts."""

    on: date

    def at_least(self, years: int) -> ColumnElement[bool]:
        """Match people of at least this age. An unknown birth date gives unknown."""
        try:
            born = years_before(self.on, years)
        except ValueError:
            raise AudienceRefused(
                Sentence(
                    "age('{on}') >= {years} is before the first year", on=self.on, years=years
                ),
                "write a later day",
            ) from None
        # the day that MINOR counts with: who is no minor there is 18 here
        return Person.birth_last.expression <= born

    def compare(self, kind: type[exp.Expr], years: int) -> ColumnElement[bool]:
        """Compare with a whole number of years."""
        match kind:
            case exp.GTE:
                return self.at_least(years)
            case exp.GT:
                return self.at_least(years + 1)
            case exp.LT:
                return not_(self.at_least(years))
            case exp.LTE:
                return not_(self.at_least(years + 1))
            case exp.EQ:
                return and_(self.at_least(years), not_(self.at_least(years + 1)))
            case _:
                return not_(self.compare(exp.EQ, years))


_COMPARISONS: dict[type[exp.Expr], Callable[[Any, Any], ColumnElement[bool]]] = {
    exp.EQ: lambda left, right: left == right,
    exp.NEQ: lambda left, right: left != right,
    exp.GT: lambda left, right: left > right,
    exp.GTE: lambda left, right: left >= right,
    exp.LT: lambda left, right: left < right,
    exp.LTE: lambda left, right: left <= right,
}
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}


def compare(
    kind: type[exp.Expr], first: Value | Age, second: Value | Age, whole: exp.Expr
) -> ColumnElement[bool]:
    """Compare two values. `kind` is the node of the comparison, and errors quote `whole`.

    Raises:
        AudienceRefused: they do not compare.
    """
    if isinstance(second, Age) or (first_is_constant(first) and not first_is_constant(second)):
        first, second, kind = second, first, _MIRRORED[kind]
    if isinstance(first, Age):
        return first.compare(kind, _years(second, whole))
    if isinstance(second, Age) or first.constant:
        raise AudienceRefused(
            Sentence("{shown} has no column in it", shown=shown(whole)),
            "compare a column with a value",
        )
    if kind not in (exp.EQ, exp.NEQ) and first.type in ("text", "bool"):
        raise AudienceRefused(
            Sentence(
                "{shown} orders {kind_name} values", shown=shown(whole), kind_name=first.kind_name
            ),
            "only numbers and dates have an order; use =, != or in",
        )
    if second.constant:
        return _COMPARISONS[kind](first.sql, fitted(first, second, whole))
    return _COMPARISONS[kind](*_alike(first, second, whole))


def first_is_constant(value: Value | Age) -> bool:
    """Return whether a value is the same for everyone."""
    return isinstance(value, Value) and value.constant


def _years(value: Value | Age, whole: exp.Expr) -> int:
    years = value.sql if isinstance(value, Value) and value.constant else None
    if not isinstance(years, Decimal) or years != int(years) or not 0 <= years <= OLDEST:
        raise AudienceRefused(
            Sentence("{shown} compares an age with something else", shown=shown(whole)),
            Sentence("write whole years, from 0 to {oldest}", oldest=OLDEST),
        )
    return int(years)


def _alike(first: Value, second: Value, whole: exp.Expr) -> tuple[Any, Any]:
    """Return two columns in one form."""
    if first.type == second.type:
        return first.sql, second.sql
    if first.type in _DATES and second.type in _DATES:
        return numbered(first, whole), numbered(second, whole)
    raise AudienceRefused(
        Sentence(
            "{shown} compares a {kind} with a {other}",
            shown=shown(whole),
            kind=first.kind_name,
            other=second.kind_name,
        ),
        "compare values of one kind",
    )


def fitted(column: Value, constant: Value, whole: exp.Expr) -> Any:
    """Return the constant in the form in which the column is stored."""
    value = constant.sql
    match column.type, value:
        case ("int", Decimal()) if value == int(value) and abs(value) < _BIGGEST:
            return int(value)
        case "decimal", Decimal():
            return _scaled(value, whole)
        case ("bool", bool()) | ("text", str()):
            return value
        case ("date", date() | str()):
            return _day(value, whole).isoformat()
        case ("day", date() | str()):
            return _day(value, whole)
        case ("day number", date() | str()):
            return _day(value, whole).toordinal()
        case _:
            raise AudienceRefused(
                Sentence(
                    "{shown} compares a {kind} with a {other}",
                    shown=shown(whole),
                    kind=column.kind_name,
                    other=constant.kind_name,
                ),
                Sentence("write a {kind_name}", kind_name=column.kind_name),
            )


def _scaled(value: Decimal, whole: exp.Expr) -> int:
    scaled = value * DECIMAL_SCALE
    if scaled != int(scaled) or abs(scaled) >= _BIGGEST:
        raise AudienceRefused(
            Sentence("{shown} is finer than four decimals or too large", shown=shown(whole)),
            "round it to four decimals",
        )
    return int(scaled)


def _day(value: date | str, whole: exp.Expr) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise AudienceRefused(
            Sentence("{shown}: '{value}' is not a date", shown=shown(whole), value=value[:30]),
            "write it as '2023-06-01'",
        ) from None


def constant_day(value: Value | Age, whole: exp.Expr) -> date:
    """Return the day that a constant names.

    Raises:
        AudienceRefused: it is no constant, or no date.
    """
    if isinstance(value, Value) and value.constant and isinstance(value.sql, date | str):
        return _day(value.sql, whole)
    raise AudienceRefused(
        Sentence("{shown} is not a fixed day", shown=shown(whole)),
        "write today, today - 365 or '2023-06-01'",
    )


def numbered(value: Value, whole: exp.Expr) -> Any:
    """Return a date as a day number."""
    if value.constant:
        return _day(value.sql, whole).toordinal()
    return value.sql if value.type == "day number" else day_number(value.sql)


def move(node: exp.Add | exp.Sub, left: Value | Age, right: Value | Age) -> Value:
    """Evaluate `today - 21` and `dunned_on + 21` (dates) and `today - dunned_on` (days between).

    Raises:
        AudienceRefused: it is no counting of days.
    """
    adds = isinstance(node, exp.Add)
    if adds and isinstance(left, Value) and isinstance(left.sql, Decimal):
        left, right = right, left
    if not (isinstance(left, Value) and isinstance(right, Value) and _is_day(left)):
        raise _not_days(node)
    if isinstance(right.sql, Decimal) and right.constant:
        days = _days(right.sql, node) * (1 if adds else -1)
        if left.constant:
            return Value(_moved(_day(left.sql, node), days, node), "date", constant=True)
        return Value(numbered(left, node) + days, "day number")
    if adds or not _is_day(right):
        raise _not_days(node)
    between = numbered(left, node) - numbered(right, node)
    both = left.constant and right.constant
    return Value(Decimal(between), "decimal", constant=True) if both else Value(between, "int")


def _is_day(value: Value) -> bool:
    return isinstance(value.sql, date | str) if value.constant else value.type in _DATES


def _not_days(node: exp.Expr) -> AudienceRefused:
    return AudienceRefused(
        Sentence("{shown} cannot be worked out", shown=shown(node)),
        "add days to a date or take them off, or take one date from another: dunned_on + 21 <= today",
    )


def _days(number: Decimal, node: exp.Expr) -> int:
    if number != int(number) or abs(number) > MOST_DAYS:
        raise AudienceRefused(
            Sentence("{shown} is not a number of days", shown=shown(node)),
            Sentence("write a whole number up to {most_days:,}", most_days=MOST_DAYS),
        )
    return int(number)


def _moved(day: date, days: int, node: exp.Expr) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise AudienceRefused(
            Sentence("{shown} is not a day in the calendar", shown=shown(node)), "write fewer days"
        ) from None


def number(node: exp.Literal) -> Value:
    """Return the number that a literal names."""
    try:
        return Value(Decimal(node.this), "decimal", constant=True)
    except ArithmeticError:
        raise refused(node) from None
