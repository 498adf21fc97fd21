"""The outbox, a folder from which every key leaves at most once despite crashes and races.

    .writing/<key>.<token>   a draft; worth nothing
    .settled/<key>           the seal; made once, by the first process, and never changed
    <name>                   what left: the draft under its own name

Making the seal is the commit point. Its first line is `sent <draft> <name>` or `void`; below `sent` stand the results
as JSON lines, so that they can be returned again when the print shop has long taken the folder away. A draft is renamed
only after the seal says `sent`, and anyone who finds that seal finishes the renaming.

Where several machines work on one database the seal is a row there, and each machine's folder holds what it made
itself. Seals that were made in the folder before that stay in force.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels.port import (
    HandedFile,
    Receipt,
    Refusal,
    RefusalKind,
    Result,
    Seeded,
    Unavailable,
    Unsure,
    Watch,
    unwatched,
)
from channels.short_retries import patiently
from store.sentences import Sentence, as_sentence
from store.system_errors import reason_of

if TYPE_CHECKING:
    from channels.file_store import FileStore
    from channels.shared_state import Seals, Shared

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_KINDS: dict[str, type[Result]] = {
    kind.__name__: kind for kind in (Receipt, Refusal, Unsure, HandedFile, Seeded)
}

Write = Callable[[Path], Sequence[Result]]
"""Writes a draft (a file or a folder) at the path it is given and returns the results, one for every message."""


@dataclass(frozen=True, slots=True)
class _Seal:
    """The seal of a key, which says under which name its draft left, or that it never will.

    Without a name it never will.
    """

    draft: str = ""
    name: str = ""
    results: tuple[Result, ...] = ()

    def text(self) -> str:
        """Return the seal as it is written to disk."""
        if not self.name:
            return "void\n"
        return "\n".join([f"sent {self.draft} {self.name}", *map(_to_json, self.results), ""])

    @classmethod
    def read(cls, path: Path) -> "_Seal":
        """Read a seal."""
        return cls.parse(path.read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, text: str) -> "_Seal":
        """Read the words of a seal."""
        head, *lines = text.split("\n")[:-1]
        if head == "void":
            return cls()
        _, draft, name = head.split(" ")
        return cls(draft, name, tuple(_from_json(line) for line in lines))


@dataclass(frozen=True, slots=True)
class Outbox:
    """A folder with the exactly-once law.

    It must lie on one file system that has hard links. Where machines share no folder, the seals
    stand elsewhere (`shared`), and a run's files are kept in a store before it is sealed.
    """

    root: Path
    seals: "Seals | None" = None
    files: "FileStore | None" = None

    def shared(self, shared: "Shared | None") -> "Outbox":
        """Return this outbox with what other machines share of a batch."""
        if shared is None:
            return self
        return replace(self, seals=shared.seals, files=shared.files)

    def results_of(self, key: str) -> tuple[Result, ...] | None:
        """Return the results of a key that left, or None where the key is not settled yet.

        Finishes the renaming of its draft first.

        Raises:
            Unavailable: the key was taken back, or the folder cannot be read.
        """
        try:
            seal = self._seal(key)
            return None if seal is None else self._finish(key, seal)
        except OSError as error:
            raise Unavailable(
                Sentence("the outbox cannot be read: {why}", why=self._why(error))
            ) from error

    def leave_once(
        self, key: str, write: Write, *, name: str | None = None, watch: Watch = unwatched
    ) -> tuple[Result, ...]:
        """Hand over a batch under its key, at most once, and return its results.

        Args:
            key: Letters, digits and hyphens.
            write: Writes the batch as a draft; not called when the key was handed over before.
            name: Name of the batch in the outbox; the key itself by default.
            watch: Gets the phase "seal": before the commit point, between it and the renaming, and after.

        Raises:
            Unavailable: the key was taken back, or the outbox cannot be written; nothing was handed over.
        """
        known = self.results_of(key)
        return known if known is not None else self._leave(key, write, name or key, watch)

    def settle(self, key: str) -> tuple[Result, ...]:
        """Return the results of what left under the key, and let nothing else leave under it.

        Raises:
            Unavailable: the folder cannot be read or written now; ask again.
        """
        try:
            seal = self._take(key, _Seal())
            results = self._finish(key, seal) if seal.name else ()
            self._clear(key)
        except OSError as error:
            raise Unavailable(
                Sentence("the outbox cannot be settled: {why}", why=self._why(error))
            ) from error
        return tuple(result for result in results if not isinstance(result, Refusal))

    def _leave(self, key: str, write: Write, name: str, watch: Watch) -> tuple[Result, ...]:
        draft = self._drafts / f"{key}.{secrets.token_hex(8)}"
        results: tuple[Result, ...] = ()
        try:
            patiently(self._drafts.mkdir, parents=True, exist_ok=True)
            results = tuple(write(draft))
            sync_tree(draft)
            self._keep_files(draft, results)
            watch("seal", 0, 2)
            seal = self._take(key, _Seal(draft.name, name, results))
        except OSError as error:
            return self._after_failure(key, draft, results, error)
        except Unavailable:
            _remove(draft)
            raise
        if seal.draft != draft.name:  # somebody else was first
            _remove(draft)
        watch("seal", 1, 2)
        finished = self._finish_or_doubt(key, seal)
        watch("seal", 2, 2)
        return finished

    def _after_failure(
        self, key: str, draft: Path, results: tuple[Result, ...], error: OSError
    ) -> tuple[Result, ...]:
        """Return the results of the key after writing or sealing failed half-way.

        A sealed draft stays.

        The draft may have been swept away by somebody who settled the key, or the seal may be ours and its answer lost.
        """
        try:
            seal = self._seal(key)
        except OSError as blind:
            return _in_doubt(results, blind)
        if seal is None or seal.draft != draft.name:
            _remove(draft)
        if seal is None:
            raise Unavailable(
                Sentence("the outbox cannot be written: {why}; nothing left", why=self._why(error))
            ) from error
        return self._finish_or_doubt(key, seal)

    def _keep_files(self, draft: Path, results: Iterable[Result]) -> None:
        """Keep the files of a run where every machine finds them, before anybody may count on them."""
        for each in results if self.files else ():
            if self.files and isinstance(each, HandedFile):
                self.files.keep(draft / each.name, each.sha256)

    def _take(self, key: str, seal: _Seal) -> _Seal:
        """Make `seal` the seal of the key if it has none, and return the seal in force."""
        if self.seals is not None and not (self._seals / key).exists():
            for folder in (self._drafts, self._seals):
                patiently(folder.mkdir, parents=True, exist_ok=True)
            return _Seal.parse(self.seals.take(key, seal.text()))
        for folder in (self._drafts, self._seals):
            patiently(folder.mkdir, parents=True, exist_ok=True)
        made = self._drafts / f"{key}.{secrets.token_hex(8)}.seal"
        patiently(write_synced, made, seal.text().encode())
        try:
            os.link(made, self._seals / key)
            _sync(self._seals)
        # also when a network share took our link and lost its answer: then it reads as ours
        except FileExistsError:
            return _Seal.read(self._seals / key)
        finally:
            _remove(made)
        return seal

    def _finish(self, key: str, seal: _Seal) -> tuple[Result, ...]:
        """Rename the sealed draft to its final name, unless that was done, and return the results."""
        if not seal.name:
            raise Unavailable(
                Sentence("{key} was taken back: nothing leaves under this key any more", key=key)
            )
        draft, final = self._drafts / seal.draft, self.root / seal.name
        if draft.exists():
            with suppress(FileNotFoundError):  # another process finished it a moment ago
                patiently(draft.rename, final)
            _sync(self.root)
        return seal.results

    def _finish_or_doubt(self, key: str, seal: _Seal) -> tuple[Result, ...]:
        try:
            return self._finish(key, seal)
        except OSError as error:
            return _in_doubt(seal.results, error)

    def _seal(self, key: str) -> _Seal | None:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a key: write letters, digits and hyphens")
        if self.seals is not None and (text := self.seals.read(key)) is not None:
            return _Seal.parse(text)
        try:
            return _Seal.read(self._seals / key)
        except FileNotFoundError:
            return None

    def _clear(self, key: str) -> None:
        """Remove every draft of a settled key.

        A sender that is still writing then finds the seal and gives up.
        """
        for leftover in self._drafts.glob(f"{key}.*"):
            _remove(leftover)

    def _why(self, error: OSError) -> str:
        if self.root.exists() and not self.root.is_dir():
            return Sentence("{folder} is a file, not a folder", folder=self.root)
        place = error.filename or self.root
        return Sentence("{place}: {why}", place=place, why=as_sentence(reason_of(error)))

    @property
    def _drafts(self) -> Path:
        return self.root / ".writing"

    @property
    def _seals(self) -> Path:
        return self.root / ".settled"


def _in_doubt(results: Iterable[Result], error: OSError) -> tuple[Result, ...]:
    """Replace receipts by doubts, because the seal may be in force and be finished later."""
    doubt = f"it may be sealed, but does not stand under its own name ({reason_of(error)})"
    return tuple(
        Unsure(result.touch_id, doubt) if isinstance(result, Receipt) else result
        for result in results
        if not isinstance(result, HandedFile | Seeded)
    )


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and sync it to disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(draft: Path) -> None:
    """Sync a draft, its files and the folder that holds it to disk."""
    inside: Iterable[Path] = draft.iterdir() if draft.is_dir() else ()
    for path in (*inside, draft, draft.parent):
        _sync(path)


def _remove(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft, ignore_errors=True)
    else:
        with suppress(OSError):
            draft.unlink()


def _to_json(result: Result) -> str:
    values = {each.name: getattr(result, each.name) for each in fields(result)}  # all of them flat
    return _AS_JSON({"result": type(result).__name__, **values})


def _from_json(line: str) -> Result:
    fields: dict[str, Any] = json.loads(line)
    kind = _KINDS[fields.pop("result")]
    if kind is Refusal:
        fields["kind"] = RefusalKind(fields["kind"])
    return kind(**fields)
