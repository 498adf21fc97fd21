"""Recognise "stop" in any spelling.

When in doubt it is a stop, since a person can lift it and nobody can unsend.

Whole messages count, and so does a clause of its own ("Wat is dit? STOP!"). A word within a sentence does not,
because a question about stopping needs an answer. The name of a legal remedy ("bezwaar", "Widerspruch") does not
count either, since it may be about an assessment.
"""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import re
import unicodedata
from functools import cache

from inbound.stop_phrases import ALONE, NEGATIONS, POLITE, SURE

_SIGNS = {"🛑": " stop ", "⛔": " stop ", "🚫": " stop "}
# white letters in black circles and squares, and the letters of flags: no rule of Unicode says which letters they are
_FANCY = {
    start + place: chr(ord("a") + place)
    for start in (0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
}
_LETTERS = (
    str.maketrans(
        {"ı": "i", "ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "ى": "ي", "ة": "ه", **_SIGNS}
    )
    | _FANCY
)
_CLAUSE = re.compile(r"[.,;:!?\n\r\u061b\u061f\u060c…()\"“”]+")
_TWICE = re.compile(r"(.)\1+")
_ZERO = re.compile(r"(?<=[a-z])0(?=[a-z])")  # st0p: the key beside the o
_PART = re.compile(r"[(|)]|[^(|)]+")


def plain_words(text: str) -> list[str]:
    """Return the words of a text, without accents, signs, capitals and repeated letters."""
    words = re.findall(r"[^\W\d_]+", _ZERO.sub("o", folded(text)))
    return [without_doubles(word) for word in _spelled(words)]


def without_doubles(word: str) -> str:
    """Return a word with each repeated letter once."""
    return _TWICE.sub(r"\1", word)


def folded(text: str) -> str:
    """Return a text without accents, capitals and apostrophes, in plain letters."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    kept = "".join(
        c
        for c in apart
        if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Lm"} and c not in "'’`ـ"
    )
    return kept.translate(_LETTERS)


def _spelled(words: list[str]) -> list[str]:
    """Join single letters, so that "s t o p" is "stop"."""
    joined: list[str] = []
    was_letter = False
    for word in words:
        letter = len(word) == 1
        if letter and was_letter:
            joined[-1] += word
        else:
            joined.append(word)
        was_letter = letter
    return joined


def phrases(*lines: str) -> re.Pattern[str]:
    """Compile the phrases of these lines into one pattern, with words joined."""
    each = [line for group in lines for line in group.splitlines() if line.strip()]
    return re.compile("|".join(map(_phrase, each)))


def _phrase(line: str) -> str:
    # what stands between the brackets are letters only, so that nothing of it is a sign to the pattern
    words_of_phrase = (
        "(?:" if part == "(" else part if part in "|)" else "".join(plain_words(part))
        for part in _PART.findall(line)
    )
    return "".join(words_of_phrase)


@cache
def polite_words() -> frozenset[str]:
    """Return the polite words, as `plain_words` writes them."""
    return frozenset(plain_words(POLITE))


@cache
def phrase_words() -> frozenset[str]:
    """Return the words of the phrases that count anywhere, as `plain_words` writes them."""
    return frozenset(plain_words(SURE))


@cache
def _sure() -> re.Pattern[str]:
    return phrases(SURE)


@cache
def _alone() -> re.Pattern[str]:
    return phrases(SURE, ALONE)


def is_stop(text: str) -> bool:
    """Return whether a text asks us to stop."""
    if matches(text, _alone()):
        return True
    return any(matches(clause, _sure()) for clause in _CLAUSE.split(text))


def is_phrase(text: str) -> bool:
    """Return whether a text is, word for word, one of the phrases of this rule."""
    return bool(_alone().fullmatch("".join(plain_words(text))))


def matches(text: str, wanted: re.Pattern[str]) -> bool:
    """Return whether a whole text is one of these phrases, without polite words."""
    words = plain_words(text)
    # said three times is said once
    once = [word for place, word in enumerate(words) if place == 0 or word != words[place - 1]]
    bare = [word for word in once if word not in polite_words()]
    agreed = [
        word for word in bare if word not in NEGATIONS.split()
    ]  # "nee stop", but not "no more"
    variants = (words, once, bare, agreed, _without_spelled_politeness(once))
    return any(wanted.fullmatch("".join(words_of_phrase)) for words_of_phrase in variants)


def _without_spelled_politeness(words: list[str]) -> list[str]:
    """Remove a polite ending such as `aub` from words that were spelled out together."""
    if len(words) != 1:
        return []
    endings = (word for word in ("aub", "svp", "pls", "please") if words[0].endswith(word))
    return [words[0].removesuffix(next(endings, ""))]
