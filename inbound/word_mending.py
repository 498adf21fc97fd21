"""Mend one typing error of a message, in every way that gives a key word.

An error is a letter left out, added, changed or swapped with its neighbour, a space left out or added. Words are
compared without doubled letters, so an error may also make two letters one ("gegeens" for "gegevens").
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

from inbound.objection_table import BREAKS, NUMERAL, Language, languages
from inbound.stop_recognition import phrase_words, without_doubles

_SHORT = 5  # letters of a key word below which only the languages of the message count
_STEM = 5  # letters of the beginning of words, of which any rest may follow
_LITTLE = 2  # letters that may follow a shorter one
_WITH_UNKNOWN = 5  # letters of a key word that may be run together with an unknown word
_LONG_KNOWN = 9  # letters of a word that may be wrong although its beginning is known
_WEAK = 4  # letters of a key word that is taken for one only where it makes a rule with another
_FEW = 3  # words of a message of which each matters
_STRONG = frozenset({"stop", "стоп"})  # short words that are enough
_REFUSAL = 3  # letters of a word of refusal that was run together with an unknown word
_REACH = 25  # words on either side with which a word may make a rule
_JOINED = 5  # letters of a key word that was written as two words that are right
_WORDS = 20_000  # of messages, of which what they may stand for is kept

Words = tuple[str, ...]


def mended_in_one_place(
    words: Sequence[str], spoken: Sequence[Language], names: Collection[str] = ()
) -> Iterator[tuple[Words, int]]:
    """Yield the words with one typing error mended, in a word or in the space between two.

    Each comes with the parts that a rule must have to count: a short word is not enough for a
    longer message. Words that the languages
    of the message know are right, and stay.
    """
    known, long = tuple(spoken), len(words) > _FEW
    for place, word in enumerate(words):
        if word in BREAKS or word == NUMERAL:
            continue
        before, behind = _around(words, place)
        if not (word in names or _right(word, known)):
            for mended in _mendings(word, known):
                yield (*before, *mended, *behind), _parts(mended, long=long)
        if behind and behind[0] not in BREAKS and behind[0] != NUMERAL:
            for joined in _joined(word, behind[0], known):
                yield (*before, joined, *behind[1:]), _parts((joined,), long=long)


def _around(words: Sequence[str], place: int) -> tuple[Words, Words]:
    """Return the words before and behind one, as far as a rule may reach in a long message."""
    reach = _REACH if len(words) > 2 * _REACH else len(words)
    return tuple(words[max(0, place - reach) : place]), tuple(words[place + 1 : place + 1 + reach])


def _parts(mended: Words, *, long: bool) -> int:
    """Return of how many parts a rule must be to count for a message with these words mended."""
    if any(word in _STRONG or _is_long_key(word) for word in mended):
        return 1
    return 2 if long or all(len(word) < _WEAK for word in mended) else 1


def _is_long_key(word: str) -> bool:
    stems = (f"{word[:end]}*" for end in range(_STEM, len(word) + 1))
    return (len(word) > _WEAK and word in _keys()) or any(stem in _keys() for stem in stems)


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


def _right(word: str, spoken: Sequence[Language]) -> bool:
    if any(word in each.exact or word in each.begins for each in spoken):
        return True
    return len(word) < _LONG_KNOWN and _begins_known(word, spoken)


def _begins_known(word: str, spoken: Sequence[Language]) -> bool:
    stems = (word[:end] for end in range(_STEM, len(word)))
    return any(stem in each.begins for stem in stems for each in spoken)


@lru_cache(maxsize=_WORDS)
def _mendings(word: str, spoken: tuple[Language, ...]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys((*_near(word, spoken), *_apart(word, spoken))))


@cache
def _keys() -> dict[str, tuple[Language, ...]]:
    """Return the key words, `*` kept behind them, each with its languages."""
    keys: dict[str, tuple[Language, ...]] = defaultdict(tuple)
    for language in languages():
        for key in language.keys:
            keys[key.lstrip("*")] += (language,)
    for word in phrase_words():
        keys[word] += ()
    return {key: found for key, found in keys.items() if len(key.strip("*")) > 1}


@cache
def _index() -> dict[str, frozenset[str]]:
    """Return the key words by what is left of them without one letter, or with two swapped."""
    index: dict[str, set[str]] = defaultdict(set)
    for key in _keys():
        bare = key.rstrip("*")
        for rest in (*_shorter(bare), *_misspelled(bare)):
            index[rest].add(key)
    return {rest: frozenset(found) for rest, found in index.items()}


def _shorter(word: str) -> Iterator[str]:
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def _swapped(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


@cache
def _misspelled(word: str) -> frozenset[str]:
    """Return how a word is compared when an error makes two of its letters one."""
    return frozenset(map(without_doubles, (*_shorter(word), *_swapped(word))))


def _near(word: str, spoken: Sequence[Language]) -> Iterator[Words]:
    """Yield the key words that are one error from a word, or from its beginning."""
    for end in range(len(word), 0, -1):
        begins, rest = word[:end], word[end:]
        for key in sorted({key for each in _shorter(begins) for key in _index().get(each, ())}):
            bare = key.rstrip("*")
            if _counts(key, spoken) and _may_follow(rest, key) and _one_error(begins, bare):
                yield (bare + rest,)
    for key in sorted({key for each in _misspelled(word) for key in _index().get(each, ())}):
        if key in _misspelled(word) and _counts(key, spoken):
            yield (key,)


def _may_follow(rest: str, key: str) -> bool:
    if not rest:
        return True
    return key.endswith("*") and (len(key) > _STEM or (len(rest) <= _LITTLE and len(key) > _LITTLE))


def _one_error(word: str, key: str) -> bool:
    return one_letter_apart(word, key) or word in _misspelled(key)


def _counts(key: str, spoken: Sequence[Language]) -> bool:
    """Return whether a key word may be meant: one of another language only in a word or two."""
    if any(each in _keys()[key] for each in spoken):
        return True
    return len(key.rstrip("*")) >= _SHORT and (not _keys()[key] or not spoken)


def _apart(word: str, spoken: Sequence[Language]) -> Iterator[Words]:
    """Yield the two words that were written as one, where they share a letter too."""
    for cut in range(1, len(word)):
        for one in (word[:cut], word[: cut + 1]):
            if _are_two(one, word[cut:], spoken):
                yield one, word[cut:]


def _are_two(one: str, other: str, spoken: Sequence[Language]) -> bool:
    """Return whether both are words, or one is and says enough beside one that is not known."""
    parts = (one, other)
    if all(
        len(part) > 1 and (_right(part, spoken) or _begins_known(part, spoken)) for part in parts
    ):
        return True
    if any(len(part) >= _WITH_UNKNOWN and part in _keys() for part in parts):
        return True
    refuses = any("{not}" in each.atoms(part) for part in parts for each in spoken)
    return refuses and all(len(part) >= _REFUSAL for part in parts)


def _joined(one: str, other: str, spoken: Sequence[Language]) -> Iterator[str]:
    """Yield the word that was written as two, or with a sign instead of one letter."""
    joined = without_doubles(one + other)
    if _right(one, spoken) and _right(other, spoken):
        if len(joined) >= _JOINED and joined in _keys():
            yield joined
        return
    if not _begins_within(one, joined, spoken):
        yield joined
    for key in sorted(_index().get(joined, ())):
        if len(key) >= _JOINED and key.startswith(one) and key.endswith(other):
            yield key


def _begins_within(one: str, joined: str, spoken: Sequence[Language]) -> bool:
    """Return whether the first of two words makes the joined word known, and not both."""
    stems = [end for end in range(1, len(joined)) if any(joined[:end] in s.begins for s in spoken)]
    return bool(stems) and max(stems) <= len(one) and joined not in _keys()
