"""Ship a print run: its files, its manifest, and last of all the control file that lets the shop begin.

At the shop stand `<folder>/<run>/<file>…` and `<folder>/<run>.ready`, whose lines `sha256sum -c` reads. A shop takes a
run once that control file stands, and never before.

**A run arrives once.** Before the control file gets its name, we write down here that it is about to (`leaving`).
Whoever comes back after a crash and finds that note, but neither the control file nor its `.part`, knows that the shop
has carried the run off: it is not sent again. In doubt a run is late, never doubled: the shop's receipt tells.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from channels.encrypting import SUFFIX, encrypt
from channels.outbox import write_synced
from channels.port import Unavailable, Watch, unwatched
from channels.sftp import CHUNK, PART, Line, NotOurs, over_a_line
from channels.shops import Sftp, Shop

MANIFEST = "manifest.csv"
LEAVING = "leaving"


class Held(Unavailable):
    """Somebody held the run while it was on its way: the shop has no control file, so it does not begin."""


class NotAsMade(Unavailable):
    """A file of the run is gone from the outbox, or is not what was made; nothing of the run was sent."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file as it goes to the shop."""

    name: str
    path: Path
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the shop has."""

    files: tuple[Parcel, ...]
    carried_off: bool = False  # it had begun before we looked: nothing was sent this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One print run on its way to the shop.

    `run` is what it is called at the shop; it stands in the outbox below `folder`, by default under that name too.
    `sums` are the SHA-256 sums of its files, by name; `beside` are further files, by name, that travel with it. What
    was made for an earlier try is used again. `may_leave` is asked once more right before the shop may begin.
    """

    shop: Shop
    outbox: Path
    run: str
    sums: Mapping[str, str]
    beside: Mapping[str, bytes]
    watch: Watch = unwatched
    may_leave: Callable[[], bool] = lambda: True
    folder: str = ""

    def ship(self) -> Shipped:
        """Let the shop have the run. Safe to repeat, at any time, however the last try ended.

        Raises:
            Unavailable: the shop cannot be reached or does not take it; `NotOurs`, `NotAsMade` and `Held` are of this
                run only.
            BadInput: our key cannot be read.
        """
        sftp = self._sftp()
        parcels = self._parcels()
        control = self._desk / f"{self.run}.ready"
        write_synced(
            control,
            "".join(f"{each.sha256}  {self.run}/{each.name}\n" for each in parcels).encode(),
        )
        leave = _Leaving(
            run=self.run,
            parcels=parcels,
            control=control,
            note=self._desk / LEAVING,
            may_leave=self.may_leave,
        )
        shipped = over_a_line(sftp, leave.leave, self._counting(parcels))
        for name in self._beside():
            self._note_sent(name)
        return shipped

    def take_back(self) -> bool:
        """See to it that the run does not reach the shop any more, and say whether it did not.

        What an earlier try laid there is taken away: there are names and addresses in it.

        Raises:
            Unavailable: something of it was sent, and the shop cannot be asked now.
        """
        if not self._desk.exists():
            return True
        leave = _Leaving(
            run=self.run,
            parcels=(),
            control=self._desk / f"{self.run}.ready",
            note=self._desk / LEAVING,
            may_leave=self.may_leave,
        )
        suffix = SUFFIX if self.shop.encryption else ""
        names = [f"{name}{suffix}" for name in (*self.sums, *self.beside)]
        return over_a_line(self._sftp(), lambda line: leave.take_back(line, names), lambda: None)

    def send_list(self, name: str) -> bool:
        """Let the shop have one more file of a run that is there already; say whether it had not got it before.

        Its copy below our folder there is named beside the control files: the run itself may have been carried off.

        Raises:
            Unavailable: the shop cannot be reached or does not take it.
        """
        if self._sent(name).exists():
            return False
        self._desk.mkdir(parents=True, exist_ok=True)
        path = self._closed(self._home / name)
        over_a_line(self._sftp(), lambda line: line.lay(path, line.place(path.name)), lambda: None)
        self._note_sent(name)
        self.tidy()
        return True

    def ship_once(self) -> bool:
        """Ship what no ledger says of whether it is at the shop; say whether it was not there before.

        Raises:
            Unavailable: as `ship` does.
        """
        if self._sent(self.run).exists():
            return False
        self.ship()
        self._note_sent(self.run)
        self.tidy()
        return True

    def tidy(self) -> None:
        """Forget what was only made for the way: call it when the ledger knows how it ended."""
        shutil.rmtree(self._desk, ignore_errors=True)

    @property
    def _home(self) -> Path:
        return self.outbox / (self.folder or self.run)

    def _sent(self, name: str) -> Path:
        return self.outbox / ".leaving" / "lists" / name

    def _note_sent(self, name: str) -> None:
        self._sent(name).parent.mkdir(parents=True, exist_ok=True)
        write_synced(self._sent(name), b"")

    @property
    def _desk(self) -> Path:
        return self.outbox / ".leaving" / self.run

    def _sftp(self) -> Sftp:
        if self.shop.sftp is None:
            raise ValueError(f"{self.shop.name} has no server")
        return self.shop.sftp

    def _parcels(self) -> tuple[Parcel, ...]:
        """Return the files in the order in which they go: the manifest last, so that it tells of nothing to come."""
        try:
            self._desk.mkdir(parents=True, exist_ok=True)
            made = [
                *(self._as_made(name) for name in self.sums),
                *(self._laid(name) for name in self._beside()),
            ]
            closed = [
                self._closed(path)
                for path in sorted(made, key=lambda path: (path.name == MANIFEST, path.name))
            ]
            return tuple(
                Parcel(path.name, path, _sum(path), path.stat().st_size) for path in closed
            )
        except OSError as error:
            raise Unavailable(
                f"the run cannot be made ready for its way ({error.strerror})"
            ) from error

    def _beside(self) -> list[str]:
        """Return the names of what travels with the run. When the control file may stand, nothing joins any more."""
        closed = (self._desk / LEAVING).exists()
        return [name for name in self.beside if not closed or (self._desk / name).exists()]

    def _as_made(self, name: str) -> Path:
        path = self._home / name
        if not path.is_file() or _sum(path) != self.sums[name]:
            raise NotAsMade(
                f"{self._home.name}/{name} in the outbox is gone, or is not what was made; nothing was sent"
            )
        return path

    def _laid(self, name: str) -> Path:
        """Return a file that travels with the run, as it was for the first try: the shop may have it already."""
        path = self._desk / name
        if not path.exists():
            draft = path.with_name(f"{name}.draft")
            write_synced(draft, self.beside[name])
            draft.replace(path)
        return path

    def _closed(self, path: Path) -> Path:
        if self.shop.encryption is None:
            return path
        closed = self._desk / f"{path.name}{SUFFIX}"
        if not closed.exists():
            encrypt(path, closed, self.shop.encryption.key)
        return closed

    def _counting(self, parcels: Sequence[Parcel]) -> Callable[[], None]:
        total = sum(-(-each.bytes // CHUNK) for each in parcels) + 1
        done = 0

        def moved() -> None:
            nonlocal done
            done = min(done + 1, total)
            self.watch("transfer", done, total)

        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """The last steps of a run, at the shop's side."""

    run: str
    parcels: tuple[Parcel, ...]
    control: Path
    note: Path
    may_leave: Callable[[], bool]

    async def leave(self, line: Line) -> Shipped:
        """Lay everything there, the control file last."""
        ready = line.place(self.control.name)
        if await line.stands(self.control, ready):
            return Shipped(self.parcels)
        if await self._is_gone(line, ready):
            return Shipped(self.parcels, carried_off=True)
        await line.make_folder(line.place(self.run))
        for each in self.parcels:
            await line.lay(each.path, line.place(self.run, each.name))
        if not self.may_leave():
            raise Held(f"{self.run} was held on its way: the print shop does not begin")
        await line.grow(self.control, ready)
        write_synced(self.note, b"the control file is about to get its name\n")
        await line.rename(ready)
        return Shipped(self.parcels)

    async def take_back(self, line: Line, names: Sequence[str]) -> bool:
        """Take away whatever stands there of a run that the shop may not take yet; False where it may already."""
        ready = line.place(self.control.name)
        if await line.size(ready) is not None or await self._is_gone(line, ready):
            return False
        await line.remove(ready)
        self.note.unlink(missing_ok=True)
        for name in names:
            await line.remove(line.place(self.run, name))
        await line.remove_folder(line.place(self.run))
        return True

    async def _is_gone(self, line: Line, ready: str) -> bool:
        return self.note.exists() and await line.size(ready + PART) is None


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["Held", "NotAsMade", "NotOurs", "Parcel", "Shipment", "Shipped"]
