"""Hash and verify passwords with argon2id, and refuse weak ones."""

import re
import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import BadInput
from store.sentences import Sentence

MIN_PASSWORD = 12  # characters
MIN_DIFFERENT = 4  # characters that differ
MAX_PASSWORD = 1024  # characters, so that nobody can make us hash megabytes

_hasher = PasswordHasher()  # argon2id, with the parameters of RFC 9106 for 64 MiB
_hashing = BoundedSemaphore(4)  # so that a crowd of strangers takes four times 64 MiB, not forty


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, with a fresh salt."""
    with _hashing:
        return _hasher.hash(password)


@cache
def hash_of_nobody() -> str:
    """Return the hash that an unknown name is compared with, so that it takes as long."""
    return hashed(secrets.token_urlsafe())


def matches(password_hash: str, password: str) -> bool:
    """Say whether a password belongs to a hash."""
    if len(password) > MAX_PASSWORD:
        return False
    try:
        with _hashing:
            return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_new(name: str, password: str) -> None:
    """Refuse a new password that is too short, too long or too easy to guess.

    Args:
        name: The name of the account.
        password: The password.

    Raises:
        BadInput: The password is not allowed.
    """
    if len(password) < MIN_PASSWORD:
        raise BadInput(
            Sentence("the password has {count} characters", count=len(password)),
            Sentence("use at least {min_password}", min_password=MIN_PASSWORD),
        )
    if len(password) > MAX_PASSWORD:
        raise BadInput(
            Sentence("the password has {count} characters", count=len(password)),
            Sentence("use at most {max_password}", max_password=MAX_PASSWORD),
        )
    if (
        password.casefold() == name
        or len(set(password)) < MIN_DIFFERENT
        or is_common(password, name)
    ):
        raise BadInput(
            "the password is too easy to guess", "use a few words that only you would put together"
        )


_COMMON = (
    *("wachtwoord", "password", "welkom", "welcome", "kaartje", "geheim", "secret", "admin"),
    *("qwerty", "qwertz", "azerty", "letmein", "iloveyou", "ikhouvanjou", "login", "inloggen"),
    *("januari", "februari", "maart", "april", "juni", "juli", "augustus", "september"),
    *("oktober", "november", "december", "lente", "zomer", "herfst", "winter", "summer"),
    *("amsterdam", "rotterdam", "utrecht", "denhaag", "ajax", "feyenoord", "belastingdienst"),
)
"""Words with which most guessed passwords are made, beside digits and signs."""
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890")
_LOOKS_LIKE = str.maketrans("@4310$5!7", "aaeiossit")
_YEAR = re.compile(r"(19|20)\d\d")
# letters that are left when the common ones are taken out; a digit is worth less than half of one
_ENOUGH, _A_DIGIT = 5, 0.4


def is_common(password: str, name: str = "") -> bool:
    """Say whether a password is made of what everybody uses.

    Common words, the name of the account, rows of the keyboard, years and signs are taken out, also where digits stand
    for letters. What is left must be some letters, or more than twice as many digits.
    """
    left = min(_left(password, name), _left(password.translate(_LOOKS_LIKE), name), key=_worth)
    return _worth(left) < _ENOUGH or len(set(left)) < MIN_DIFFERENT


def _worth(text: str) -> float:
    return sum(_A_DIGIT if each.isdigit() else 1 for each in text)


def _left(password: str, name: str) -> str:
    """Return the letters and digits of a password that nobody else would have used."""
    text = password.casefold().replace(" ", "")
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for at in range(len(row) - 3):
            text = text.replace(row[at : at + 4], "")
    for word in sorted((*_COMMON, name), key=len, reverse=True):
        text = text.replace(word, "") if word else text
    return "".join(each for each in _YEAR.sub("", text) if each.isalnum())
