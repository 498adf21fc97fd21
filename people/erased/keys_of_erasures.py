"""Keyed hashes of who was erased, by which a new file or a restored backup shows them again.

The key is random and lies in the database wrapped under the installation's secret, so that hashes stay good when the
secret changes: then only the key is wrapped anew.
"""

import hmac
import json
import secrets
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from store.errors import BadInput
from store.tables import ErasureKey

_PURPOSE = b"erasures"


def wrap(key: bytes, secret: bytes) -> str:
    """Return a key of 32 bytes as it is kept, hexadecimal with a checksum, or undo `unwrap`."""
    pad = hmac.digest(secret, _PURPOSE, "sha256")
    mixed = bytes(one ^ other for one, other in zip(key, pad, strict=True))
    return mixed.hex() + hmac.digest(key, b"check", "sha256").hex()[:16]


def unwrap(wrapped: str, secret: bytes) -> bytes:
    """Return a key that was wrapped under this secret.

    Raises:
        BadInput: it was wrapped under another secret.
    """
    pad = hmac.digest(secret, _PURPOSE, "sha256")
    key = bytes(one ^ other for one, other in zip(bytes.fromhex(wrapped[:64]), pad, strict=True))
    if hmac.digest(key, b"check", "sha256").hex()[:16] != wrapped[64:]:
        raise BadInput(
            "the key of erasures is of another secret",
            "give this installation the secret that it had when the list was written",
        )
    return key


def present_key(connection: Connection, secret: bytes) -> bytes | None:
    """Return the key of this database's erasures, or None where nobody was erased."""
    wrapped = connection.execute(select(ErasureKey.wrapped)).scalar()
    return None if wrapped is None else unwrap(wrapped, secret)


def key_for_erasing(connection: Connection, secret: bytes, given: str | None = None) -> bytes:
    """Return the key of this database's erasures, made here if there is none.

    `given` is the wrapped key of a list of erasures, which a restored database takes over.
    """
    found = present_key(connection, secret)
    if found is None:
        found = unwrap(given, secret) if given else secrets.token_bytes(32)
        connection.execute(insert(ErasureKey).values(wrapped=wrap(found, secret)))
    return found


def wrap_anew(connection: Connection, old: bytes, new: bytes) -> str | None:
    """Wrap the key under a new secret, and return it as it is kept now."""
    found = present_key(connection, old)
    if found is None:
        return None
    wrapped = wrap(found, new)
    connection.execute(update(ErasureKey).values(wrapped=wrapped))
    return wrapped


def write_key(file: Path, wrapped: str) -> None:
    """Add the key as it is wrapped now to the list of erasures, where the last one holds."""
    with file.open("a", encoding="utf-8") as text:
        text.write(json.dumps({"key": wrapped}) + "\n")


def keyed_hash(key: bytes, text: str) -> str:
    """Return the hash of a reference or a number, hexadecimal."""
    return hmac.digest(key, text.encode(), "sha256").hex()
