"""Columns of list files for import and export."""

import re
from datetime import datetime
from hashlib import blake2b
from typing import Any

from people.refused_rows import safe

COLUMNS = (
    *("person_ref", "number"),
    *("postcode", "house_number", "house_letter", "house_addition"),
    *("house_designation", "location_description", "town", "country"),
    *("channel", "purpose", "subject", "from", "until", "source", "note"),
)
"""Columns that people write, besides `reason`."""

HISTORY = (
    *("id", "entry", "scope", "address_key", "joint_hash", "pending"),
    *("added_at", "added_by", "lifted_at", "lifted_by", "lifted_why"),
)
"""Columns that only an export has. A row with these is restored as it was."""

EXPORTED = (
    *("id", "entry", "scope", "person_ref", "number", "address_key", "joint_hash"),
    *("reason", "channel", "purpose", "subject", "from", "until", "source", "note", "pending"),
    *("added_at", "added_by", "lifted_at", "lifted_by", "lifted_why"),
)
"""The columns of an export, in order."""

_HIDDEN_FORMULA = re.compile(r"'+[=+@\-\t\r]")
_TOKEN = re.compile(r"[0-9a-f]{48}")
_KEY_LENGTH = 32


def hidden(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. `shown` reverses it."""
    return f"'{cell}" if _HIDDEN_FORMULA.match(cell) else safe(cell)


def shown(cell: str) -> str:
    """Return the text of a cell from before `hidden` escaped it."""
    return cell[1:] if cell[:1] == "'" and _HIDDEN_FORMULA.match(cell) else cell


def token(key: str, *said: Any) -> str:
    """Return an entry's key with a checksum of its content.

    A row that was edited since is another entry.

    Args:
        key: The entry's key.
        said: Scope, reference, address key, number, joint hash, reason, channel, purpose, subject, source, from, until.
    """
    words = (
        "" if part is None else part.isoformat() if isinstance(part, datetime) else str(part)
        for part in said
    )
    return key + blake2b("\x1f".join(words).encode(), digest_size=8).hexdigest()


def key_in(text: str) -> str | None:
    """Return the key in a token, or None if it is no token."""
    return text[:_KEY_LENGTH] if _TOKEN.fullmatch(text) else None
