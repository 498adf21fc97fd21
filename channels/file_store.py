"""The store of files of print runs, from which any machine of an installation hands a run over.

A file lies under its SHA-256 sum, so that it is written once, never changed, and held against its name when it is
read. On several machines the store is a folder that all of them reach, or a bucket (`channels.bucket_store`).
"""

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from channels.outbox import sync_tree, write_synced
from channels.short_retries import patiently

MARK = "store.id"


class NotKept(OSError):
    """The store does not have a file, or has another one under its sum."""


class FileStore(Protocol):
    """Files under their SHA-256 sums."""

    def keep(self, path: Path, sha256: str) -> None:
        """Keep a file, which is there for good once this returns.

        Raises:
            OSError: the store cannot be written, or the file is not what its sum says.
        """
        ...

    def has(self, sha256: str) -> bool:
        """Say whether the store has the file of a sum."""
        ...

    def bring(self, sha256: str, path: Path) -> None:
        """Write the file of a sum at a path.

        Raises:
            NotKept: the store does not have it.
            OSError: the store cannot be read, or the path not written.
        """
        ...

    def remove(self, sha256: str) -> None:
        """Remove the file of a sum, if it is there."""
        ...

    def mark(self) -> str:
        """Return the name that tells the store from another, for good.

        Raises:
            OSError: the store cannot be read or written.
        """
        ...


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A store in a folder, which machines may share."""

    root: Path

    def keep(self, path: Path, sha256: str) -> None:
        """Keep a file."""
        place = self._place(sha256)
        if place.exists():
            return
        patiently(place.parent.mkdir, parents=True, exist_ok=True)
        draft = place.with_name(f"{sha256}.{secrets.token_hex(8)}")
        _copy(path, draft, sha256)
        draft.replace(place)
        sync_tree(place)

    def has(self, sha256: str) -> bool:
        """Say whether the store has the file of a sum."""
        return self._place(sha256).is_file()

    def bring(self, sha256: str, path: Path) -> None:
        """Write the file of a sum at a path, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _copy(self._place(sha256), draft, sha256)
        except FileNotFoundError as error:
            raise NotKept(f"{path.name} is not in the store of files") from error
        draft.replace(path)
        sync_tree(path)

    def remove(self, sha256: str) -> None:
        """Remove the file of a sum, if it is there."""
        self._place(sha256).unlink(missing_ok=True)

    def mark(self) -> str:
        """Return the name that tells the store from another, for good.

        Raises:
            OSError: the folder cannot be read or written.
        """
        place, draft = self.root / MARK, self.root / f".{MARK}.{secrets.token_hex(8)}"
        if not place.exists():
            write_synced(draft, f"{secrets.token_hex(16)}\n".encode())
            with suppress(FileExistsError):
                os.link(draft, place)  # of two machines that are first, one names it
            draft.unlink()
        return place.read_text().strip()

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256


def _copy(origin: Path, draft: Path, sha256: str) -> None:
    """Copy a file to a draft on the disk, and refuse it where it is not what its sum says."""
    try:
        shutil.copyfile(origin, draft)
        with draft.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise NotKept(f"{origin.name} is not what its sum says")
        sync_tree(draft)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
