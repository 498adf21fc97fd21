"""The key that two bodies share to mean the same person or number without naming either."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from people import citizen_numbers
from store.errors import BadInput
from store.sentences import Sentence

SHORTEST_KEY = 32  # characters: whoever guesses it can try every citizen number there is


@dataclass(frozen=True, slots=True)
class JointKey:
    """The shared key.

    A hash starts with the kind of what is hashed, so that a number never looks like a person.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, text: str) -> "JointKey | None":
        """Read the setting, or return None where there is none.

        Raises:
            BadInput: it is too short to keep anything secret.
        """
        if not text:
            return None
        if len(text) < SHORTEST_KEY:
            remedy = Sentence(
                "agree on at least {shortest_key} random characters", shortest_key=SHORTEST_KEY
            )
            raise BadInput(
                Sentence("has {count} characters", count=len(text)),
                remedy,
                field="KAARTJE_JOINT_SECRET",
            )
        return cls(text.encode())

    def fingerprint(self) -> str:
        """Return sixteen hexadecimal characters that identify the key without revealing it."""
        return self._hash("key:kaartje")[:16]

    def persons(self) -> Callable[[str], str]:
        """Return a fast hash function for citizen numbers (nine digits)."""
        hashed = citizen_numbers.hasher(self.secret)
        return lambda bsn: hashed(f"person:{bsn}")

    def numbers(self) -> Callable[[str], str]:
        """Return a hash function for telephone numbers (E.164)."""
        hashed = citizen_numbers.hasher(self.secret)
        return lambda e164: hashed(f"number:{e164}")

    def _hash(self, text: str) -> str:
        return hmac.digest(self.secret, text.encode(), sha256).hex()
