"""The number from which every random draw about a person starts.

It never changes, or past campaigns could not be redrawn.
"""

from hashlib import blake2b

MODULUS = 2**31 - 1
"""A prime; the draws of a campaign are made modulo this number."""
_BLANK = blake2b(digest_size=8, person=b"kaartje.draw")


def draw_key(person_ref: str) -> int:
    """Return a number from 0 to 2^31 - 2 that looks random and depends only on the reference."""
    state = _BLANK.copy()  # which is quicker than making one
    state.update(person_ref.encode())
    return int.from_bytes(state.digest(), "big") % MODULUS
