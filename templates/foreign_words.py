"""Words of one language in a text that is written in another."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "small-words.toml"
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|[.?!:;\n]")
_IN_NAMES = frozenset({"den", "der", "ten", "ter", "of", "in", "'s", "'t", "et", "la", "le"})
"""Small words of names that stand in no list of a language."""
_LONG = 4  # letters: a shorter word is one of a third language too


def foreign_words(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield each word that is of another language than the text, with that language.

    A word inside a name does not count, as in "Dienst Werk en Inkomen" or "Van den Berg".

    Args:
        text: as rendered.
        language: ISO 639-1, of the text.
    """
    tokens = _TOKEN.findall(text)
    named = _in_names(tokens, language)
    own = _words().get(language)
    for at, token in enumerate(tokens):
        plain = token.casefold()
        if at in named or (own is None and len(plain) < _LONG) or plain in (own or ()):
            continue
        for other, words in _words().items():
            if other != language and plain in words:
                yield token, other


def says_own_words(text: str, language: str) -> bool:
    """Say whether a text holds a small word of its own language."""
    own = _words().get(language, frozenset())
    return any(token.casefold() in own for token in _TOKEN.findall(text))


def _in_names(tokens: list[str], language: str) -> set[int]:
    """Return the places of the words that belong to a name of two capitals or more."""
    inside: set[int] = set()
    first = last = None
    for at, token in enumerate(tokens):
        if token[0].isupper() and token.casefold() not in _days():
            if first is not None:
                inside |= set(range(first, at + 1))
            first, last = at if first is None else first, at
        elif last is None or not (_is_small(token, language) and at - last <= len(_IN_NAMES)):
            first = last = None
    return inside


def _is_small(token: str, language: str) -> bool:
    """Say whether a word can stand inside a name: no word of the text around it can."""
    lists = [words for of, words in _words().items() if of != language]
    return token in _IN_NAMES or any(token in words for words in lists)


@cache
def _words() -> dict[str, frozenset[str]]:
    """Return the small words by language."""
    lists = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        language: frozenset([*each["words"], *each["days"]]) for language, each in lists.items()
    }


@cache
def _days() -> frozenset[str]:
    """Return the days and months of every language."""
    lists = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return frozenset(day for each in lists.values() for day in each["days"])
