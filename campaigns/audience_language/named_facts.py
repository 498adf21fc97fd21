"""Clauses about a fact that nobody described, made from its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import expressions as exp

from campaigns.audience_language.condition_sentences import (
    Clause,
    Kind,
    Op,
    SaidCondition,
    both,
    clauses_of,
    phrase,
    said_with,
    say,
    words_of,
)
from store.fact_words import described, is_described, quoted
from store.written_dates import LANGUAGES

_SURELY_PAST: frozenset[Op] = frozenset({"eq", "le", "lt", "in", "between"})


@dataclass(frozen=True, slots=True)
class NamedFacts:
    """Facts that are said by their names.

    Attributes:
        kinds: The kind of value of every fact.
        words: The descriptions that were given, by name.
        today: The day by which a date is past.
    """

    kinds: Mapping[str, Kind]
    words: Mapping[str, Mapping[str, str]]
    today: date

    def has(self, name: str) -> bool:
        """Return whether a name is that of a fact without a description."""
        return name in self.kinds and not is_described(name, self.words)

    def known_clause(self, name: str, *, known: bool) -> Clause | None:
        """Return the clause that says whether a fact or a column is known, or None for the usual one."""
        key = "known" if known else "unknown"
        if self.has(name):
            return both("named", key, name=quoted(name))
        return words_of("column", name).get(key)

    def opposite(self, said: SaidCondition) -> SaidCondition:
        """Return a condition with a "not" where it belongs in the sentence."""
        mine = said.compares
        if mine is None or not mine.values or not self.has(mine.name):
            clauses = {
                each: both("join", "not", clause=said.clauses[each])[each] for each in LANGUAGES
            }
        else:
            values = {
                each: say("named", "not", each, value=phrase(mine.kind, mine.op, mine.values, each))
                for each in LANGUAGES
            }
            clauses = dict(said_with(mine.clauses, values))
        return replace(said, clauses=clauses, compares=None)

    def value_clause(self, name: str, op: Op, values: Sequence[str]) -> Clause | None:
        """Return the clause of a day that is past, or None where the usual one is right."""
        past = op in _SURELY_PAST and all(each < self.today.isoformat() for each in values)
        if not (self.has(name) and self.kinds[name] == "day" and values and past):
            return None
        return clauses_of(described(name, self.words, past=True), "day")[0]

    def shortened(self, node: exp.Expr, clauses: Sequence[Clause]) -> list[Clause]:
        """Return clauses that all say one fact, which only the first of them names."""
        names = {each.name for each in node.find_all(exp.Column)} - {"today"}
        (name, *more) = names or {""}
        if more or not self.has(name) or self.kinds[name] == "bool" or node.find(exp.Anonymous):
            return list(clauses)
        it = both("named", "it")
        first, *others = clauses
        return [
            first,
            *(
                {
                    language: each[language].replace(quoted(name), it[language])
                    for language in LANGUAGES
                }
                for each in others
            ),
        ]


def unknown(known: Clause) -> Clause:
    """Return the clause that says that it is not known whether another holds."""
    return {each: say("join", "unknown", each, clause=known[each]) for each in LANGUAGES}
