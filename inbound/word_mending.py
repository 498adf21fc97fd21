"""Mend words of a message that are one letter from a key word, or run together."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from inbound.objection_table import BREAKS, NUMERAL, languages

_SHORTEST = 5  # letters of a key word that may be misspelled
_LONG = 6  # letters of an unknown word that is mended alone
_LONG_KNOWN = 9  # letters of one that begins as a word that is known
_SHORT = frozenset({"stop", "niet", "gen", "kein", "стоп"})  # shorter ones that matter most
_LONGEST_REST = 4  # letters that may follow the beginning of a word within words that run together


def mended(words: Sequence[str], names: Collection[str] = ()) -> tuple[str, ...]:
    """Return the words with each unknown one replaced by the key word or words it stands for."""
    return tuple(part for word in words for part in ([word] if word in names else _mended(word)))


def mended_in_one_place(
    words: Sequence[str], names: Collection[str] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the words with one long word replaced by a key word that is one letter from it.

    The others stay, since mending a word that is right may hide what the message says.
    """
    for place, word in enumerate(words):
        long = _LONG_KNOWN if _known(word) else _LONG
        if len(word) < long or word in BREAKS or word in names:
            continue
        for key in sorted({key for each in _shorter(word) for key in _index().get(each, ())}):
            if one_letter_apart(word, key):
                yield (*words[:place], key, *words[place + 1 :])


def _mended(word: str) -> list[str]:
    if word in BREAKS or word == NUMERAL or _known(word):
        return [word]
    return _apart(word) or [_near(word) or word]


def _known(word: str) -> bool:
    return any(each.knows(word) for each in languages())


@cache
def _keys() -> dict[str, bool]:
    """Return the key words of all languages, and whether each is only the beginning of words."""
    found = (word for each in languages() for word in each.keys)
    return {word.strip("*"): word.endswith("*") for word in found if len(word.strip("*")) > 1}


@cache
def _index() -> dict[str, frozenset[str]]:
    """Return the key words by what is left of them without one letter."""
    index: dict[str, set[str]] = defaultdict(set)
    for word in _keys():
        if len(word) >= _SHORTEST or word in _SHORT:
            for rest in _shorter(word):
                index[rest].add(word)
    return {rest: frozenset(found) for rest, found in index.items()}


def _shorter(word: str) -> Iterator[str]:
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def _near(word: str) -> str | None:
    """Return the key word that is one letter from a word, or from its beginning."""
    for end in range(len(word), _SHORTEST - 3, -1):
        begins, rest = word[:end], word[end:]
        candidates = {key for each in _shorter(begins) for key in _index().get(each, ())}
        for key in sorted(candidates):
            if (not rest or (_keys()[key] and len(key) >= _SHORTEST)) and one_letter_apart(
                begins, key
            ):
                return key + rest
    return None


def one_letter_apart(one: str, other: str) -> bool:
    """Return whether two words differ by one letter added, left out, changed or swapped."""
    if one == other:
        return True
    if len(one) > len(other):
        one, other = other, one
    place = next((i for i, char in enumerate(one) if char != other[i]), len(one))
    if len(other) > len(one):
        return one[place:] == other[place + 1 :]
    swapped = one[place : place + 2] == other[place : place + 2][::-1]
    return one[place + 1 :] == other[place + 1 :] or (
        swapped and one[place + 2 :] == other[place + 2 :]
    )


def _apart(word: str) -> list[str] | None:
    """Return the known words of which a word consists, where it consists of several."""
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - 20), end - 1):
            before, part = best[start], word[start:end]
            if before is not None and _is_part(part) and _fewer(before, best[end]):
                best[end] = [*before, part]
    found = best[len(word)]
    return found if found and len(found) > 1 else None


def _fewer(before: list[str], known: list[str] | None) -> bool:
    return known is None or len(before) + 1 < len(known)


@cache
def _wholes() -> frozenset[str]:
    return frozenset(word for each in languages() for word in each.exact)


def _is_part(part: str) -> bool:
    if part in _wholes():
        return True
    stems = (part[: len(part) - rest] for rest in range(_LONGEST_REST))
    return any(len(stem) >= _SHORTEST - 1 and _keys().get(stem, False) for stem in stems)
