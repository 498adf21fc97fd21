"""Reasons that somebody writes in their own words, and what is none."""

LEAST, FEWEST = 4, 3  # letters and digits, and different ones among them
_NONE = frozenset(
    {
        *("geen", "none", "nothing", "niets", "null", "leeg", "reden", "geenreden", "reason"),
        *("noreason", "onbekend", "unknown", "zomaar", "omdat", "because", "asdf", "qwerty"),
    }
)


def says_why(text: str) -> bool:
    """Whether a text may be a reason.

    A dot, a row of one sign and a word for nothing are none.
    """
    signs = [sign for sign in text.casefold() if sign.isalnum()]
    return len(signs) >= LEAST and len(set(signs)) >= FEWEST and "".join(signs) not in _NONE
