"""What answers a number, as its own network knows it: asked of the provider once, since asking costs money.

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
"""Numbers change hands; what was told longer ago is asked again."""


class Directory(Protocol):
    """Who can be asked what answers a number."""

    def line_type(self, number: str) -> str:
        """Return mobile, landline, voip or another kind."""
        ...


@dataclass(frozen=True, slots=True)
class Lookups:
    """The answers of a house."""

    folder: Path
    key: bytes

    def line_type(self, number: str, directory: Directory, *, now: datetime) -> str:
        """Return what answers a number in E.164, from memory where it was told within `KEPT`.

        Raises:
            CannotSay: the provider cannot be asked now.
        """
        file = self.folder / hmac.new(self.key, number.encode(), sha256).hexdigest()[:32]
        if (told := _read(file)) and now - datetime.fromisoformat(told["at"]) < KEPT:
            return told["type"]
        kind = directory.line_type(number)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        write_synced(draft, json.dumps({"type": kind, "at": now.isoformat()}).encode())
        draft.replace(file)
        return kind


def _read(file: Path) -> dict[str, str] | None:
    try:
        told: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return told if {"type", "at"} <= told.keys() else None
