"""The mark in a callback address, which authenticates reports of a provider that signs nothing."""

import hmac

_LETTERS = 32


def mark_of(key: str, attempt: str) -> str:
    """Return the mark of one attempt, an HMAC with our key."""
    return hmac.digest(key.encode(), attempt.encode("utf-8", "replace"), "sha256").hex()[:_LETTERS]


def is_marked(key: str, attempt: str, mark: str) -> bool:
    """Say whether a mark is ours, for this attempt."""
    return bool(key) and hmac.compare_digest(
        mark.encode("utf-8", "replace"), mark_of(key, attempt).encode()
    )
