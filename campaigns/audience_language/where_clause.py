"""Parse an audience expression (`where`) into one SQL condition on people.

    years_without_return >= 2 and dunned_on <= today - 21 and not has(sms) and not has(call)

Nothing of the text reaches the database: it is parsed into a tree, every node of the tree must be one we know, and
the condition is built anew from it. The same text gives the same people on SQLite and PostgreSQL. The whole language
stands in docs/audience-language.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true
from sqlglot import expressions as exp

from campaigns.audience_language.questions import Answer, AudienceContext, Question, answer, has
from campaigns.audience_language.syntax import LONGEST, AudienceRefused, read, refused, shown
from campaigns.audience_language.values import (
    Age,
    Value,
    compare,
    first_is_constant,
    fitted,
    move,
    number,
)
from people.columns import is_forbidden
from store.facts import fact
from store.sentences import Sentence
from store.tables import Person

__all__ = ["LONGEST", "SENSITIVE", "Audience", "AudienceRefused", "Part", "parse"]

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
    "guardian_ref": (Person.guardian_ref.expression, "text"),
    "under_guardianship": (Person.guardian_ref.is_not(None), "bool"),
}
SENSITIVE = frozenset(
    {"language", "gender", "secret_address", "guardian_ref", "under_guardianship"}
)
"""Sensitive columns, which describe who somebody is. A campaign must state why it selects by them."""

MOST_COMPARED = 100
"""Most values in a list of columns or ages, as each of them is a comparison of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the conditions that `and` joins at the top of an audience."""

    text: str
    condition: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Audience:
    """A parsed `where`, with its condition, the names it uses, and the parts that must all hold."""

    text: str
    condition: ColumnElement[bool]
    names: frozenset[str]
    parts: tuple[Part, ...] = ()

    @property
    def sensitive(self) -> tuple[str, ...]:
        """The columns in it that describe who somebody is."""
        return tuple(sorted(self.names & SENSITIVE))


def parse(
    text: str,
    *,
    facts: Mapping[str, str],
    today: date,
    campaigns: Collection[str] | None = None,
    seed: int = 0,
) -> Audience:
    """Parse a `where` into a condition on `Person`.

    Args:
        text: the expression, at most `LONGEST` characters.
        facts: the type of every fact that may be named.
        today: the day that `today` means.
        campaigns: the names that `reached('…')` and its like may ask about; None takes any.
        seed: under which `sample(10)` is drawn.

    Raises:
        AudienceRefused: the text is no expression of this language; says what to write instead.
    """
    written = read(text)
    reading = _Reading(facts, AudienceContext(today, campaigns, seed))
    nodes = (
        list(written.tree.flatten(unnest=False))
        if isinstance(written.tree, exp.And)
        else [written.tree]
    )
    parts = tuple(
        Part(kind_name, reading.condition(node))
        for kind_name, node in zip(written.parts, nodes, strict=True)
    )
    return Audience(
        text,
        and_(Person.erased_at.is_(None), *(part.condition for part in parts)),
        frozenset(reading.names),
        parts,
    )


class _Reading:
    """The translation of one parsed expression into SQL."""

    def __init__(self, facts: Mapping[str, str], world: AudienceContext) -> None:
        self.facts = facts
        self.world = world
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
                return self._asked(node)
            case exp.Is():
                return self._is(node)
            case exp.In():
                return self._in(node)
            case exp.Between():
                first = self._value(node.this)
                low, high = self._value(node.args["low"]), self._value(node.args["high"])
                return and_(compare(exp.GTE, first, low, node), compare(exp.LTE, first, high, node))
            case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
                return compare(
                    type(node), self._value(node.this), self._value(node.expression), node
                )
            case _:
                raise refused(node)

    def _flag(self, node: exp.Column) -> ColumnElement[bool]:
        value = self._value(node)
        if isinstance(value, Age) or value.type != "bool":
            kind_name = "number" if isinstance(value, Age) else value.kind_name
            raise AudienceRefused(
                Sentence(
                    "{name} is a {kind_name}, not a yes or no", name=node.name, kind_name=kind_name
                ),
                Sentence("compare it: {name} = …", name=node.name),
            )
        # unknown is neither yes nor no, as everywhere in SQL
        condition: ColumnElement[bool] = value.sql == true()
        return condition

    def _asked(self, node: exp.Anonymous) -> ColumnElement[bool]:
        found = self._answer(node)
        if isinstance(found, Value | Age):
            raise AudienceRefused(
                Sentence("{shown} is a number, not a yes or no", shown=shown(node)),
                Sentence("compare it: {shown} >= 1", shown=shown(node)),
            )
        return found

    def _answer(self, node: exp.Anonymous) -> Answer:
        name = str(node.this).lower()
        if name == "has":
            return self._has(node)
        found = answer(
            Question(node, tuple(self._value(each) for each in node.expressions), self.world)
        )
        self.names.add(f"{name}()")
        return found

    def _has(self, node: exp.Anonymous) -> ColumnElement[bool]:
        match node.expressions:
            case [exp.Column() as channel]:
                self.names.add(f"has({channel.name.lower()})")
                return has(channel.name.lower())
            case _:
                raise AudienceRefused(
                    Sentence("{shown} does not name a channel", shown=shown(node)),
                    "write has(card), has(sms) or has(call)",
                )

    def _is(self, node: exp.Is) -> ColumnElement[bool]:
        value = self._value(node.this)
        if isinstance(value, Age):
            value = Value(Person.birth_last.expression, "day")
        match node.expression:
            case exp.Null() if not value.constant:
                return value.sql.is_(None)  # type: ignore[no-any-return]
            case exp.Boolean() if value.type == "bool" and not value.constant:
                return value.sql.is_(bool(node.expression.this))  # type: ignore[no-any-return]
            case _:
                raise refused(node)

    def _in(self, node: exp.In) -> ColumnElement[bool]:
        if not node.expressions:
            raise AudienceRefused(
                "in (…) takes a list of values", "write for instance town in ('Utrecht', 'Zwolle')"
            )
        value = self._value(node.this)
        listed = [self._value(each) for each in node.expressions]
        if isinstance(value, Value) and not value.constant and all(map(first_is_constant, listed)):
            fits = [fitted(value, each, node) for each in listed if isinstance(each, Value)]
            return value.sql.in_(fits)  # type: ignore[no-any-return]
        if len(listed) > MOST_COMPARED:
            raise AudienceRefused(
                Sentence(
                    "{shown} holds more than {most_compared} values",
                    shown=shown(node),
                    most_compared=MOST_COMPARED,
                ),
                "import a fact and ask that",
            )
        return or_(*(compare(exp.EQ, value, each, node) for each in listed))

    def _value(self, node: exp.Expr) -> Value | Age:
        match node:
            case exp.Paren():
                return self._value(node.this)
            case exp.Column() if node.name.lower() == "today" and not node.this.args.get("quoted"):
                return Value(self.world.today, "date", constant=True)
            case exp.Column():
                return self._column(node)
            case exp.Literal() if node.is_string:
                return Value(node.this, "text", constant=True)
            case exp.Literal():
                return number(node)
            case exp.Boolean():
                return Value(bool(node.this), "bool", constant=True)
            case exp.Neg(this=exp.Literal()) if not node.this.is_string:
                return Value(-number(node.this).sql, "decimal", constant=True)
            case exp.Add() | exp.Sub():
                return move(node, self._value(node.left), self._value(node.right))
            case exp.Anonymous():
                found = self._answer(node)
                if isinstance(found, Value | Age):
                    return found
                raise AudienceRefused(
                    Sentence("{shown} is a yes or no by itself", shown=shown(node)),
                    "write it without a comparison",
                )
            case _:
                raise refused(node)

    def _column(self, node: exp.Column) -> Value:
        name = node.name
        if name in _COLUMNS:
            self.names.add(name)
            return Value(*_COLUMNS[name])
        if name in self.facts:
            self.names.add(name)
            return Value(fact(name, self.facts[name]), self.facts[name])
        if is_forbidden(name):
            raise AudienceRefused(
                Sentence(
                    "{name}: nobody may be selected by nationality, origin or belief", name=name
                ),
                "take it out",
            )
        if node.this.args.get("quoted"):
            raise AudienceRefused(
                Sentence('"{name}" stands in double quotes', name=name),
                Sentence("put a text in single quotes: '{name}'", name=name),
            )
        if near := get_close_matches(name, (*_COLUMNS, *self.facts), n=1):
            raise AudienceRefused(
                Sentence("{name} is not a known column or fact", name=name),
                Sentence("did you mean {near}?", near=near[0]),
            )
        known = ", ".join(sorted((*_COLUMNS, *self.facts)))
        raise AudienceRefused(
            Sentence("{name} is not a known column or fact", name=name),
            Sentence("use one of {known}, today, has(channel)", known=known),
        )
