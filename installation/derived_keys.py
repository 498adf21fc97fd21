"""Keys derived from the installation's secret, one for each named purpose.

What is signed or hashed for one purpose tells nothing of another, and nothing of the secret, under which citizen
numbers are hashed. A value of `Purpose` is part of what the key is made of, so changing one changes what is stored:
hashes of tokens, marks in addresses that providers already have, counts of visitors.
"""

import hmac
from enum import StrEnum


class Purpose(StrEnum):
    """The purpose of a derived key."""

    API_ANSWERS = "api answers"
    API_TOKENS = "api tokens"
    CALLBACK_MARKS = "addresses to report to"
    CONSOLE_SESSIONS = "console sessions"
    KNOWN_BROWSERS = "known browsers"
    FINGERPRINT = "fingerprint"
    LINE_OF_CODE = "line of"
    PERSONAL_TOKENS = "personal tokens"
    PSEUDONYMS = "pseudonyms"
    PUBLIC_FORMS = "public forms"
    SECOND_FACTOR = "second factor"
    VISITOR = "visitor"


def derive_key(secret: bytes, purpose: Purpose, detail: str = "") -> bytes:
    """Return the key (32 bytes, HMAC-SHA256) for a purpose, and for one detail of it where one is given."""
    name = f"{purpose} {detail}" if detail else str(purpose)
    return hmac.digest(secret, name.encode(), "sha256")
