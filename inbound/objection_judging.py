"""Judge whether a message is an objection, may be one, or is none.

What is surely an objection stands in the phrases or in a rule of the table. What may be one is held until a person
has read it: a word of stopping or refusing that nothing excuses, a message that becomes an objection when one letter
is mended or words are separated, and a message in a language that is not read here.
"""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inbound.foreign_refusals import may_refuse
from inbound.objection_table import (
    BREAK,
    BREAKS,
    NUMERAL,
    QUESTION,
    Language,
    languages,
)
from inbound.stop_recognition import folded, is_stop, plain_words
from inbound.word_mending import mended_in_one_place

_CLAUSE = re.compile(
    r"([^.,;:!?\n\r\u061b\u061f\u060c…()\"“”]*)([.,;:!?\n\r\u061b\u061f\u060c…()\"“”]*)"
)
_QUESTIONS = frozenset("?\u061f")
_ELISION = re.compile(r"\b(qu|[cdjlmnst])['’](?=\w)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![^\W\d_])\d+(?![^\W\d_])")
_LONGEST = 600  # words
_CLOSING = re.compile(
    r" (?:mvg|met vriendelijke groet(?:en|)|vriendelijke groet(?:en|)|hartelijke groet(?:en|)"
    r"|groet(?:en|jes|)|hoogachtend|gr|(?:kind |best |)regards|chers|sincerely|mfg|grus(?:e|)"
    r"|mit freundlichen grusen|cordialement|bien a vous|saygilar(?:imla|)|pozdrawiam|з повагою"
    r"|с уважением|مع الشكر|تحياتي)(?: [^ |?]+){0,4} (?:\| (?:[^ |?]+ ){0,4})*$"
)
_OPENING = re.compile(
    r"^ (?:beste|geachte|dag|halo|hoi|hi|hey|helo|dear|goede(?:n|)(?:morgen|midag|avond)|god|met"
    r"|sehr geehrte|guten|bonjour|madame|merhaba|dzien dobry|добрии день|مرحبا)(?: [^ |?]+){0,4} \|"
)
_READ_SCRIPTS = re.compile(r"[a-z\u0400-\u04ff\u0600-\u06ff]")
_REFUSING_SIGNS = frozenset("✋🤚🖐❌🖕👎🙅")
_UNREADABLE, _SIGN = "a language that is not read here", "a sign that refuses"
_FEW = 4
_SOME = 3  # words of a message that show its language
_PHRASE = 12  # words of a message that may be a phrase
_NOUNS_IN_CAPITALS = frozenset({"de"})  # languages that write more than names so
_NAME = re.compile(r"(?<=[^\W_][,\s-])\s*([A-ZÀ-ÞА-ЯІЇЄҐ][^\WA-Z\d_]+)")
_EMPTY = re.compile(r"(?<=[|?]) \|")


