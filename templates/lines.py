"""Spoken sentences of the free phone line, one file for each language, ours or the body's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Self

from store.described_toml import parse_toml, read_text
from store.errors import BadInput
from store.sentences import Sentence
from templates.foreign_words import foreign_words
from templates.lists import search

_SHIPPED = Path(__file__).parent / "line"
FALLBACK = "nl"
_NO_ENTRY = "the free line's words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """The sentences of one language."""

    language: str  # ISO 639-1
    spoken: str  # as the provider's voices are named: nl-NL
    choose: str
    music: str
    words: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return one sentence, filled in."""
        return self.words[key].format(**values)

    def choosing(self, key: int) -> str:
        """Return the sentence that offers this language, in that language."""
        return self.choose.format(key=key)


@dataclass(frozen=True, slots=True)
class Lines:
    """The sentences of every language that callers may choose, in order."""

    speeches: Mapping[str, Speech]

    @classmethod
    def read(cls, languages: tuple[str, ...], own: Path | None = None) -> Self:
        """Read the sentences of these languages.

        A file of the body's own overrides our sentences.

        Args:
            languages: ISO 639-1, in the order in which they are offered.
            own: a folder with nl.toml, tr.toml, ...; None: only what we ship.

        Raises:
            BadInput: a language has no words, or a file is wrong; says which, and what to write.
        """
        read = _speech if own else _of_ours
        return cls({language: read(language, own) for language in languages})

    def of(self, language: str | None) -> Speech:
        """Return the sentences of a language, or those of the first where we have none of it."""
        return self.speeches.get(language or "") or next(iter(self.speeches.values()))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in the order in which they are offered."""
        return tuple(self.speeches)


@cache
def _of_ours(language: str, _own: None) -> Speech:
    return _speech(language, None)


def _speech(language: str, own: Path | None) -> Speech:
    shipped = _document(_SHIPPED / f"{language}.toml")
    file = own / f"{language}.toml" if own else None
    own_words = _document(file) if file else {}
    if not (shipped or own_words):
        remedy = Sentence(
            "write {language}.toml in a folder and name it in KAARTJE_VOICE_WORDS",
            language=language,
        )
        raise BadInput(
            Sentence("there are no words for {language!r}", language=language),
            remedy,
            field="KAARTJE_VOICE_LANGUAGES",
        )
    merged = {**shipped, **own_words, "say": {**shipped.get("say", {}), **own_words.get("say", {})}}
    return _checked(language, merged, str(file) if own_words else _NO_ENTRY)


def _document(file: Path) -> dict[str, Any]:
    return parse_toml(read_text(file), str(file)) if file.is_file() else {}


def _checked(language: str, document: Mapping[str, Any], file: str) -> Speech:
    """Refuse sentences that leave a caller without an answer or hold a forbidden word."""
    for name in ("spoken", "choose"):
        if not isinstance(document.get(name), str):
            raise BadInput("is missing", 'write it as spoken = "nl-NL"', file=file, field=name)
    words = document["say"]
    for key, fields in _wanted().items():
        sentence = words.get(key)
        if not isinstance(sentence, str) or not sentence.strip():
            raise BadInput(
                "is not said",
                "every sentence is needed: a caller may come there",
                file=file,
                field=Sentence("say.{key}", key=key),
            )
        if odd := _fields(sentence, file, key) - fields:
            raise BadInput(
                Sentence("asks for {odd}", odd=sorted(odd)),
                Sentence("it may say {fields}", fields=sorted(fields) or Sentence("no field")),
                file=file,
                field=key,
            )
        _check_words(language, sentence, file=file, key=key)
    return Speech(
        language=language,
        spoken=document["spoken"],
        choose=document["choose"],
        music=str(document.get("music", "")),
        words=dict(words),
    )


def _check_words(language: str, sentence: str, *, file: str, key: str) -> None:
    place = Sentence("say.{key}", key=key)
    for hit in search(sentence, "outside"):
        problem = Sentence("says {word!r}, which {why}", word=hit.word, why=hit.why)
        raise BadInput(problem, hit.remedy, file=file, field=place)
    for word, _other in foreign_words(sentence, language):
        problem = Sentence("says {word!r}, a word of another language", word=word)
        raise BadInput(problem, "write it in the language of the file", file=file, field=place)


@cache
def _wanted() -> Mapping[str, frozenset[str]]:
    """Return the sentences there are with the fields of each, as in our Dutch ones."""
    ours = _document(_SHIPPED / f"{FALLBACK}.toml")["say"]
    return {key: _fields(sentence, f"{FALLBACK}.toml", key) for key, sentence in ours.items()}


def _fields(sentence: str, file: str, key: str) -> frozenset[str]:
    try:
        return frozenset(
            field for _, field, _, _ in Formatter().parse(sentence) if field is not None
        )
    except ValueError:
        raise BadInput(
            "has a brace too many",
            "write fields as {line}",
            file=file,
            field=Sentence("say.{key}", key=key),
        ) from None
