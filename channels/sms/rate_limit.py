"""Rate limits of the provider's account, shared by all workers of an installation.

They share them through a folder, or on PostgreSQL through a table (`campaigns.delivery.shared_limits`).
Two limits hold. *Lines* are how many texts are on their way at one moment. A sender holds as many
as are free, by locks that die with it. *Pace* is segments a second. A file says when the next one
may leave.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from time import sleep

from filelock import FileLock, Timeout

from store.clock import SystemClock

LONGEST = 120.0
"""Seconds; a pace that lies further ahead was written under another clock."""
_BLOCK = 0.05
"""Seconds of turns that a sender takes at a time, so that a fast account does not wait for a file at every text."""
_LOOK_AGAIN = 0.05
_WIDTH = 32


class Turns:
    """The segments a second of all senders of an installation, one after the other.

    It is used by several threads at once. Where the next turn is kept is what a kind of turns adds.
    """

    block = _BLOCK

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._mine = Lock()
        self._turn, self._left = 0.0, 0

    def wait(self, segments: int) -> None:
        """Wait until so many segments may leave."""
        with self._mine:
            if self._left < segments:
                self._left = max(segments, int(self._rate * self.block))
                self._turn = self._reserve(self._left)
            turn, self._turn = self._turn, self._turn + segments / self._rate
            self._left -= segments
        # a sleep of nothing would still let another thread go first
        if (ahead := turn - _now()) > 0:
            sleep(ahead)

    def close(self) -> None:
        """Let go of what is open."""

    def _reserve(self, segments: int) -> float:
        """Reserve so many turns, one after the other, and return the moment of the first."""
        raise NotImplementedError


class Pace(Turns):
    """The turns of all workers that share the folder."""

    def __init__(self, folder: Path, rate: float) -> None:
        super().__init__(rate)
        self._file = os.open(folder / "pace", os.O_RDWR | os.O_CREAT, 0o600)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _reserve(self, segments: int) -> float:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now, turn = _now(), self._read()
            if not now < turn < now + LONGEST:
                turn = now
            os.pwrite(self._file, f"{turn + segments / self._rate:<{_WIDTH}.6f}".encode(), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        return turn

    def _read(self) -> float:
        try:
            return float(os.pread(self._file, _WIDTH, 0))
        except ValueError:
            return 0.0


def _now() -> float:
    return SystemClock().now().timestamp()


@contextmanager
def lines(folder: Path, most: int) -> Iterator[int]:
    """Hold as many of the installation's lines as are free, at least one, and yield how many."""
    with ExitStack() as held:
        while not (
            count := sum(_take(held, folder / f"line-{number:02}.lock") for number in range(most))
        ):
            sleep(_LOOK_AGAIN)
        yield count


def _take(held: ExitStack, path: Path) -> bool:
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    held.callback(lock.release)
    return True
