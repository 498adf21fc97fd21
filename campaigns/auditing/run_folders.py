"""Read the print runs that stand in an outbox, as their own files describe them."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MANIFEST, TOTALS = "manifest.csv", "run.json"
_WRITING, _SETTLED = ".writing", ".settled"
_SENT_WORDS = 3  # sent, the draft, the name
_UNREADABLE = (OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """A complete print run in a folder."""

    name: str  # under which it left
    place: Path
    pieces: tuple[str, ...]  # piece numbers, as its manifest has them
    by_file: Mapping[str, int]  # how many of them are in each file
    stated: int | None  # how many its totals say; None: they cannot be read
    prints: frozenset[str]  # the print files that stand in it
    is_replaced: bool = False  # a new one is being put in its place


def read_outbox(outbox: Path) -> Iterator[RunFolder]:
    """Yield the complete runs of an outbox, those that were sealed and not renamed among them."""
    for manifest in sorted(outbox.glob(f"*/{MANIFEST}")):
        if not manifest.parent.name.startswith("."):
            # the shop may take it away at this moment
            with suppress(FileNotFoundError):
                yield _read(manifest.parent, manifest.parent.name)
    for name, draft in _sealed(outbox):
        if (draft / MANIFEST).is_file() and not (outbox / name).exists():
            with suppress(FileNotFoundError):
                yield _read(draft, name)


def _sealed(outbox: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name and the draft of everything that was sealed as sent."""
    for seal in sorted((outbox / _SETTLED).glob("*")):
        head = seal.read_text(encoding="utf-8").partition("\n")[0].split(" ")
        if len(head) == _SENT_WORDS:
            yield head[2], outbox / _WRITING / head[1]


def _read(folder: Path, name: str) -> RunFolder:
    rows = list(csv.DictReader(io.StringIO((folder / MANIFEST).read_text(encoding="utf-8-sig"))))
    return RunFolder(
        name=name,
        place=folder,
        pieces=tuple(row.get("piece_id") or "" for row in rows),
        by_file=Counter(row.get("file") or "" for row in rows),
        stated=_stated(folder / TOTALS),
        prints=frozenset(path.name for path in folder.glob(f"{name}-*.pdf")),
        is_replaced=(folder.parent / ".anew" / name).exists(),
    )


def _stated(totals: Path) -> int | None:
    try:
        return int(json.loads(totals.read_text(encoding="utf-8"))["pieces"])
    except _UNREADABLE:
        return None


def read_call_lists(outbox: Path) -> Mapping[str, frozenset[int]]:
    """Return the touches on each list of people to be called that left, by its key."""
    folder = outbox / ".calls"
    found = {path.stem: _touches(path) for path in sorted(folder.glob("*.txt"))}
    for name, draft in _sealed(folder):
        if draft.is_file():
            found.setdefault(Path(name).stem, _touches(draft))
    return found


def _touches(path: Path) -> frozenset[int]:
    return frozenset(int(line) for line in path.read_text().split() if line.isdigit())


def sum_of_file(path: Path) -> str:
    """Return the SHA-256 sum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
