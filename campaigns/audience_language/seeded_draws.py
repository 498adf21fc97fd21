"""Seeded pseudo-random draws that are the same on every database, computed in SQL.

Every person carries `draw_key`, 31 bits of a hash over their reference. A draw mixes it with the seed:
`((a * key + b) mod p) ** 5 mod p` with p = 2**31 - 1. The fifth power is a permutation of the field (5 does not
divide p - 1), so no two keys fall together, and no product exceeds 62 bits, which both databases take.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast

PRIME = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Draw:
    """One independent draw of a campaign."""

    a: int
    b: int

    @classmethod
    def of(cls, seed: int, name: str) -> "Draw":
        """Return the draw named `name` ("household", "order") under `seed`."""
        digest = sha256(f"{seed}:{name}".encode()).digest()
        a = int.from_bytes(digest[:8], "big") % (PRIME - 1) + 1
        return cls(a, int.from_bytes(digest[8:16], "big") % PRIME)

    def number(self, key: int) -> int:
        """Return the number drawn for one key, from 0 up to but not including `PRIME`."""
        return pow((self.a * key + self.b) % PRIME, 5, PRIME)

    def sql(self, key: ColumnElement[Any]) -> ColumnElement[int]:
        """Return the same number as a column expression."""
        once = (cast(key, BigInteger) * self.a + self.b) % PRIME
        squared = (once * once) % PRIME
        return (((squared * squared) % PRIME) * once) % PRIME
