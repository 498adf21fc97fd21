"""The number from which every random draw about a person starts.

It never changes, or past campaigns could not be redrawn.
"""

from hashlib import blake2b

MODULUS = 2**31 - 1
"""A prime; the draws of a campaign are made modulo this number."""


def draw_key(person_ref: str) -> int:
    """Return a number from 0 to 2^31 - 2 that looks random and depends only on the reference."""
    digest = blake2b(person_ref.encode(), digest_size=8, person=b"kaartje.draw").digest()
    return int.from_bytes(digest, "big") % MODULUS
