"""The audience language: a boolean expression over person columns and facts, parsed, whitelisted, run by the database.

    years_without_return >= 2 and dunned_on <= today - 21 and not has(sms) and not has(call)

Nothing of the text reaches the database: it is parsed into a tree, every node of the tree must be one we know, and
the condition is built anew from it. The same text gives the same people on SQLite and PostgreSQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlglot
from sqlalchemy import ColumnElement, and_, exists, false, literal, not_, or_, true
from sqlglot import errors
from sqlglot import expressions as exp

from store.errors import BadInput
from store.facts import DECIMAL_SCALE, fact
from store.tables import Person, PersonNumber

LONGEST = 10_000
"""Characters; a longer audience is a list of people, and a list is imported as a fact."""
DEEPEST = 60
LONGEST_SHOWN = 80

_COLUMNS: dict[str, tuple[ColumnElement[Any], str]] = {
    "person_ref": (Person.person_ref.expression, "text"),
    "language": (Person.language.expression, "text"),
    "gender": (Person.gender.expression, "text"),
    "postcode": (Person.postcode.expression, "text"),
    "town": (Person.town.expression, "text"),
    "country": (Person.country.expression, "text"),
    "deceased_on": (Person.deceased_on.expression, "day"),
    "moved_abroad_on": (Person.moved_abroad_on.expression, "day"),
    "address_under_investigation": (Person.address_under_investigation.expression, "bool"),
    "secret_address": (Person.secret_address.expression, "bool"),
}
SENSITIVE = frozenset({"language", "gender", "secret_address"})
"""Columns that select people by who they are: a campaign says why it must, and the approver sees it."""


class AudienceRefused(BadInput):
    """A `where` that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A parsed `where`: the condition, and the names it asks about."""

    text: str
    condition: ColumnElement[bool]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Value:
    """One side of a comparison: a column or a constant, and its type (int, decimal, date, day, bool, text)."""

    sql: Any
    type: str
    constant: bool = False


def parse(text: str, *, facts: Mapping[str, str], today: date) -> Audience:
    """Parse a `where` into a condition on `Person`.

    Args:
        text: the expression, at most `LONGEST` characters.
        facts: the type of every fact that may be named.
        today: the day that `today` means.

    Raises:
        AudienceRefused: the text is no expression of this language; says what to write instead.
    """
    tree = _tree(text)
    reading = _Reading(facts, today)
    condition = reading.condition(tree)
    return Audience(text, condition, frozenset(reading.names))


def _tree(text: str) -> exp.Expr:
    if len(text) > LONGEST:
        raise AudienceRefused(
            f"is {len(text):,} characters long, more than {LONGEST:,}", "import a long list as a fact and ask for that"
        )
    try:
        statements = sqlglot.parse(text, error_level=errors.ErrorLevel.IMMEDIATE)
    except (errors.SqlglotError, RecursionError) as error:
        raise AudienceRefused(
            f"cannot be read: {_first_line(error)}", "write conditions joined by and, or, not"
        ) from None
    if len(statements) != 1 or statements[0] is None:
        raise AudienceRefused("is not one condition", "write one condition, without a semicolon")
    tree = statements[0]
    if _depth(tree) > DEEPEST:
        raise AudienceRefused("is nested too deeply", "split it into fewer brackets")
    return tree


def _first_line(error: BaseException) -> str:
    lines = str(error).replace("\x1b[4m", "").replace("\x1b[0m", "").splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__


def _depth(tree: exp.Expr) -> int:
    """Count the nesting; a long chain of one connective (a and b and c …) is one level."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + (type(child) is not type(node))) for child in node.iter_expressions())
    return deepest


_COMPARISONS: dict[type[exp.Expr], Callable[[Any, Any], ColumnElement[bool]]] = {
    exp.EQ: lambda left, right: left == right,
    exp.NEQ: lambda left, right: left != right,
    exp.GT: lambda left, right: left > right,
    exp.GTE: lambda left, right: left >= right,
    exp.LT: lambda left, right: left < right,
    exp.LTE: lambda left, right: left <= right,
}
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ
}  # fmt: skip


