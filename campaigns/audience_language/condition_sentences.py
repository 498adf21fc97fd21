"""Conditions of an audience as clauses to be read to a citizen.

Nothing here parses the audience language, so a command that only reads loads no parser.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from store.fact_words import VALUE, FactWords
from store.written_dates import LANGUAGES, Language, written_day

Op = Literal["eq", "ge", "gt", "le", "lt", "between", "in", "known", "yes", "no"]
Kind = Literal["number", "day", "text", "bool", "age"]
Source = Literal["people", "obligations", "outcomes", "ours", "lot"]
Clause = Mapping[Language, str]

KINDS: Mapping[str, Kind] = {
    "int": "number",
    "decimal": "number",
    "date": "day",
    "text": "text",
    "bool": "bool",
}
"""The kind of value of each type of fact."""
AREA = frozenset({"town", "postcode"})
"""Columns that would give a secret address away."""
MOST_LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A condition on one fact or column that can be tried on one person.

    Attributes:
        name: The fact or the column.
        kind: What kind of value it has.
        op: How it compares.
        values: What with; a day as 2023-06-01, a number as digits.
        clauses: How the value of one person is said, with {value} in it.
        no_clauses: The same for a no, by language.
    """

    name: str
    kind: Kind
    op: Op
    values: tuple[str, ...]
    clauses: Clause
    no_clauses: Clause

    def holds(self, value: object) -> bool | None:
        """Return whether it holds of a value, or None if that cannot be said."""
        if self.op == "known":
            return value is not None
        if value is None:
            return None
        if self.op in ("yes", "no"):
            return (value is True) == (self.op == "yes")
        try:
            return self._compares(self._number(value), [self._number(each) for each in self.values])
        except (InvalidOperation, ValueError):
            return None

    def _compares(self, mine: Any, theirs: Sequence[Any]) -> bool:
        match self.op:
            case "eq" | "in":
                return mine in theirs
            case "ge":
                return bool(mine >= theirs[0])
            case "gt":
                return bool(mine > theirs[0])
            case "le":
                return bool(mine <= theirs[0])
            case "lt":
                return bool(mine < theirs[0])
            case _:
                return bool(theirs[0] <= mine <= theirs[1])

    def _number(self, value: object) -> Any:
        return Decimal(str(value)) if self.kind == "number" else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidCondition:
    """One part of an audience in words: as it was written, as a clause, and where it is known from."""

    text: str
    clauses: Clause
    source: Source
    compares: Comparison | None = None
    area: bool = False  # whether it says something of somebody's address

    def for_person(self, language: Language, value: object) -> str:
        """Return the clause with the person's own value in it, where there is one."""
        mine = self.compares
        if mine is None or value is None:
            return self.clauses[language]
        if mine.kind == "bool":
            return (mine.clauses if value is True else mine.no_clauses)[language]
        return filled(mine.clauses[language], own_value(mine.kind, value, language))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values, for the database."""
        return asdict(self)


def said_conditions(stored: Iterable[Mapping[str, Any]] | None) -> tuple[SaidCondition, ...]:
    """Return conditions from their plain values."""
    return tuple(
        SaidCondition(
            **{
                **each,
                "compares": Comparison(**{**mine, "values": tuple(mine["values"])})
                if (mine := each["compares"])
                else None,
            }
        )
        for each in stored or ()
    )


def clauses_of(words: FactWords, kind: Kind) -> tuple[Clause, Clause]:
    """Return how a fact is said, and how it is said that it is not so."""
    yes = {language: words.clause(language) for language in LANGUAGES}
    if kind == "bool" and VALUE in yes["nl"]:
        said = [both("bool", key) for key in ("yes", "no")]
        return said_with(yes, said[0]), said_with(yes, said[1])
    no = {
        language: words.no_clause(language)
        or say("join", "not", language, clause=filled(yes[language], ""))
        for language in LANGUAGES
    }
    return yes, no


def fact_clause(type_: str, value: object, words: FactWords) -> Clause:
    """Return what is known of somebody as a clause in every language."""
    kind = KINDS[type_]
    yes, no = clauses_of(words, kind)
    if kind == "bool":
        return {each: filled((yes if value else no)[each], "") for each in LANGUAGES}
    return {each: filled(yes[each], own_value(kind, value, each)) for each in LANGUAGES}


def own_value(kind: Kind, value: object, language: Language) -> str:
    """Return one value as it is said in a clause: "3", "op 3 mei 2023", "Utrecht"."""
    return phrase(kind, "eq", (str(value),), language)


def phrase(kind: Kind, op: Op, values: Sequence[str], language: Language) -> str:
    """Return a comparison as it is said in a clause: "2 of meer", "op of vóór 3 mei 2023"."""
    said = [_written(kind, each, language) for each in values]
    if op == "in":
        # the preposition of a day stands once, before the list
        return say("day" if kind == "day" else "text", "eq", language, a=_listed(said, language))
    names = dict(zip("ab", said, strict=False))
    return say(kind, op, language, **names)


def filled(clause: str, value: str) -> str:
    """Return a clause with its value, or without it where there is none."""
    return " ".join(clause.replace("{value}", value).split()).rstrip(" :,")


def said_with(clauses: Clause, values: Clause) -> Clause:
    """Return a clause with its value, in every language."""
    return {language: filled(clauses[language], values[language]) for language in LANGUAGES}


def say(section: str, key: str, language: Language, **values: str) -> str:
    """Return the words of a section of condition_words.toml, filled in."""
    return str(_words()[section][key][language]).format(**values)


def words_of(section: str, key: str) -> Mapping[str, Clause]:
    """Return the clauses of a column or a question: `yes` and, where there is one, `no`."""
    found: Mapping[str, Clause] = _words()[section].get(key, {})
    return found


def both(section: str, key: str, **values: str) -> Clause:
    """Return the words of a section in every language."""
    return {language: say(section, key, language, **values) for language in LANGUAGES}


def joined(clauses: Sequence[Clause], word: Literal["and", "or"]) -> Clause:
    """Return several clauses as one."""
    return {
        language: f", {say('join', word, language)} ".join(each[language] for each in clauses)
        for language in LANGUAGES
    }


def _listed(values: Sequence[str], language: Language) -> str:
    if len(values) > MOST_LISTED:
        return say("join", "one_of_many", language, count=str(len(values)))
    *first, last = values
    return f"{', '.join(first)} {say('join', 'or', language)} {last}" if first else last


def _written(kind: Kind, value: str, language: Language) -> str:
    if kind == "day":
        try:
            return written_day(date.fromisoformat(value), language)
        except ValueError:
            return value
    if kind == "number":
        return written_number(value, language)
    return value


def written_number(value: str, language: Language) -> str:
    """Write "12.500,5" in Dutch and "12,500.5" in English, and text as it is."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    whole = number == number.to_integral_value()
    text = f"{int(number):,}" if whole else f"{number.normalize():,f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


@cache
def _words() -> Mapping[str, Any]:
    text = files("campaigns.audience_language").joinpath("condition_words.toml")
    return tomllib.loads(text.read_text("utf-8"))
