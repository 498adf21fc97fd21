"""Plain words for what the operating system refuses, such as a full disk or a missing folder."""

import errno
from pathlib import Path

from store.errors import BadInput

_NO_RIGHT = ("may not be read or written by this user", "give this user the right to it")
_WORDS = {
    errno.ENOENT: ("is not there", "look at its name"),
    errno.EISDIR: ("is a folder, not a file", "name a file"),
    errno.ENOTDIR: ("is a file, not a folder", "name a folder"),
    errno.EEXIST: ("is a file, not a folder", "name a folder"),
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EROFS: ("is on a disk that cannot be written", "name a place that can be written"),
    errno.ENOSPC: ("cannot be written, since the disk is full", "make room, and try again"),
    errno.EDQUOT: ("cannot be written, since the quota is used up", "make room, and try again"),
    errno.ENAMETOOLONG: ("has too long a name", "name it shorter"),
    errno.ELOOP: ("is a link that leads to itself", "name the file itself"),
    errno.EMFILE: ("cannot be opened beside so many others", "raise the limit of open files"),
    errno.EIO: ("cannot be read or written, since the disk fails", "look at the disk"),
    errno.EADDRINUSE: ("is used by another program", "choose another"),
    errno.EADDRNOTAVAIL: ("is not an address of this machine", "choose another"),
    errno.ECONNREFUSED: ("does not answer", "start it, or correct its address"),
}
_UNKNOWN = ("cannot be used", "look at its place and its rights")
NOT_FOR_NOW = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EIO, errno.EROFS})
"""What is wrong with the machine, not with what somebody wrote."""
OF_THE_MACHINE = NOT_FOR_NOW | {errno.EACCES, errno.EPERM, errno.ECONNREFUSED}
"""What is wrong with the machine or with the rights on it, where no person named a file."""


def refused_by_system(error: OSError) -> BadInput:
    """Return what the operating system refused, with its place and a remedy.

    Where the folder of a file is in the way, the folder is named, since the file may be a draft.
    """
    problem, remedy = _WORDS.get(error.errno or 0, _UNKNOWN)
    place = _place(error)
    if error.errno == errno.ENOENT and place and not (folder := Path(place).parent).exists():
        return BadInput(problem, "make this folder first", file=str(folder))
    if error.errno == errno.ENOTDIR and place:
        above = next((each for each in Path(place).parents if each.is_file()), place)
        return BadInput(problem, remedy, file=str(above))
    if error.errno == errno.EACCES and place and not Path(place).exists():
        return BadInput(problem, remedy, file=str(Path(place).parent))
    return BadInput(problem, remedy, file=place)


def reason_of(error: OSError) -> str:
    """Return only what is wrong, as "is a folder, not a file"."""
    return _WORDS.get(error.errno or 0, _UNKNOWN)[0]


def _place(error: OSError) -> str | None:
    return None if error.filename is None else str(error.filename)
