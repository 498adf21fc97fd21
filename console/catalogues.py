"""Catalogues of texts in Dutch and English, one .po file for each language and domain.

`kaartje.po` holds the texts of the command line and of errors, by their English; `console.po` holds the
texts of the console's pages, by key. They are read as they stand, so there is nothing to compile.
"""

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from store.errors import BadInput
from store.sentences import Sentence, Translate, Translation, in_english
from store.written_values import filled_in_dutch, filled_in_english

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Domain = Literal["kaartje", "console"]

_BETWEEN = re.compile(r"\n[ \t]*\n")
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t"}


@cache
def catalogue(language: Language, domain: Domain) -> dict[str, str]:
    """Return the texts of one domain in this language, by their msgid."""
    file = files("console").joinpath("locale", language, "LC_MESSAGES", f"{domain}.po")
    return read_catalogue(file.read_text("utf-8"))


def translation_to(language: Language) -> Translate:
    """Return a function that translates English texts into this language.

    A text without a translation stays English.
    """
    if language == "en":
        return in_english
    return Translation(_in_dutch, filled_in_dutch)


def page_translation_to(language: Language) -> Translate:
    """Return the same for a page or a report, where an English date is written out too."""
    if language == "en":
        return Translation(in_english, filled_in_english)
    return translation_to(language)


def _in_dutch(text: str) -> str:
    """Return the Dutch of an English text. Sentences of reasons stand in a table of their own."""
    return catalogue("nl", "kaartje").get(text) or _reasons().get(text, text)


@cache
def _reasons() -> dict[str, str]:
    from suppression.reasons import Reason

    return {each.sentence("en"): each.sentence("nl") for each in Reason}


def chosen_language(environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language that KAARTJE_LANGUAGE chooses, or that of the system if it is not set.

    Raises:
        BadInput: KAARTJE_LANGUAGE is not a language that we speak.
    """
    if chosen := environment.get("KAARTJE_LANGUAGE", "").strip():
        found = next((each for each in LANGUAGES if each == chosen), None)
        if found is None:
            raise BadInput(
                Sentence("{seen!r} is not a language of Kaartje", seen=chosen[:20]),
                "write nl or en",
                field="KAARTJE_LANGUAGE",
            )
        return found
    said = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "nl" if next(filter(None, said), "").lower().startswith("nl") else "en"


def read_catalogue(text: str) -> dict[str, str]:
    """Parse a .po file into its texts by msgid, without those that have no translation yet."""
    return {msgid: msgstr for msgid, msgstr in _pairs(text) if msgid and msgstr}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield msgid and msgstr of each entry, which blank lines part, but not of doubtful ones."""
    for block in _BETWEEN.split(text):
        if "#, fuzzy" not in block:
            lines = [line for line in block.splitlines() if not line.startswith("#")]
            msgid, _, msgstr = "\n".join(lines).removeprefix("msgid ").partition("\nmsgstr ")
            yield _joined(msgid), _joined(msgstr)


def _joined(quoted: str) -> str:
    """Return the text of quoted lines."""
    text = "".join(line.strip()[1:-1] for line in quoted.splitlines())
    return _ESCAPED.sub(lambda each: _MEANT.get(each[1], each[1]), text) if "\\" in text else text
