"""Line types of telephone numbers, looked up at the provider and kept, since each lookup costs money.

The answers are kept under a keyed hash of the number, so that the folder names nobody.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from channels.outbox import write_synced

KEPT = timedelta(days=90)
"""Numbers change hands, so an older lookup is made again."""


class Directory(Protocol):
    """A provider that can look up the line type of a number."""

    def line_type(self, number: str) -> str:
        """Return mobile, landline, voip or another kind."""
        ...


@dataclass(frozen=True, slots=True)
class Lookups:
    """The lookups of an installation."""

    folder: Path
    key: bytes

    def line_type(self, number: str, directory: Directory, *, now: datetime) -> str:
        """Return the line type of a number in E.164, stored if it was looked up within `KEPT`.

        Raises:
            CannotSay: the provider cannot be asked now.
        """
        file = self.folder / hmac.new(self.key, number.encode(), sha256).hexdigest()[:32]
        if (stored := _read(file)) and now - datetime.fromisoformat(stored["at"]) < KEPT:
            return stored["type"]
        kind = directory.line_type(number)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        write_synced(draft, json.dumps({"type": kind, "at": now.isoformat()}).encode())
        draft.replace(file)
        return kind


def _read(file: Path) -> dict[str, str] | None:
    try:
        stored: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return stored if {"type", "at"} <= stored.keys() else None
