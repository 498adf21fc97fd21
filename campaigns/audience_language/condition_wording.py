"""Say the conditions of a parsed audience in words, each as a clause after "omdat" or "because"."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlglot import expressions as exp

from campaigns.audience_language.condition_sentences import (
    AREA,
    KINDS,
    Comparison,
    Kind,
    Op,
    SaidCondition,
    Source,
    both,
    clauses_of,
    filled,
    joined,
    phrase,
    said_with,
    words_of,
)
from campaigns.audience_language.condition_sides import NotSaid, Side, Sides, constants, earlier
from campaigns.audience_language.named_facts import NamedFacts, unknown
from campaigns.audience_language.syntax import read
from store.fact_words import FactWords, described
from store.written_dates import LANGUAGES, written_day

_OPS: dict[type[exp.Expr], Op] = {
    exp.EQ: "eq",
    exp.GTE: "ge",
    exp.GT: "gt",
    exp.LTE: "le",
    exp.LT: "lt",
}
_TURNED: dict[Op, Op] = {"eq": "eq", "ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}
_NOT: dict[Op, Op] = {"ge": "lt", "gt": "le", "le": "gt", "lt": "ge", "yes": "no", "no": "yes"}
_COLUMNS: dict[str, Kind] = {
    **dict.fromkeys(("person_ref", "language", "gender", "postcode", "town", "country"), "text"),
    **dict.fromkeys(("deceased_on", "moved_abroad_on"), "day"),
    **dict.fromkeys(
        ("address_under_investigation", "secret_address", "under_guardianship"), "bool"
    ),
    "guardian_ref": "text",
}
_SOURCES: dict[str, Source] = {"open_returns": "obligations", "became": "outcomes", "sample": "lot"}


def say_conditions(
    text: str,
    *,
    facts: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    today: date,
) -> tuple[SaidCondition, ...]:
    """Return each condition that `and` joins at the top of an audience, in words.

    Args:
        text: an audience that was accepted.
        facts: the type of every fact that may be named.
        words: the descriptions that were given to facts, by name.
        today: the day that `today` means.
    """
    written = read(text)
    nodes = (
        list(written.tree.flatten(unnest=False))
        if isinstance(written.tree, exp.And)
        else [written.tree]
    )
    named = NamedFacts({name: KINDS[kind] for name, kind in facts.items()}, words, today)
    wording = _Wording(facts, words, Sides(today), named)
    return tuple(
        replace(wording.say(node), text=" ".join(part.split()))
        for part, node in zip(written.parts, nodes, strict=True)
    )


@dataclass(frozen=True)
class _Wording:
    facts: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    sides: Sides
    named: NamedFacts

    def say(self, node: exp.Expr) -> SaidCondition:
        """Return one condition in words, or quoted where there are none."""
        try:
            return self._condition(node)
        except NotSaid:
            text = node.sql(normalize_functions=False)
            return _plain(both("join", "rule", text=text))

    def _condition(self, node: exp.Expr) -> SaidCondition:
        match node:
            case exp.Paren():
                return self._condition(node.this)
            case exp.And() | exp.Or():
                return self._joined(
                    node,
                    [self.say(each) for each in node.flatten()],
                    "and" if isinstance(node, exp.And) else "or",
                )
            case exp.Not():
                return self._not(node.this)
            case exp.Boolean():
                return _plain(both("join", "everyone" if node.this else "nobody"))
            case exp.Column():
                return self._compared(node.name, "yes", ())
            case exp.Anonymous():
                return self._asked(node, "yes")
            case exp.Is():
                return self._is(node)
            case exp.In():
                sides = [self.sides.of(each) for each in node.expressions]
                return self._compared(self._name(node.this), "in", constants(sides))
            case exp.Between():
                ends = [self.sides.of(node.args["low"]), self.sides.of(node.args["high"])]
                side = self.sides.of(node.this)
                return self._about(side, "between", constants(ends, moved=side.days))
            case exp.NEQ():
                return self._not(exp.EQ(this=node.this, expression=node.expression))
            case _ if type(node) in _OPS:
                return self._comparison(node, _OPS[type(node)])
            case _:
                raise NotSaid

    def _joined(
        self, node: exp.Expr, parts: list[SaidCondition], word: Literal["and", "or"]
    ) -> SaidCondition:
        clauses = self.named.shortened(node, [each.clauses for each in parts])
        return SaidCondition(
            text="",
            clauses=joined(clauses, word),
            source=parts[0].source,
            area=any(each.area for each in parts),
        )

    def _not(self, node: exp.Expr) -> SaidCondition:
        """Return the opposite of a condition."""
        while isinstance(node, exp.Paren):
            node = node.this
        match node:
            case exp.Not():
                return self._condition(node.this)
            case exp.Column():
                return self._compared(node.name, "no", ())
            case exp.Anonymous():
                return self._asked(node, "no")
            case exp.Is(expression=exp.Null()):
                return self._known(node)
            case exp.And() | exp.Or():
                return self._joined(
                    node,
                    [self._not(each) for each in node.flatten()],
                    "or" if isinstance(node, exp.And) else "and",
                )
            case _ if type(node) in _OPS and _OPS[type(node)] in _NOT:
                return self._comparison(node, _NOT[_OPS[type(node)]])
            case _:
                return self.named.opposite(self.say(node))

    def _is(self, node: exp.Is) -> SaidCondition:
        if isinstance(node.expression, exp.Boolean):
            return self._compared(
                self._name(node.this), "yes" if node.expression.this else "no", ()
            )
        if isinstance(node.this, exp.Anonymous):  # age(…) is null
            return _plain(words_of("column", "birth")["no"])
        known = self._known(node)
        clauses = self.named.known_clause(self._name(node.this), known=False)
        return replace(known, clauses=clauses or unknown(known.clauses), compares=None)

    def _known(self, node: exp.Is) -> SaidCondition:
        if isinstance(node.this, exp.Anonymous):
            return _plain(words_of("column", "birth")["yes"])
        return self._compared(self._name(node.this), "known", ())

    def _comparison(self, node: exp.Expr, op: Op) -> SaidCondition:
        left, right = self.sides.of(node.this), self.sides.of(node.expression)
        if not (left.name or left.call):
            left, right, op = right, left, _TURNED[op]
        if left.name and right.name:
            return self._two(left, op, right)
        if left.since:  # so many days between: so many days before
            op, left, right = _TURNED[op], Side(name=left.name), earlier(left.since, right)
        return self._about(left, op, constants([right], moved=left.days))

    def _two(self, left: Side, op: Op, right: Side) -> SaidCondition:
        """Return a comparison of two facts in words."""
        if left.days or right.days or left.since or right.since:
            raise NotSaid
        a, b = (side.name.replace("_", " ") for side in (left, right))
        return _plain(both("two", op, a=a, b=b))

    def _about(self, side: Side, op: Op, values: tuple[str, ...]) -> SaidCondition:
        if side.call is not None:
            return self._counted(side.call, op, values)
        if not side.name or side.since:
            raise NotSaid
        return self._compared(side.name, op, values)

    def _compared(self, name: str, op: Op, values: tuple[str, ...]) -> SaidCondition:
        """Return a comparison of a fact or a column in words."""
        kind = self._kind(name)
        if kind == "bool" and op == "eq":
            op, values = ("yes" if values[0].lower() == "true" else "no"), ()
        if kind == "bool" and values:
            raise NotSaid
        yes, no = clauses_of(self._words(name), kind)
        yes = self.named.value_clause(name, op, values) or yes
        clauses = said_with(
            no if op == "no" else yes,
            {each: phrase(kind, op, values, each) for each in LANGUAGES}
            if op not in ("yes", "no")
            else dict.fromkeys(LANGUAGES, ""),
        )
        if op == "known":
            clauses = self.named.known_clause(name, known=True) or clauses
        compares = Comparison(
            name=name, kind=kind, op=op, values=values, clauses=yes, no_clauses=no
        )
        return SaidCondition(
            text="",
            clauses=clauses,
            source="people",
            compares=compares if name in self.facts else None,
            area=name in AREA,
        )

    def _words(self, name: str) -> FactWords:
        if name in _COLUMNS:
            found = words_of("column", name)
            return FactWords(
                {
                    **{str(key): said for key, said in found["yes"].items()},
                    **{f"no_{key}": said for key, said in found.get("no", {}).items()},
                }
            )
        return described(name, self.words)

    def _kind(self, name: str) -> Kind:
        return _COLUMNS[name] if name in _COLUMNS else KINDS[self.facts[name]]

    def _asked(self, node: exp.Anonymous, key: str) -> SaidCondition:
        """Return a question that is a yes or no by itself, in words."""
        name = str(node.this).lower()
        first = self.sides.of(node.expressions[0]) if node.expressions else Side()
        if name == "has":
            return _plain(words_of("has", node.expressions[0].name.lower())[key])
        if name == "became":
            return replace(self._became(node, first.value, key), source="outcomes")
        found = words_of("asked", name).get(key)
        if found is None:
            raise NotSaid
        clauses = {
            language: said.replace("{name}", phrase("number", "eq", (first.value,), language))
            for language, said in found.items()
        }
        return _plain(clauses, _SOURCES.get(name, "ours"))

    def _became(self, node: exp.Anonymous, kind: str, key: str) -> SaidCondition:
        since = dict.fromkeys(LANGUAGES, "")
        if len(node.expressions) > 1:
            day = date.fromisoformat(self.sides.of(node.expressions[1]).value)
            since = {
                language: both("since", "day", day=written_day(day, language))[language]
                for language in LANGUAGES
            }
        found = words_of("became", kind)[key]
        return _plain(
            {language: said.replace("{since}", since[language]) for language, said in found.items()}
        )

    def _counted(self, call: exp.Anonymous, op: Op, values: tuple[str, ...]) -> SaidCondition:
        """Return a comparison of an age or of a number of open returns in words."""
        name = str(call.this).lower()
        if name == "age":
            yes = words_of("column", "age")["yes"]
            return _plain(
                {each: filled(yes[each], phrase("age", op, values, each)) for each in LANGUAGES}
            )
        if name != "open_returns":
            raise NotSaid
        asked = [self.sides.of(each).value for each in call.expressions]
        year = (
            both("open_returns", "year", year=asked[1])
            if len(asked) > 1
            else dict.fromkeys(LANGUAGES, "")
        )
        return SaidCondition(
            text="",
            clauses={
                each: both(
                    "open_returns",
                    asked[0] if asked else "all",
                    value=phrase("number", op, values, each),
                    year=year[each],
                )[each]
                for each in LANGUAGES
            },
            source="obligations",
        )

    def _name(self, node: exp.Expr) -> str:
        side = self.sides.of(node)
        if not side.name or side.days:
            raise NotSaid
        return side.name


def _plain(clauses: Any, source: Source = "people") -> SaidCondition:
    return SaidCondition(text="", clauses=dict(clauses), source=source)
