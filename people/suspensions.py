"""Reasons why the population register suspended a person's record, as one letter.

O  died                  E  left the country       M  a minister decided so
R  lives abroad (RNI)    F  the record is an error .  suspended, the reason is not known
U  where they live is not known (VOW): ours, for the register has no letter for it
"""

import unicodedata
from collections.abc import Set as AbstractSet
from typing import Final

from store.errors import BadInput
from store.sentences import Sentence

FACT: Final = "brp_suspension"
"""The text fact that holds it, under this name wherever it came from."""
CODES: Final = "OEMRFU."
UNKNOWN_REASON: Final = "."
UNKNOWN_RESIDENCE: Final = "U"

_WORDS: dict[str, tuple[str, ...]] = {
    "O": ("overlijden", "overleden", "overl", "persoon is overleden", "death", "deceased", "died"),
    "E": ("emigratie", "geemigreerd", "vertrokken naar het buitenland", "emigration", "emigrated"),
    "M": (
        "ministerieel besluit",
        "ministeriele beschikking",
        "besluit minister",
        "ministerial decision",
    ),
    "R": (
        "rni",
        "niet-ingezetene",
        "niet ingezetene",
        "registratie niet-ingezetenen",
        "non-resident",
    ),
    "F": ("fout", "foutieve registratie", "onjuiste persoonslijst", "error"),
    "U": (
        *("vow", "verblijf onbekend", "onbekend verblijf", "vertrokken onbekend waarheen"),
        *("verblijfplaats onbekend", "unknown residence", "residence unknown"),
    ),
    ".": ("onbekend", "reden onbekend", "unknown"),
}
_CODE_OF = {word: code for code, words in _WORDS.items() for word in words}
_NOTHING = frozenset({"geen", "niet opgeschort", "none", "-", "00"})
_AFTER_CODE = frozenset(" -:=(")


def suspension_code(
    text: str, yes: AbstractSet[str], no: AbstractSet[str], yes_means: str
) -> str | None:
    """Return the letter, or None where the record is kept up to date.

    Args:
        text: As the source writes it: a letter, a letter with words behind it, a word, or a flag.
        yes: Words for yes, in small letters.
        no: Words for no, in small letters. A letter of the register comes before both: F is no "false".
        yes_means: The letter that a plain yes stands for.

    Raises:
        BadInput: it is none of these.
    """
    word = " ".join(_plain(text).split())
    if word.upper() in CODES and word:
        return word.upper()
    if word in _CODE_OF:
        return _CODE_OF[word]
    if not word or word in no or word in _NOTHING:
        return None
    if word in yes:
        return yes_means
    if word[0].upper() in CODES and word[1:2] in _AFTER_CODE:
        return word[0].upper()
    remedy = "write O, E, M, R, F, U or . (the reason is not known)"
    raise BadInput(
        Sentence("{seen!r} is not a known reason of a suspension", seen=text[:30]), remedy
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
