"""No faster than the account allows, by all workers of a house together: they share a folder, and with it a pace.

Two limits hold. *Lines*: how many texts are on their way at one moment; a sender holds as many as are free, by locks
that die with it. *Pace*: segments a second; a file says when the next one may leave.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from filelock import FileLock, Timeout

from store.clock import SystemClock

_LONGEST = 120.0
"""Seconds; a pace that lies further ahead was written under another clock."""
_LOOK_AGAIN = 0.05


@dataclass(frozen=True, slots=True)
class Pace:
    """Segments a second, shared by everybody who uses the folder."""

    folder: Path
    rate: float

    def wait(self, segments: int) -> None:
        """Wait until so many segments may leave."""
        sleep(self._reserve(segments))

    def _reserve(self, segments: int) -> float:
        """Take the next turn; return the seconds until it comes."""
        turns = self.folder / "pace"
        with FileLock(self.folder / "pace.lock"):
            now = SystemClock().now().timestamp()
            turn = _read(turns)
            if not now < turn < now + _LONGEST:
                turn = now
            turns.write_text(f"{turn + segments / self.rate:.6f}")
        return turn - now


def _read(turns: Path) -> float:
    try:
        return float(turns.read_text())
    except (FileNotFoundError, ValueError):
        return 0.0


@contextmanager
def lines(folder: Path, most: int) -> Iterator[int]:
    """Hold as many of the house's lines as are free, at least one; yield how many."""
    with ExitStack() as held:
        while not (count := sum(_take(held, folder / f"line-{number:02}.lock") for number in range(most))):
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
