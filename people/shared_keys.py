"""A key that two bodies share, so that they can mean the same person or number without naming either."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from people import citizen_numbers
from store.errors import BadInput

SHORTEST_KEY = 32  # characters: whoever guesses it can try every citizen number there is


@dataclass(frozen=True, slots=True)
class JointKey:
    """The shared key. What is hashed says what it is first, so that a number never looks like a person."""

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, text: str) -> "JointKey | None":
        """Read the setting; None where there is none.

        Raises:
            BadInput: it is too short to keep anything secret.
        """
        if not text:
            return None
        if len(text) < SHORTEST_KEY:
            remedy = f"agree on at least {SHORTEST_KEY} random characters"
            raise BadInput(f"has {len(text)} characters", remedy, field="KAARTJE_JOINT_SECRET")
        return cls(text.encode())

    def fingerprint(self) -> str:
        """Return sixteen hexadecimal characters that are the same for the same key, and give nothing of it away."""
        return self._hash("key:kaartje")[:16]

    def persons(self) -> Callable[[str], str]:
        """Return what hashes citizen numbers (nine digits), fast: a file has many."""
        hashed = citizen_numbers.hasher(self.secret)
        return lambda bsn: hashed(f"person:{bsn}")

    def numbers(self) -> Callable[[str], str]:
        """Return what hashes telephone numbers (E.164)."""
        hashed = citizen_numbers.hasher(self.secret)
        return lambda e164: hashed(f"number:{e164}")

    def _hash(self, text: str) -> str:
        return hmac.digest(self.secret, text.encode(), sha256).hex()
