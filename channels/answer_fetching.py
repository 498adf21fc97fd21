"""Fetch a print shop's answers from its SFTP server, and archive them there once they were taken.

Answers are in one folder under names of the shop's own. A file that is still growing (it ends in
`.part`, or has another size after it was read) is left for the next time. Only files that were
fetched, and have not changed since, are moved there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from channels.outbox import write_synced
from channels.sftp import in_session
from channels.sftp_session import RemoteFile, Session
from channels.shops import Sftp

KINDS = frozenset({".csv", ".json"})
TAKEN = "taken"
LARGEST = 64 * 1024 * 1024  # bytes; a row for every piece of a country's day is less
_LONGEST = 150  # letters of a name, which we write on our own disk


@dataclass(frozen=True, slots=True)
class Left:
    """An answer left on the server for now, with the reason in a few plain words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answers fetched as they were on the server, and those left there."""

    files: tuple[RemoteFile, ...] = ()
    left: tuple[Left, ...] = ()


def fetch(sftp: Sftp, into: Path) -> Fetched:
    """Download every answer under its own name, atomically and synced to disk.

    Safe to repeat at any time.

    Raises:
        Unavailable: the server cannot be reached, is not who it was, does not let us in, or refuses to be read.
        BadInput: our key cannot be read.
        OSError: it cannot be written here.
    """
    into.mkdir(parents=True, exist_ok=True)
    return in_session(sftp, lambda session: _fetch(session, sftp.answers, into), lambda: None)


def put_aside(sftp: Sftp, files: Sequence[RemoteFile]) -> None:
    """Move answers that were taken to `taken/` on the server, except those changed since the download.

    Raises:
        Unavailable: as `fetch`; an answer that stays is fetched again, and says nothing new.
        BadInput: idem.
    """
    if files:
        in_session(sftp, lambda session: _put_aside(session, sftp.answers, files), lambda: None)


async def _fetch(session: Session, folder: str, into: Path) -> Fetched:
    drafts, left = dict[RemoteFile, Path](), list[Left]()
    for each in await session.files_in(folder):
        if PurePosixPath(each.name).suffix.lower() not in KINDS or each.name.startswith("."):
            continue
        if why := _refused(each):
            left.append(Left(each.name, why))
        else:
            drafts[each] = into / f".{each.name}.draft"
            write_synced(drafts[each], await session.read(f"{folder}/{each.name}", each.size + 1))
    same = set(await session.files_in(folder))
    for each, draft in drafts.items():
        if each in same and draft.stat().st_size == each.size:
            draft.replace(into / each.name)
        else:
            draft.unlink()
            left.append(Left(each.name, "is still growing"))
    kept = {each.name for each in left}
    return Fetched(tuple(each for each in drafts if each.name not in kept), tuple(left))


def _refused(each: RemoteFile) -> str:
    """Return why an answer is not fetched at all, or an empty string."""
    if not _is_a_name(each.name):
        return "has a name that we do not write on our disk"
    return f"is larger than {LARGEST // 1024 // 1024} MB" if each.size > LARGEST else ""


def _is_a_name(name: str) -> bool:
    return name.isprintable() and not {"/", "\\"} & set(name) and len(name) <= _LONGEST


async def _put_aside(session: Session, folder: str, files: Sequence[RemoteFile]) -> None:
    aside = f"{folder}/{TAKEN}"
    await session.make_folder(aside)
    known = {each.name for each in await session.files_in(aside)}
    same = set(files) & set(await session.files_in(folder))
    for each in sorted(same, key=lambda each: each.name):
        name = _free(known, each.name)
        await session.move(f"{folder}/{each.name}", f"{aside}/{name}")
        known.add(name)


def _free(known: set[str], name: str) -> str:
    """Return a name that is still free there, because a shop may use one twice."""
    number, path = 1, PurePosixPath(name)
    while name in known:
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name
