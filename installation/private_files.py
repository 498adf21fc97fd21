"""Rights of an installation's files, which only its own user may read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
UMASK = 0o077
"""With it new files are 0600 and new folders 0700."""
_KEPT = (
    *("secret.key", "secret.next", "retention.toml", "kaartje.sqlite3"),
    *("kaartje.sqlite3-wal", "kaartje.sqlite3-shm", "outbox", "locks", "team-tasks", "posts"),
    *("installation.id", "findings"),
)
"""What of the home folder is ours. Whatever else somebody put there keeps its rights."""


def close_to_others(home: Path) -> int:
    """Take the rights of others off an installation's files, and return off how many.

    Where the home folder is closed already nobody else comes further, and nothing is looked at.
    """
    if not home.is_dir() or not _is_open(home):
        return 0
    mended = 0
    for name in _KEPT:
        for place in _below(home / name):
            mended += _close(place)
    return mended + _close(home)


def _below(place: Path) -> Iterator[Path]:
    """Yield a file, or a folder with all that is in it, without following links."""
    if place.is_symlink() or not place.exists():
        return
    yield place
    if place.is_dir():
        for folder, folders, files in os.walk(place):
            yield from (Path(folder, name) for name in (*folders, *files))


def _is_open(place: Path) -> bool:
    return bool(place.stat().st_mode & _OTHERS)


def _close(place: Path) -> bool:
    """Close one file or folder that is our user's own, and say whether that was needed."""
    known = place.lstat()
    shared = known.st_mode & stat.S_ISVTX  # a folder for everybody's files, as /tmp
    mode = stat.S_IMODE(known.st_mode)
    if stat.S_ISLNK(known.st_mode) or shared or not mode & _OTHERS or known.st_uid != os.getuid():
        return False
    place.chmod(mode & ~_OTHERS)
    return True
