"""The table of words by which a message is judged.

A rule is a sequence of words and groups with up to three words between them. A message is compared word by word. A
`|` stands between its clauses and a `?` after its questions, and no rule reaches over them.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from inbound.stop_recognition import plain_words

NUMERAL = "9"
"""Stands for any number, in rules and in messages."""
BREAK, QUESTION = "|", "?"
BREAKS = frozenset({BREAK, QUESTION})
"""What stands between the clauses of a message."""
_FILE = Path(__file__).with_name("objections.toml")
_RULES = ("excused", "sure", "doubt")
_STRONG, _WHOLE, _NO_QUESTION, _CALM, _REST = "!", "=", "?", "~", "*"
_MARKS = _STRONG + _WHOLE + _NO_QUESTION + _CALM
_ATOM = re.compile(r"\{\w+\}|[^\s-]+")
_REACHES = ("{send}", "{call}", "{about}")
_GAP = 3
_WORDS = 50_000  # of messages, of which what they are is kept

Atoms = Sequence[frozenset[str]]
"""For each word of a message, the groups and words of the table that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the table."""

    written: str
    parts: tuple[str, ...]  # groups, and words as they are compared
    tight: tuple[bool, ...]  # for each part, whether nothing stands before it
    kept_out: frozenset[str] = frozenset()  # what may not stand between the parts

    def fits(self, atoms: Atoms, *, questions: bool, asks: bool) -> bool:
        """Return whether a message holds this rule."""
        if (self.written[0] == _NO_QUESTION and questions) or (self.written[0] == _CALM and asks):
            return False
        return self.find(atoms) is not None

    def find(self, atoms: Atoms) -> tuple[int, int] | None:
        """Return where the rule begins and ends in a message, if it does."""
        whole = self.written[0] == _WHOLE
        for start, word in enumerate(atoms[:1] if whole else atoms):
            if self.parts[0] in word:
                end = self._end(atoms, start + 1, 1)
                if end is not None and not (
                    whole and any(BREAK not in each for each in atoms[end:])
                ):
                    return start, end
        return None

    def _end(self, atoms: Atoms, place: int, part: int) -> int | None:
        """Return where the parts from one on end, with the first of them at a place or behind it."""
        if part == len(self.parts):
            return place
        furthest = place if self.tight[part] or self.written[0] == _WHOLE else place + _GAP
        for here in range(place, min(furthest + 1, len(atoms))):
            if self.parts[part] in atoms[here]:
                end = self._end(atoms, here + 1, part + 1)
                if end is not None:
                    return end
            if BREAK in atoms[here] or not self.kept_out.isdisjoint(atoms[here]):
                return None
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """The words and rules of one language."""

    code: str
    exact: dict[str, frozenset[str]]  # the groups and words that a word is
    begins: dict[str, frozenset[str]]  # and what a word is by its beginning
    ends: dict[str, frozenset[str]]  # and by its end
    keys: frozenset[str]  # words that a rule uses, `*` for the rest of a word
    excused: tuple[Rule, ...]
    sure: tuple[Rule, ...]
    doubt: tuple[Rule, ...]

    def knows(self, word: str) -> bool:
        """Return whether a word stands in the table."""
        return bool(self.atoms(word))

    def atoms(self, word: str) -> frozenset[str]:
        """Return the groups and words of the table that a word is."""
        return _atoms(self, word)


@lru_cache(maxsize=_WORDS)
def _atoms(language: Language, word: str) -> frozenset[str]:
    if word in BREAKS:
        return frozenset({BREAK, *language.exact.get(word, ())})
    found = set(language.exact.get(word, ()))
    for cut in range(len(word) + 1):
        found.update(language.begins.get(word[:cut], ()), language.ends.get(word[cut:], ()))
    return frozenset(found)


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages of the table."""
    table = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(_language(code, rows) for code, rows in table.items())


def _language(code: str, rows: dict[str, str]) -> Language:
    groups = {f"{{{name}}}": _group(text) for name, text in rows.items() if name not in _RULES}
    rules = {name: [_rule(line) for line in _lines(rows[name])] for name in _RULES}
    parts = {part for some in rules.values() for rule in some for part in rule.parts}
    single = {part for part in parts if part not in groups}
    meanings = _meanings({**groups, **{part: (part,) for part in single}})
    return Language(
        code=code,
        exact={word: names for word, names in meanings.items() if _REST not in word},
        begins={w[:-1]: names for w, names in meanings.items() if w.endswith(_REST)},
        ends={w[1:]: names for w, names in meanings.items() if w.startswith(_REST)},
        keys=frozenset(single.union(*(groups[part] for part in parts if part in groups))),
        excused=tuple(_excuse(rule) for rule in rules["excused"]),
        sure=tuple(rules["sure"]),
        doubt=tuple(rules["doubt"]),
    )


def _meanings(groups: dict[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, words in groups.items():
        for word in words:
            found[word].add(name)
    return {word: frozenset(names) for word, names in found.items()}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _group(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split() for word in _written(part))


def _written(part: str) -> list[str]:
    """Return a word of the table as messages are compared, `*` kept where it stands."""
    if part in (NUMERAL, QUESTION):
        return [part]
    words = plain_words(part)
    if len(words) != 1:
        return words
    return [f"{_REST * part.startswith(_REST)}{words[0]}{_REST * part.endswith(_REST)}"]


def _rule(line: str) -> Rule:
    parts: list[str] = []
    tight: list[bool] = []
    for chunk in line.lstrip(_MARKS).split():
        each = [p for a in _ATOM.findall(chunk) for p in ([a] if a[0] == "{" else _written(a))]
        tight += [place > 0 for place in range(len(each))]
        parts += each
    return Rule(written=line, parts=tuple(parts), tight=tuple(tight))


def _excuse(rule: Rule) -> Rule:
    """Return a rule between whose parts stands no word of contact."""
    more = () if rule.written[0] == _STRONG else ("{more}",)
    kept_out = frozenset((*_REACHES, *more)) - set(rule.parts)
    return Rule(written=rule.written, parts=rule.parts, tight=rule.tight, kept_out=kept_out)
