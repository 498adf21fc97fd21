"""List the runs on a print shop's server, and read its answers there without moving them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from channels.answer_fetching import KINDS, LARGEST, TAKEN
from channels.outbox import write_synced
from channels.sftp import in_session
from channels.sftp_session import Session
from channels.shops import Sftp

READY = ".ready"
_SUM = 64  # hexadecimal characters
_LARGEST_CONTROL = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class ReadyRun:
    """A run on the server that the shop may take, with the sums of its control file."""

    run: str
    sums: Mapping[str, str]  # by name below our folder there


def list_ready(sftp: Sftp) -> list[ReadyRun]:
    """Return the runs whose control file stands on the server. The shop may have carried others off.

    Raises:
        Unavailable: the server cannot be reached or read.
        BadInput: our key cannot be read.
    """
    return in_session(sftp, _ready, lambda: None)


async def _ready(session: Session) -> list[ReadyRun]:
    found = []
    for each in await session.files_in(session.path_of()):
        if each.name.endswith(READY):
            content = await session.read(session.path_of(each.name), _LARGEST_CONTROL)
            lines = content.decode("utf-8", "replace").splitlines()
            sums = {line[_SUM + 2 :]: line[:_SUM] for line in lines}
            found.append(ReadyRun(each.name.removesuffix(READY), sums))
    return found


def copy_answers(sftp: Sftp, into: Path) -> list[Path]:
    """Copy every answer on the server, taken before or not, into a folder, and return the copies.

    Raises:
        Unavailable: the server cannot be reached or read.
        BadInput: our key cannot be read.
    """
    return in_session(sftp, lambda session: _copy(session, sftp.answers, into), lambda: None)


async def _copy(session: Session, folder: str, into: Path) -> list[Path]:
    copies: list[Path] = []
    for place in (folder, f"{folder}/{TAKEN}"):
        for each in await session.files_in(place):
            suffix = PurePosixPath(each.name).suffix.lower()
            if suffix in KINDS and each.size <= LARGEST:
                copy = into / f"{len(copies):06}{suffix}"
                write_synced(copy, await session.read(f"{place}/{each.name}", each.size))
                copies.append(copy)
    return copies
