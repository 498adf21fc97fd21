"""Lists of forbidden words, as data with the pattern and the reason of each."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from stdnum.nl import bsn

from store.described_toml import parse_toml
from store.errors import BadInput
from store.sentences import Sentence
from templates.own_folder import SETTING, own_words

_FOLDER = Path(__file__).parent / "words"
_NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){8}(?!\d)")

ListName = Literal["outside", "text", "rights", "office"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A forbidden word found in a line."""

    word: str  # as it stands there
    why: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    pattern: re.Pattern[str]
    folded: bool  # whether the line is searched without capitals and accents
    holds: str  # letters that stand in every line it finds something in
    harmless: tuple[str, ...]
    why: str
    remedy: str


def search(line: str, name: ListName) -> Iterator[Hit]:
    """Yield every forbidden word in one line of text, each once.

    Capitals, accents, hyphens inside a phrase and invisible characters do not hide a word.
    """
    clear, plain = _visible(line), _folded(line)
    seen: set[str] = set()
    for rule in _rules(name, own_words(name)):
        searched = plain if rule.folded else clear
        if rule.holds not in searched:
            continue
        for found in rule.pattern.finditer(searched):
            word = found.group()
            if word not in seen and not any(harmless in word for harmless in rule.harmless):
                seen.add(word)
                yield Hit(word, rule.why, rule.remedy)
    if name == "outside":
        yield from _citizen_numbers(clear)


def all_words() -> set[str]:
    """Return every reason and remedy of the lists, in English."""
    rules = [rule for name in get_args(ListName) for rule in _rules(name, "")]
    return {text for rule in rules for text in (rule.why, rule.remedy)}


def holds(text: str, word: str) -> bool:
    """Say whether `text` holds a word as `search` found it."""
    return word in _folded(text) or word in _visible(text)


def _citizen_numbers(line: str) -> Iterator[Hit]:
    """Yield nine digits that pass the test of citizen numbers."""
    for found in _NINE_DIGITS.finditer(line):
        if bsn.is_valid(found.group()):
            why = Sentence("could be somebody's citizen number")
            remedy = Sentence("leave it out; the response code says which card this is")
            yield Hit(found.group(), why, remedy)


@cache
def _rules(name: ListName, own: str) -> tuple[_Rule, ...]:
    """Return the rules of a list, the body's own before the shipped ones, none of which it takes away."""
    shipped = (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    return (*_read_rules(own, name), *_read_rules(shipped, name))


def _read_rules(source: str, name: str) -> tuple[_Rule, ...]:
    file = f"words/{name}.toml"
    groups = parse_toml(source, file)
    try:
        return tuple(rule for group in groups.values() for rule in _rules_of(group))
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise BadInput(
            "is not a list of words",
            "write each list as ours: a remedy, and words with word, match and why",
            file=file,
            field=SETTING,
        ) from error


def _rules_of(group: dict[str, Any]) -> Iterator[_Rule]:
    for entry in group["words"]:
        pattern = re.compile(_word_pattern(entry["word"], entry["match"]))
        yield _Rule(
            pattern=pattern,
            folded=True,
            holds=entry["word"].split()[0],
            harmless=tuple(entry.get("but", ())),
            why=Sentence(entry["why"]),
            remedy=Sentence(group["remedy"]),
        )
    for entry in group.get("patterns", ()):
        yield _Rule(
            pattern=re.compile(entry["pattern"]),
            folded=False,
            holds="",
            harmless=(),
            why=Sentence(entry["why"]),
            remedy=Sentence(group["remedy"]),
        )


def _word_pattern(word: str, match: str) -> str:
    inner = r"[\s-]+".join(re.escape(step) for step in word.split())
    return {"anywhere": rf"\w*{inner}\w*", "start": rf"\b{inner}\w*", "word": rf"\b{inner}\b"}[
        match
    ]


def _visible(text: str) -> str:
    """Remove soft hyphens and other invisible characters."""
    return "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf"
    )


def _folded(text: str) -> str:
    """Remove accents and capitals too."""
    split = unicodedata.normalize("NFKD", _visible(text).casefold())
    return "".join(char for char in split if not unicodedata.combining(char))
