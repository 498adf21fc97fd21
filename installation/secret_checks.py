"""Refuse secrets that are short, or that anybody would try first."""

from itertools import pairwise

from people.shared_keys import SHORTEST_KEY
from store.errors import BadInput
from store.sentences import Sentence

_PLACEHOLDERS = (
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "yoursecret",
    "yourkey",
    "mysecret",
    "password",
    "wachtwoord",
    "geheim",
    "placeholder",
    "notsecret",
    "insecure",
)
_FEWEST_SIGNS = 8  # different ones: hexadecimal digits have sixteen
_HALF = 2  # of the characters go on by one, in a row such as 0123456789abcdef


def check_secret(text: str, *, field: str = "KAARTJE_SECRET") -> str:
    """Return a secret that is long enough.

    Raises:
        BadInput: It is too short: whoever guesses it can try every citizen number there is.
    """
    if len(text.strip()) < SHORTEST_KEY:
        raise _refusal(Sentence("has {count} characters", count=len(text.strip())), field)
    return text


def check_new_secret(text: str, *, field: str = "KAARTJE_SECRET") -> str:
    """Return a secret under which nothing is stored yet, that nobody would try first.

    Raises:
        BadInput: It is short, the text of an example, or a few signs again and again.
    """
    check_secret(text, field=field)
    plain = "".join(char for char in text.casefold() if char.isalnum())
    # a random text may hold four letters by chance, and does in one of ten thousand
    if (
        any(word in plain for word in _PLACEHOLDERS)
        or plain.startswith("todo")
        or text.strip()[:1] in "<$"
    ):
        raise _refusal(Sentence("is the text of an example"), field)
    if len(set(text)) < _FEWEST_SIGNS or _repeats(text) or _counts(text):
        raise _refusal(Sentence("is a few characters in a row that anybody could try"), field)
    return text


def _repeats(text: str) -> bool:
    """Return whether a text is a shorter one, again and again."""
    return any(text[step:] == text[:-step] for step in range(1, len(text) // 2 + 1))


def _counts(text: str) -> bool:
    """Return whether nearly every character is the one after the one before it (`abcdef`)."""
    steps = sum(abs(ord(after) - ord(before)) == 1 for before, after in pairwise(text))
    return steps * _HALF > len(text)


def _refusal(problem: Sentence, field: str) -> BadInput:
    return BadInput(
        problem,
        Sentence(
            "use at least {least} random ones, as `openssl rand -hex 32` makes,"
            " or leave it out: one is made once, in the home folder",
            least=SHORTEST_KEY,
        ),
        field=field,
    )
