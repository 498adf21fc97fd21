"""Notes, titles and firms that stand in the cells of a name, as `Vries (overleden)` or `drs. A.`."""

import re
import unicodedata
from functools import lru_cache

# beside letters, marks, spaces and dashes; the second row holds what is typed for an apostrophe
_SIGNS_OF_NAMES = frozenset(".,-\u00b7'\u2018\u2019\u02bb\u02bc\u02b9`\u00b4")
_SHORT_PREFIX = re.compile(r"(?<![^\W_])(?:v/d|v/h|v/e|a/d|o/d|i/h|i/d)(?![^\W_])", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[{\"][^()\[\]{}<>\"]*[)\]}\"]")
_COURTESY = "dhr mevr mevrouw mw meneer"
_DEGREES = "mr mrs ms mej dr drs ir ing prof ds"
# whom a letter is for, when that is not one living person
_ESTATES = "erven erfgenamen erfg wed wwe weduwe weduwnaar overleden wijlen"
_FIRMS = "stichting firma vereniging"
_SHORT_FIRMS = "bv nv vof cv cs eo zn zonen"
_LEFT = "gesch gescheiden overleden overl weduwe weduwnaar wed"
_JOINED = "ev wv geb geboren geborene wed en and und eo enof"
_TITLES = frozenset(f"{_COURTESY} {_DEGREES}".split())
_BEFORE = frozenset(f"{_ESTATES} {_FIRMS} {_COURTESY} fam familie".split())
_BEHIND = frozenset(f"{_SHORT_FIRMS} {_LEFT}".split())
_BETWEEN = frozenset(_JOINED.split())
_OWN_INITIALS = re.compile(r"(?:[A-Z]\. ?)+ ?(?=[^\W\d_]{2})")
# `Vries, A.B. de` and `Vries, Anna`, where `Velzen, van` and `Velzen, Jr` are a family's name
_GIVEN_BEHIND = re.compile(r", *(?!(?:Jr|Sr|Junior|Senior|I{2,3}|IV)\b)(?:[A-Z]\.|[A-Z][^\W\d_]+)")
_PARTS = re.compile(r"[^\s,]+")


@lru_cache(maxsize=65_536)
def not_a_name_alone(text: str) -> str | None:
    """Return why a part of a name holds more than the name of one person, or None.

    Brackets, daggers, slashes and the like are no part of a name, nor are `e/v`, `Erven` and `B.V.`.
    """
    words = [_letters(word) for word in _PARTS.findall(text)]
    if len(words) > 1 and (
        words[0] in _BEFORE or words[-1] in _BEHIND or _BETWEEN.intersection(words[1:-1])
    ):
        return "holds a note, a firm or a second person"
    if _OWN_INITIALS.match(text) or _GIVEN_BEHIND.search(text):
        return "holds the initials or the given name as well"
    bare = _SHORT_PREFIX.sub("", text)
    if bare.endswith((",", "-")) or any(map(_is_no_sign_of_names, bare)):
        return "holds a sign that is no part of a name"
    return None


@lru_cache(maxsize=65_536)
def given_alone(text: str) -> str:
    """Return initials or given names without titles and without what stands in brackets.

    Titles in capitals alone stay, because DR and MR are initials as well.
    """
    bare = _BRACKETS.sub("", text).strip()
    parts = re.findall(r"[^\s.]+[.\s]*", bare)
    kept = [part for part in parts if not _is_title(part)]
    return "".join(kept).strip() if len(kept) < len(parts) else bare


def _is_title(part: str) -> bool:
    word = part.rstrip(". ")
    return len(word) > 1 and not word.isupper() and word.casefold() in _TITLES


def _letters(word: str) -> str:
    return "".join(filter(str.isalpha, word.casefold()))


def _is_no_sign_of_names(sign: str) -> bool:
    if sign in _SIGNS_OF_NAMES or sign.isalnum() or sign.isspace():
        return False
    return unicodedata.category(sign) not in ("Mn", "Mc", "Pd", "Lm", "Cf")
