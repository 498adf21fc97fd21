"""Citizen numbers (BSN), which are checked, turned into a keyed hash, and not kept."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from store.errors import BadInput

DIGITS = 9
_BLOCK = 64  # bytes that SHA-256 takes at a time
_ASCII = -43 * 48
_NOBODY = "0" * DIGITS


@dataclass
class NotACitizenNumber(BadInput):
    """The text fails the 11-test, or has not eight or nine digits.

    The message never repeats the number.
    """

    field: str | None = "bsn"


def parse(text: str) -> str:
    """Return the nine digits of a citizen number.

    Spaces, dots and hyphens are left out, a leading zero is restored.

    Raises:
        NotACitizenNumber: it has another number of digits, or fails the 11-test.
    """
    digits = text if text.isdigit() else text.translate(_SEPARATORS)
    if not (digits.isascii() and digits.isdigit() and DIGITS - 1 <= len(digits) <= DIGITS):
        raise NotACitizenNumber(
            "is not nine digits", "correct the number in the source, or leave it empty"
        )
    digits = digits.zfill(DIGITS)
    if not passes(digits):
        raise NotACitizenNumber(
            "fails the 11-test", "correct the number in the source, or leave it empty"
        )
    return digits


_SEPARATORS = str.maketrans("", "", " .-")


def passes(digits: str) -> bool:
    """Whether nine digits pass the 11-test (weights 9 to 2 and -1), which all zeros do not."""
    # 48 higher than the digits, so the sum is 43 x 48 higher
    a, b, c, d, e, f, g, h, i = digits.encode()
    total = _ASCII + 9 * a + 8 * b + 7 * c + 6 * d + 5 * e + 4 * f + 3 * g + 2 * h - i
    return total % 11 == 0 and digits != _NOBODY


def keyed_hash(bsn: str, key: bytes) -> str:
    """Return HMAC-SHA256 of the nine digits in 64 hexadecimal characters, the only form that is kept."""
    return hmac.digest(key, bsn.encode(), sha256).hex()


def hasher(key: bytes) -> Callable[[str], str]:
    """Return `keyed_hash` for one key, faster for the many numbers of a file."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block))
    outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def hashed(bsn: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(bsn.encode())
        second.update(first.digest())
        return second.hexdigest()

    return hashed