class Judgement(StrEnum):
    """Result of judging a message."""

    OBJECTION = "objection"
    PERHAPS = "perhaps"  # may be an objection
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement, with the language and the rule that gave it."""

    judgement: Judgement
    language: str | None = None
    rule: str = ""


def judge(text: str) -> Judged:
    """Judge a message by the phrases, by the table, and at last by whether it can be read."""
    words = _words(text)
    if is_stop(text) or is_stop(_without_greetings(words)):
        return Judged(Judgement.OBJECTION, rule="a phrase")
    if found := _ruled(words):
        return found
    if found := _mended(text, words):
        return Judged(Judgement.PERHAPS, found.language, found.rule)
    if may_refuse(words) or _unreadable(text, words):
        return Judged(Judgement.PERHAPS, rule=_UNREADABLE)
    if not words and set(text) & _REFUSING_SIGNS:
        return Judged(Judgement.PERHAPS, rule=_SIGN)
    return Judged(Judgement.NONE)


def _mended(text: str, words: tuple[str, ...]) -> Judged | None:
    """Judge a message as it would be without one typing error."""
    spoken = _spoken(words)
    nouns = spoken and all(
        each.code in _NOUNS_IN_CAPITALS and _knows_some(words, each) for each in spoken
    )
    names = frozenset[str]() if nouns else _names(text)
    for one, parts in mended_in_one_place(words, spoken, names):
        if found := _ruled(one, parts):
            return found
        if len(one) <= _PHRASE and is_stop(_without_greetings(one)):
            return Judged(Judgement.PERHAPS, rule="a phrase")
    return None


def _knows_some(words: Sequence[str], language: Language) -> bool:
    return sum(language.knows(word) for word in words if word not in BREAKS) >= _SOME


def _words(text: str) -> tuple[str, ...]:
    """Return the plain words, with `|` between clauses and `?` after questions."""
    words: list[str] = []
    for clause, end in _CLAUSE.findall(_ELISION.sub(r"\1 ", text[: _LONGEST * 20])):
        words += [*_with_numerals(clause), QUESTION if set(end) & _QUESTIONS else BREAK]
        if len(words) > _LONGEST:
            break
    while words and words[-1] == BREAK:
        words.pop()
    return tuple(words)


def _names(text: str) -> frozenset[str]:
    """Return the words that are written as names are: with one capital, within a sentence."""
    return frozenset(word for name in _NAME.findall(text) for word in plain_words(name))


def _with_numerals(clause: str) -> Iterator[str]:
    for place, part in enumerate(_NUMBER.split(clause)):
        yield from [NUMERAL] * (place > 0)
        yield from plain_words(part)


def _ruled(words: Sequence[str], parts: int = 1) -> Judged | None:
    """Judge by the rules of at least so many parts."""
    spoken = {each.code: each for clause in _clauses(words) for each in _spoken(clause)}
    for judgement in (Judgement.OBJECTION, Judgement.PERHAPS):
        for language in spoken.values():
            rules = language.sure if judgement is Judgement.OBJECTION else language.doubt
            asked = {"questions": QUESTION in words, "asks": _asks(words, language)}
            for variant in _variants(words, language):
                spoken_in = _spoken_in(variant, language)
                atoms = _without_excuses([language.atoms(word) for word in spoken_in], language)
                present = frozenset[str]().union(*atoms)
                likely = (each for each in rules if present.issuperset(each.parts))
                likely = (each for each in likely if len(each.parts) >= parts)
                if rule := next((each for each in likely if each.fits(atoms, **asked)), None):
                    return Judged(judgement, language.code, rule.written)
    return None


def _asks(words: Sequence[str], language: Language) -> bool:
    """Return whether somebody asks, agrees or thanks."""
    return any("{asks}" in language.atoms(word) for word in words)


def _variants(words: Sequence[str], language: Language) -> Iterator[tuple[str, ...]]:
    """Yield a message as it came, without greetings, and without polite words."""
    bare = tuple(_without_greetings(words).split())
    kept = " ".join(word for word in bare if "{polite}" not in language.atoms(word))
    yield from dict.fromkeys((tuple(words), bare, tuple(_EMPTY.sub("", kept).strip("| ").split())))


def _without_greetings(words: Sequence[str]) -> str:
    return _OPENING.sub(" ", _CLOSING.sub(" ", f" {' '.join(words)} "))


def _spoken(words: Sequence[str]) -> list[Language]:
    """Return the languages that know three quarters as many words as the one that knows most."""
    known = [
        (sum(each.knows(word) for word in words if word not in BREAKS), each)
        for each in languages()
    ]
    most = max(count for count, _ in known)
    return [each for count, each in known if count and count * 4 >= most * 3]


def _spoken_in(words: Sequence[str], language: Language) -> list[str]:
    """Return the words, without the clauses that are in another language."""
    kept: list[str] = []
    for clause in _clauses(words):
        kept += clause if language in _spoken(clause) else clause[-1:]
    return kept


def _clauses(words: Sequence[str]) -> Iterator[list[str]]:
    clause: list[str] = []
    for word in words:
        clause.append(word)
        if word in BREAKS:
            yield clause
            clause = []
    if clause:
        yield [*clause, BREAK]


def _without_excuses(atoms: list[frozenset[str]], language: Language) -> list[frozenset[str]]:
    present = frozenset[str]().union(*atoms)
    for excuse in language.excused:
        if not present.issuperset(excuse.parts):
            continue
        while found := excuse.find(atoms):
            start, end = found
            atoms = [*atoms[:start], frozenset({BREAK}), *atoms[end:]]
    return atoms


def _unreadable(text: str, words: Sequence[str]) -> bool:
    """Return whether a message of several words is in a script or language that is not read here."""
    letters = [char for char in folded(text) if char.isalpha()]
    foreign = [char for char in letters if not _READ_SCRIPTS.match(char)]
    if len(foreign) * 2 > len(letters):
        return True
    spoken = [word for word in words if word not in BREAKS]
    named = sum(word.istitle() for word in text.split())
    if len(spoken) < _FEW or named * 2 > len(spoken) or any(char.isdigit() for char in text):
        return False
    known = max(sum(map(each.knows, spoken)) for each in languages())
    return known * 3 < len(spoken)
