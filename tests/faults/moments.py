"""Moments at which a delivery writes something down, so that a trial can break off or fail at each.

A moment comes just before a commit, before a file is opened for writing, before one is renamed, linked, removed or
made a folder, and around each answer of a provider. Python's own audit events say when; nothing is replaced.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

Listener = Callable[[str], None]
_WRITING = os.O_WRONLY | os.O_RDWR
_FILES = {
    "os.rename": "rename",
    "os.link": "link",
    "os.remove": "remove",
    "os.mkdir": "folder",
    "os.rmdir": "remove",
}
_LEFT_OUT = (".lock", "-shm", "/locks", "/pace")


class Moments:
    """Tells `listener` of every moment below one folder, while it listens."""

    _now: "Moments | None" = None

    def __init__(self, folder: Path, listener: Listener) -> None:
        self._folder = str(folder)
        self._listener = listener
        self._busy = False

    @contextmanager
    def listening(self, engine: Engine) -> Iterator["Moments"]:
        """Listen while the block runs."""

        def on_commit(_connection: Any) -> None:
            self.tell("commit")

        event.listen(engine, "commit", on_commit)
        Moments._now = self
        try:
            yield self
        finally:
            Moments._now = None
            event.remove(engine, "commit", on_commit)

    def tell(self, what: str) -> None:
        """Say that a moment has come. What is done about it is no moment itself."""
        if self._busy or Moments._now is not self:
            return
        self._busy = True
        try:
            self._listener(what)
        finally:
            self._busy = False

    def on_file(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Look at an audit event about a file."""
        path = arguments[0] if arguments else None
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str | os.PathLike) or not self._is_ours(str(path)):
            return
        if name == "open":
            if isinstance(arguments[2], int) and arguments[2] & _WRITING:
                self.tell("write")
        else:
            self.tell(_FILES[name])

    def _is_ours(self, path: str) -> bool:
        return path.startswith(self._folder) and not any(each in path for each in _LEFT_OUT)


def _hook(name: str, arguments: tuple[Any, ...]) -> None:
    now = Moments._now
    if now is not None and (name == "open" or name in _FILES):
        now.on_file(name, arguments)


sys.addaudithook(_hook)  # it cannot be taken away again, and does nothing unless a trial listens