class _Reading:
    """One walk through one tree."""

    def __init__(self, facts: Mapping[str, str], today: date) -> None:
        self.facts = facts
        self.today = today
        self.names: set[str] = set()

    def condition(self, node: exp.Expr) -> ColumnElement[bool]:
        """Build the condition for a node that must be true or false."""
        match node:
            case exp.Paren():
                return self.condition(node.this)
            case exp.And():
                return and_(*(self.condition(part) for part in node.flatten()))
            case exp.Or():
                return or_(*(self.condition(part) for part in node.flatten()))
            case exp.Not():
                return not_(self.condition(node.this))
            case exp.Boolean():
                return true() if node.this else false()
            case exp.Column():
                return self._flag(node)
            case exp.Anonymous():
                return self._has(node)
            case exp.Is():
                return self._is(node)
            case exp.In():
                return self._in(node)
            case exp.Between():
                low = self._compare(exp.GTE, node.this, node.args["low"], node)
                return and_(low, self._compare(exp.LTE, node.this, node.args["high"], node))
            case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
                return self._compare(type(node), node.this, node.expression, node)
            case _:
                raise _refused(node)

    def _flag(self, node: exp.Column) -> ColumnElement[bool]:
        value = self._column(node)
        if value.type != "bool":
            raise AudienceRefused(f"{node.name} is a {_said(value)}, not a yes or no", f"compare it: {node.name} = …")
        condition: ColumnElement[bool] = value.sql == true()  # unknown is neither yes nor no, as everywhere in SQL
        return condition

    def _has(self, node: exp.Anonymous) -> ColumnElement[bool]:
        arguments = node.expressions
        if str(node.this).lower() != "has" or len(arguments) != 1 or not isinstance(arguments[0], exp.Column):
            raise _refused(node)
        self.names.add(f"has({arguments[0].name.lower()})")
        match arguments[0].name.lower():
            case "card" | "letter":
                return Person.household_key.is_not(None)
            case "sms":
                return exists().where(PersonNumber.person_id == Person.id, PersonNumber.may_text.is_(True))
            case "call":
                return exists().where(PersonNumber.person_id == Person.id, PersonNumber.may_call.is_(True))
            case other:
                raise AudienceRefused(f"has({other}) asks for no channel", "write has(card), has(sms) or has(call)")

    def _is(self, node: exp.Is) -> ColumnElement[bool]:
        if not isinstance(node.this, exp.Column):
            raise _refused(node)
        value = self._column(node.this)
        match node.expression:
            case exp.Null():
                return value.sql.is_(None)  # type: ignore[no-any-return]
            case exp.Boolean() if value.type == "bool":
                return value.sql.is_(bool(node.expression.this))  # type: ignore[no-any-return]
            case _:
                raise _refused(node)

    def _in(self, node: exp.In) -> ColumnElement[bool]:
        if node.args.get("query") or not node.expressions:
            raise AudienceRefused("in (…) takes a list of values", "write for instance town in ('Utrecht', 'Zwolle')")
        return or_(*(self._compare(exp.EQ, node.this, value, node) for value in node.expressions))

    def _compare(self, kind: type[exp.Expr], left: exp.Expr, right: exp.Expr, whole: exp.Expr) -> ColumnElement[bool]:
        first, second = self._value(left, whole), self._value(right, whole)
        if first.constant and not second.constant:
            first, second, kind = second, first, _MIRRORED[kind]
        if first.constant:
            raise AudienceRefused(f"{whole.sql()} names no column", "compare a column with a value")
        ordered = kind not in (exp.EQ, exp.NEQ)
        if ordered and first.type in ("text", "bool"):
            raise AudienceRefused(
                f"{whole.sql()} orders {_said(first)} values", "only numbers and dates have an order; use =, != or in"
            )
        if not second.constant:
            if first.type != second.type:
                raise AudienceRefused(f"{whole.sql()} compares a {_said(first)} with a {_said(second)}")
            return _COMPARISONS[kind](first.sql, second.sql)
        return _COMPARISONS[kind](first.sql, _fitted(first, second, whole))

    def _value(self, node: exp.Expr, whole: exp.Expr) -> _Value:
        match node:
            case exp.Paren():
                return self._value(node.this, whole)
            case exp.Column() if node.name.lower() == "today" and not node.table:
                return _Value(self.today, "date", constant=True)
            case exp.Column():
                return self._column(node)
            case exp.Literal() if node.is_string:
                return _Value(node.this, "text", constant=True)
            case exp.Literal():
                return _Value(_number(node.this), "decimal", constant=True)
            case exp.Boolean():
                return _Value(bool(node.this), "bool", constant=True)
            case exp.Neg(this=exp.Literal()) if not node.this.is_string:
                return _Value(-_number(node.this.this), "decimal", constant=True)
            case exp.Add() | exp.Sub():
                return self._moved(node, whole)
            case _:
                raise _refused(node)

    def _moved(self, node: exp.Binary, whole: exp.Expr) -> _Value:
        """Read `today - 21`: days added to or taken from a constant day."""
        day, days = self._value(node.left, whole), self._value(node.right, whole)
        if not (day.constant and days.constant and isinstance(day.sql, date) and isinstance(days.sql, Decimal)):
            raise AudienceRefused(
                f"{node.sql()} cannot be worked out", "count days from today only: dunned_on <= today - 21"
            )
        if days.sql != int(days.sql) or abs(days.sql) > 366 * 200:
            raise AudienceRefused(f"{node.sql()} is no number of days", "write a whole number of days")
        step = timedelta(days=int(days.sql))
        return _Value(day.sql + step if isinstance(node, exp.Add) else day.sql - step, "date", constant=True)

    def _column(self, node: exp.Column) -> _Value:
        name = node.name
        if node.table or node.args.get("join_mark"):
            raise AudienceRefused(f"{node.sql()} names another table", "name only columns of people and their facts")
        if name in _COLUMNS:
            self.names.add(name)
            return _Value(*_COLUMNS[name])
        if name in self.facts:
            self.names.add(name)
            return _Value(fact(name, self.facts[name]), self.facts[name])
        known = ", ".join(sorted((*_COLUMNS, *self.facts)))
        raise AudienceRefused(f"{name} is no column or fact we know", f"use one of {known}, today, has(channel)")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise AudienceRefused(f"{text} is no number") from None


