"""The journal of one batch of texts, an append-only list of attempts and their results.

One line an event. An attempt is written and synced to disk before the provider is called. So after
a crash it is known which texts may have gone, and all others surely did not. Once nothing is in
doubt the journal is rewritten without the numbers.

On one machine a journal is a file. Where several machines work on one database it is a table there
(`campaigns.delivery.shared_journals`), behind the same port.
"""

import errno
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from filelock import FileLock, Timeout

from channels.outbox import write_synced
from channels.port import Receipt, Refusal, RefusalKind, Unavailable, Unsure
from channels.sms.providers import Text
from channels.sms.text_hashes import mark
from store.clock import SystemClock
from store.sentences import Sentence

Ended = Receipt | Refusal | Unsure
_KINDS: dict[str, type[Ended]] = {kind.__name__: kind for kind in (Receipt, Refusal, Unsure)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt, with its number, the hash of its words, its provider and its moment."""

    touch: int
    to: str
    mark: str
    provider: str
    at: datetime
    seen: bool = True  # False: no journal saw it begin, and it is looked for to be sure


@dataclass(kw_only=True)
class Journal:
    """The state of one batch.

    Written by its sender's threads, or by the process that settles it. How its lines are kept is
    what a kind of journal adds.
    """

    opened: datetime
    begun: dict[int, Begun] = field(default_factory=dict)
    ended: dict[int, Ended] = field(default_factory=dict)
    done: bool = False  # every message has a result
    closed: bool = False  # nothing leaves under this key any more
    fresh: bool = False  # there was none before, and texts may have gone all the same
    # when it was taken from a sender that had not let go of it, whose last calls may still come in
    taken: datetime | None = None

    @property
    def open(self) -> list[Begun]:
        """The attempts whose result is not known."""
        return [
            try_
            for touch, try_ in self.begun.items()
            if isinstance(self.ended.get(touch), Unsure | None)
        ]

    @property
    def refs(self) -> set[str]:
        """The provider's references that are known to be of this batch."""
        return {end.provider_ref for end in self.ended.values() if isinstance(end, Receipt)}

    def begin(
        self, texts: Sequence[Text], provider: str, *, now: datetime, seen: bool = True
    ) -> None:
        """Write that these texts are about to be handed over, synced to disk."""
        tries = [
            Begun(
                touch=text.touch_id,
                to=text.to,
                mark=mark(text.body),
                provider=provider,
                at=now,
                seen=seen,
            )
            for text in texts
        ]
        self._write(
            *({"begin": {**asdict(try_), "at": try_.at.isoformat()}} for try_ in tries), sync=True
        )
        self.begun.update((try_.touch, try_) for try_ in tries)

    def end(self, *ends: Ended) -> None:
        """Write the results of some texts."""
        self._write(*({type(end).__name__: asdict(end)} for end in ends))
        self.ended.update((end.touch_id, end) for end in ends)

    def free(self, *touches: int) -> None:
        """Write that these were begun and surely did not go."""
        self._write(*({"free": touch} for touch in touches))
        for touch in touches:
            self.begun.pop(touch, None)
            self.ended.pop(touch, None)

    def finish(self) -> None:
        """Write that every message has its result."""
        self.done = True
        self._write({"done": True}, sync=True)
        self._forget_numbers()

    def close(self) -> None:
        """Write that nothing leaves under this key any more."""
        self.closed = True
        self._write({"closed": True}, sync=True)
        self._forget_numbers()

    def now(self) -> datetime:
        """Return the moment by the clock that the attempts are written by."""
        return SystemClock().now()

    def _write(self, *lines: dict[str, Any], sync: bool = False) -> None:
        raise NotImplementedError

    def _rewrite(self, lines: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    def _forget_numbers(self) -> None:
        """Rewrite the file without the numbers, once no text has to be looked for any more."""
        if self.open or not self.begun:
            return
        lines: list[dict[str, Any]] = [{"opened": self.opened.isoformat()}]
        lines += [{type(end).__name__: asdict(end)} for end in self.ended.values()]
        lines += [{name: True} for name in ("done", "closed") if getattr(self, name)]
        self._rewrite(lines)
        self.begun.clear()

    def _take(self, name: str, value: Any) -> None:
        match name:
            case "opened":
                self.opened = datetime.fromisoformat(value)
            case "begin":
                self.begun[value["touch"]] = Begun(
                    **{**value, "at": datetime.fromisoformat(value["at"])}
                )
            case "free":
                self.begun.pop(value, None)
                self.ended.pop(value, None)
            case "done":
                self.done = True
            case "closed":
                self.closed = True
            case "elsewhere":
                self.fresh = True
            case "taken":
                self.taken = datetime.fromisoformat(value)
            case _:
                if name == Refusal.__name__:
                    value["kind"] = RefusalKind(value["kind"])
                end = _KINDS[name](**value)
                if not (
                    isinstance(end, Unsure) and isinstance(self.ended.get(end.touch_id), Receipt)
                ):
                    self.ended[end.touch_id] = end


@dataclass(kw_only=True)
class FileJournal(Journal):
    """A journal in a file."""

    path: Path
    _file: int | None = None
    _writing: Lock = field(default_factory=Lock)

    def _write(self, *lines: dict[str, Any], sync: bool = False) -> None:
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
        with self._writing:
            if self._file is None:
                self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            if os.write(self._file, text) != len(text):
                raise OSError(errno.ENOSPC, "the journal could not be written whole")
            if sync:
                os.fsync(self._file)

    def let_go(self) -> None:
        """Close the file, which the next line opens again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _rewrite(self, lines: list[dict[str, Any]]) -> None:
        self.let_go()
        draft = self.path.with_suffix(".new")
        write_synced(
            draft, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
        )
        draft.replace(self.path)

    def read(self) -> None:
        """Read what was written before."""
        for line in self.path.read_bytes().splitlines():
            try:
                (name, value), *_ = json.loads(line).items()
            except ValueError:
                continue  # the line that a power cut broke off: what it would have said is asked of the provider
            self._take(name, value)

    def add(self, receipt: Receipt) -> None:
        """Add a receipt to a journal that another process may be writing."""
        self._write({Receipt.__name__: asdict(receipt)})
        self.let_go()


class AllJournals(Protocol):
    """The journals of an installation's texts."""

    def held(self, key: str, *, now: datetime, most: float = -1) -> AbstractContextManager[Journal]:
        """Open the journal of a key exclusively, and make it where there is none.

        Raises:
            Unavailable: somebody still had it after `most` seconds.
        """
        ...

    def settling(self, most: float) -> AbstractContextManager[None]:
        """Let one process at a time match a provider's list to attempts.

        Raises:
            Unavailable: somebody still did after `most` seconds.
        """
        ...

    def ask_to_stop(self, key: str) -> None:
        """Ask a sender that may still be sending under this key to begin nothing more."""
        ...

    def asked_to_stop(self, key: str) -> bool:
        """Say whether somebody wants to settle this key."""
        ...

    def stop_asking(self, key: str) -> None:
        """Remove the request to stop."""
        ...

    def others(self, mine: Journal, since: datetime) -> Iterator[Journal]:
        """Yield the journals of other batches that were written to since then."""
        ...


@dataclass(frozen=True, slots=True)
class Journals:
    """The journals of an installation, in one folder."""

    folder: Path

    @contextmanager
    def held(self, key: str, *, now: datetime, most: float = -1) -> Iterator[Journal]:
        """Open the journal of a key exclusively, and make it where there is none.

        Raises:
            Unavailable: somebody still had it after `most` seconds.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone(key, most):
            journal = FileJournal(path=self.folder / f"{key}.jsonl", opened=now)
            if journal.path.exists():
                journal.read()
            else:
                journal.fresh = True
                journal._write({"opened": now.isoformat()}, sync=True)  # noqa: SLF001  the same module
            try:
                yield journal
            finally:
                journal.let_go()

    @contextmanager
    def _alone(self, key: str, most: float) -> Iterator[None]:
        lock = FileLock(self.folder / f"{key}.lock", timeout=most)
        try:
            lock.acquire()
        except Timeout:
            raise Unavailable(Sentence("{key} is still being sent", key=key)) from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def settling(self, most: float) -> Iterator[None]:  # noqa: ARG002  whoever settles here ends
        """Let one process at a time match a provider's list to attempts."""
        with FileLock(self.folder.parent / "settling.lock"):
            yield

    def learn(self, key: str, receipt: Receipt) -> None:
        """Write a receipt that a provider reported by itself into the journal of a key.

        The sender under that key need not be asked, because a line is added and a receipt is never
        taken back.
        """
        path = self.folder / f"{key}.jsonl"
        if path.exists():
            FileJournal(path=path, opened=SystemClock().now()).add(receipt)

    def ask_to_stop(self, key: str) -> None:
        """Ask a sender that may still be sending under this key to begin nothing more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{key}.stop").touch()

    def asked_to_stop(self, key: str) -> bool:
        """Say whether somebody wants to settle this key."""
        return (self.folder / f"{key}.stop").exists()

    def stop_asking(self, key: str) -> None:
        """Remove the request to stop, because the journal itself says that the key is closed."""
        (self.folder / f"{key}.stop").unlink(missing_ok=True)

    def others(self, mine: Journal, since: datetime) -> Iterator[Journal]:
        """Yield the journals of other batches that were written to since then."""
        own = mine.path if isinstance(mine, FileJournal) else None
        for path in self.folder.glob("*.jsonl"):
            if path != own and path.stat().st_mtime >= since.timestamp():
                other = FileJournal(path=path, opened=since)
                other.read()
                yield other
