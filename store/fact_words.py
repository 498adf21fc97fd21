"""Descriptions of facts, as clauses to be read to a citizen, in Dutch and English."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from store.errors import BadInput
from store.sentences import Sentence
from store.written_dates import Language

VALUE = "{value}"
LONGEST = 200
KEYS = ("nl", "en", "no_nl", "no_en")
_NO = "no_"


@dataclass(frozen=True, slots=True)
class FactWords:
    """The description of one fact, by `nl`, `en`, `no_nl` and `no_en`.

    Each is a clause that follows "omdat" or "because" and holds {value} at most once.
    """

    by_key: Mapping[str, str]

    def clause(self, language: Language) -> str:
        """Return the clause that says the fact."""
        return self.by_key[language]

    def no_clause(self, language: Language) -> str | None:
        """Return the clause for a yes or no that is no, if it was described."""
        return self.by_key.get(_NO + language)


def described(
    name: str, given: Mapping[str, Mapping[str, str]], *, past: bool = False
) -> FactWords:
    """Return the description of a fact: as given, as Kaartje knows it, or made from its name."""
    return FactWords(
        {**_made_from(name, past=past), **_known().get(name, {}), **given.get(name, {})}
    )


def is_described(name: str, given: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether a fact has a description of its own, given or known to Kaartje."""
    return name in given or name in _known()


def quoted(name: str) -> str:
    """Return the name of a fact as sentences quote it."""
    return f"“{name.replace('_', ' ').strip()}”"


def check_words(name: str, words: Mapping[str, str]) -> None:
    """Refuse a description that cannot be filled in.

    Raises:
        BadInput: It lacks a language, has an unknown key, is too long, or holds other braces than {value}.
    """
    if unknown := [key for key in words if key not in KEYS]:
        raise BadInput(
            Sentence("{unknown} is not a known key of a description", unknown=unknown[0]),
            Sentence("write {keys}", keys=", ".join(KEYS)),
            field=name,
        )
    if missing := [key for key in ("nl", "en") if not words.get(key)]:
        raise BadInput(
            Sentence("is not described in Dutch")
            if missing[0] == "nl"
            else Sentence("is not described in English"),
            Sentence("add {missing}: …", missing=missing[0]),
            field=name,
        )
    for text in words.values():
        _check_text(name, text)


def _check_text(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise BadInput(
            Sentence("its description is longer than {longest} characters", longest=LONGEST),
            "shorten it",
            field=name,
        )
    if text.count(VALUE) > 1 or set("{}") & set(text.replace(VALUE, "")):
        raise BadInput(
            Sentence("{text!r} holds other braces than one {value}", text=text[:60], value=VALUE),
            Sentence("write for instance: u {value} jaar geen aangifte deed", value=VALUE),
            field=name,
        )


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("store").joinpath("fact_words.toml").read_text("utf-8"))


def _made_from(name: str, *, past: bool) -> Mapping[str, str]:
    """Return the description of a fact that nobody described."""
    verb = "was" if past else "is"  # the same word in Dutch and in English
    return {"nl": f"{quoted(name)} {VALUE} {verb}", "en": f"{quoted(name)} {verb} {VALUE}"}
