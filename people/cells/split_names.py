"""Splitting of a cell that holds the whole name of a person, as `J.P. de Vries` or `Vries, J.P. de`.

Only where initials or a comma say which part is which. A name such as `Maria Garcia Lopez` stays
whole as the family name, because nobody knows where it begins.
"""

import re
from collections.abc import Sequence

Parts = tuple[str, str, str, str]
"""Initials, given name, prefix and family name."""
_TITLE = re.compile(
    r"(?:(?:(?:aan )?de )?(?:dhr|mevr|mevrouw|mw|mej|hr|heer|mr|mrs|ms|drs?|ir|ing|prof)\.?(?:/mevr\.?|/mw\.?)? +)+",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[^\W\d_](?:[^\W\d_]{1,2})?\.[- ]?)+|[^\W\d_](?: [^\W\d_])*")
_TWO_PEOPLE = re.compile(r"(?:^|[\s.])(?:en|e/o|en/of|and|und|et|[&+])(?:\s|$)", re.IGNORECASE)
_WORDS = (
    "aan af al auf bij d da dal dalla das de dei del della den der des di do dos du el in 'in la las le lo"
    " los 'm op 's 't te ten ter thor tho to toe tot uijt uit unter ver von van voor vor zu zum zur v vd v.d. d' l' het"
    " onder over"
)
_PREFIXES = frozenset(_WORDS.split())


def whole_name(text: str) -> Parts:
    """Return the parts of a name in one cell, or the whole as the family name where it is not sure."""
    typed = " ".join(text.split())
    bare = _TITLE.sub("", typed, count=1) if _TITLE.match(typed) else typed
    if _TWO_PEOPLE.search(bare):
        return "", "", "", typed
    found = _behind_comma(bare) if "," in bare else _before_family(bare)
    return found or ("", "", "", typed)


def _before_family(text: str) -> Parts | None:
    """Read initials, prefix and family name in the order in which they are spoken."""
    words = text.split()
    at = 0
    while at < len(words) and _is_initials(words[at]):
        at += 1
    rest = words[at:]
    if not at or not rest:
        return None
    prefix, family = _prefixed(rest)
    return (" ".join(words[:at]), "", prefix, family) if family else None


def _behind_comma(text: str) -> Parts | None:
    """Read `Vries, J.P. de`, `Vries, Jan de` and `Vries, de, J.P.`."""
    family, *parts = (part.strip() for part in text.split(","))
    words = " ".join(parts).split()
    given = [word for word in words if not _is_prefix(word)]
    prefix = " ".join(word for word in words if _is_prefix(word))
    if not family or not given or any(map(str.isdigit, text)):
        return None
    said = " ".join(given)
    return (
        (said, "", prefix, family) if all(map(_is_initials, given)) else ("", said, prefix, family)
    )


def are_prefixes(text: str) -> bool:
    """Whether there is nothing but prefixes of a family name, as `van der`."""
    return all(map(_is_prefix, text.split()))


def _is_initials(word: str) -> bool:
    """Whether it is `J.`, `J.P.`, `Chr.` or one capital."""
    return bool(_INITIALS.fullmatch(word)) and word[0].isupper()


def _is_prefix(word: str) -> bool:
    return word.replace("\u2019", "'").casefold() in _PREFIXES


def _prefixed(words: Sequence[str]) -> tuple[str, str]:
    at = 0
    while at < len(words) - 1 and _is_prefix(words[at]):
        at += 1
    return " ".join(words[:at]), " ".join(words[at:])
