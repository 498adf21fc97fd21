"""Fetch what a print shop answers from its server, and put it aside there once it was taken.

Answers stand in one folder under names of the shop's own. What is still growing (it ends in `.part`, or is another size
after it was read) is left for the next time. Nothing is put aside there but what was fetched, and is still the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from channels.outbox import write_synced
from channels.sftp import Line, Standing, over_a_line
from channels.shops import Sftp

KINDS = frozenset({".csv", ".json"})
TAKEN = "taken"
LARGEST = 64 * 1024 * 1024  # bytes; a row for every piece of a country's day is less
_LONGEST = 150  # letters of a name, which we write on our own disk


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that stays on the server for now, and why, in a few plain words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands here now, as it stood there; and what was left."""

    files: tuple[Standing, ...] = ()
    left: tuple[Left, ...] = ()


def fetch(sftp: Sftp, into: Path) -> Fetched:
    """Bring every answer here, each under its own name, whole and on the disk. Safe to repeat, at any time.

    Raises:
        Unavailable: the server cannot be reached, is not who it was, does not let us in, or refuses to be read.
        BadInput: our key cannot be read.
        OSError: it cannot be written here.
    """
    into.mkdir(parents=True, exist_ok=True)
    return over_a_line(sftp, lambda line: _fetch(line, sftp.answers, into), lambda: None)


def put_aside(sftp: Sftp, files: Sequence[Standing]) -> None:
    """Move answers that were taken to `taken/` on the server; what changed since it was fetched stays to be fetched.

    Raises:
        Unavailable: as `fetch`; an answer that stays is fetched again, and says nothing new.
        BadInput: idem.
    """
    if files:
        over_a_line(sftp, lambda line: _put_aside(line, sftp.answers, files), lambda: None)


async def _fetch(line: Line, folder: str, into: Path) -> Fetched:
    drafts, left = dict[Standing, Path](), list[Left]()
    for each in await line.standing(folder):
        if PurePosixPath(each.name).suffix.lower() not in KINDS or each.name.startswith("."):
            continue
        if why := _refused(each):
            left.append(Left(each.name, why))
        else:
            drafts[each] = into / f".{each.name}.draft"
            write_synced(drafts[each], await line.read(f"{folder}/{each.name}", each.size + 1))
    same = set(await line.standing(folder))
    for each, draft in drafts.items():
        if each in same and draft.stat().st_size == each.size:
            draft.replace(into / each.name)
        else:
            draft.unlink()
            left.append(Left(each.name, "is still growing"))
    kept = {each.name for each in left}
    return Fetched(tuple(each for each in drafts if each.name not in kept), tuple(left))


def _refused(each: Standing) -> str:
    """Say why an answer is not fetched at all; nothing where it is."""
    if not _is_a_name(each.name):
        return "has a name that we do not write on our disk"
    return f"is larger than {LARGEST // 1024 // 1024} MB" if each.size > LARGEST else ""


def _is_a_name(name: str) -> bool:
    return name.isprintable() and not {"/", "\\"} & set(name) and len(name) <= _LONGEST


async def _put_aside(line: Line, folder: str, files: Sequence[Standing]) -> None:
    aside = f"{folder}/{TAKEN}"
    await line.make_folder(aside)
    known = {each.name for each in await line.standing(aside)}
    same = set(files) & set(await line.standing(folder))
    for each in sorted(same, key=lambda each: each.name):
        name = _free(known, each.name)
        await line.move(f"{folder}/{each.name}", f"{aside}/{name}")
        known.add(name)


def _free(known: set[str], name: str) -> str:
    """Return a name that nothing there has yet: a shop may use one twice."""
    number, path = 1, PurePosixPath(name)
    while name in known:
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name