def _fitted(column: _Value, constant: _Value, whole: exp.Expr) -> Any:
    """Return the constant in the form in which the column is stored."""
    value = constant.sql
    match column.type, value:
        case ("int", Decimal()) if value == int(value) and abs(value) < 2**63:
            return literal(int(value))
        case "decimal", Decimal():
            scaled = value * DECIMAL_SCALE
            if scaled == int(scaled) and abs(scaled) < 2**63:
                return literal(int(scaled))
            raise AudienceRefused(f"{whole.sql()} is finer than four decimals", "round it to four decimals")
        case "bool", bool():
            return true() if value else false()
        case "text", str():
            return literal(value)
        case (("date" | "day"), date()):
            return value.isoformat() if column.type == "date" else value
        case (("date" | "day"), str()):
            day = _day(value, whole)
            return day.isoformat() if column.type == "date" else day
        case _:
            raise AudienceRefused(
                f"{whole.sql()} compares a {_said(column)} with a {_said(constant)}", f"write a {_said(column)}"
            )


def _day(text: str, whole: exp.Expr) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AudienceRefused(f"{whole.sql()}: '{text}' is no date", "write it as '2023-06-01'") from None


def _said(value: _Value) -> str:
    words = {"int": "whole number", "decimal": "number", "day": "date", "bool": "yes or no", "text": "text"}
    return words.get(value.type, value.type)


def _refused(node: exp.Expr) -> AudienceRefused:
    shown = node.sql()
    shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
    return AudienceRefused(
        f"{shown} is not part of the audience language",
        "use and, or, not, =, !=, <, <=, >, >=, in, between, is null, today, has(channel)",
    )
