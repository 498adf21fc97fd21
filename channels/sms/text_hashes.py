"""The mark of a text's words: by it a text is found again at a provider, without keeping the words themselves."""

from functools import lru_cache
from hashlib import sha256


@lru_cache(maxsize=512)  # the texts of a campaign are mostly the same
def mark(body: str) -> str:
    """Return the mark of some words: of letters and digits only, since a provider may replace quotes and dashes."""
    kept = "".join(char for char in body if char.isalnum() and char.isascii())
    return sha256(kept.encode()).hexdigest()[:24]
