"""Encryption of print files with age, for a print shop that gave its public key.

Each file becomes an age file of its own.
"""

from pathlib import Path
from typing import Any

SUFFIX = ".age"


class NotAKey(ValueError):
    """The text is not a public key of age or SSH."""


def recipient(key: str) -> Any:
    """Read a public key, which is `age1…` or an SSH key of the kinds ed25519 and rsa.

    Raises:
        NotAKey: it is none.
    """
    import pyrage

    kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        raise NotAKey(f"{key[:20]!r} is not a public key ({error})") from None


def encrypt(clear: Path, closed: Path, key: str) -> None:
    """Write `closed`, which only the holder of the key can read, atomically.

    Two encryptions of one file differ, so a sender that may send it twice keeps the first.
    """
    import pyrage

    draft = closed.with_name(f"{closed.name}.draft")
    pyrage.encrypt_file(str(clear), str(draft), [recipient(key)])
    draft.replace(closed)
