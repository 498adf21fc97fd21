"""A store of files in a bucket that speaks S3, reached through fsspec and s3fs (the extra `s3`).

Its keys come from the environment, as every program of that family reads them (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL).
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from channels.file_store import MARK, NotKept
from channels.outbox import sync_tree
from store.errors import BadInput
from store.sentences import Sentence


@dataclass(frozen=True)
class BucketStore:
    """A store below an address, as `s3://bucket/kaartje`."""

    address: str

    def keep(self, path: Path, sha256: str) -> None:
        """Keep a file, whole or not at all."""
        if _sum_of(path) != sha256:
            raise NotKept(f"{path.name} is not what its sum says")
        if not self.has(sha256):
            self._bucket.put_file(str(path), self._place(sha256))

    def has(self, sha256: str) -> bool:
        """Say whether the bucket has the file of a sum, as it is there now."""
        self._bucket.invalidate_cache()
        return bool(self._bucket.exists(self._place(sha256)))

    def bring(self, sha256: str, path: Path) -> None:
        """Write the file of a sum at a path, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            self._bucket.get_file(self._place(sha256), str(draft))
            if _sum_of(draft) != sha256:
                raise NotKept(f"{path.name} in the store of files is not what its sum says")
            sync_tree(draft)
            draft.replace(path)
        except FileNotFoundError as error:
            raise NotKept(f"{path.name} is not in the store of files") from error
        finally:
            draft.unlink(missing_ok=True)
        sync_tree(path)

    def remove(self, sha256: str) -> None:
        """Remove the file of a sum, if it is there."""
        with suppress(FileNotFoundError):
            self._bucket.rm_file(self._place(sha256))

    def mark(self) -> str:
        """Return the name that tells the store from another, for good.

        Raises:
            OSError: the bucket cannot be read or written.
        """
        place = f"{self._root}/{MARK}"
        with suppress(FileNotFoundError):
            return _text(self._bucket.cat_file(place))
        with suppress(FileExistsError):  # of two machines that are first, one names it
            self._bucket.pipe_file(place, secrets.token_hex(16).encode(), mode="create")
        return _text(self._bucket.cat_file(place))

    def _place(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"

    @property
    def _root(self) -> str:
        return self.address.removeprefix("s3://").rstrip("/")

    @cached_property
    def _bucket(self) -> Any:
        try:
            from s3fs import S3FileSystem
        except ImportError as missing:
            raise BadInput(
                Sentence("{address} needs s3fs, which is not here", address=self.address),
                "install Kaartje with its extra s3",
                field="KAARTJE_FILES",
            ) from missing
        return S3FileSystem(use_listings_cache=False)


def _text(content: Any) -> str:
    return bytes(content).decode().strip()


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
