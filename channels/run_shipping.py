"""Ship a print run to the shop's server, with the control file last, which lets the shop begin.

The shop gets `<folder>/<run>/<file>…` and the control file `<folder>/<run>.ready`, whose lines
`sha256sum -c` reads. A shop takes a run once that control file is there, and never before.

**A run arrives once.** Before the control file gets its name, we write down here that it is about to (`leaving`).
A process that comes back after a crash and finds that note, but neither the control file nor its
`.part`, knows that the shop has carried the run off, and does not send it again. In doubt a run is
late, never doubled; the shop's receipt says which.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from channels.encrypting import SUFFIX, encrypt
from channels.outbox import write_synced
from channels.port import Unavailable, Watch, unwatched
from channels.sftp import in_session
from channels.sftp_session import CHUNK, PART, NotOurs, Session
from channels.shops import Sftp, Shop
from store.sentences import Sentence, as_sentence
from store.system_errors import reason_of

MANIFEST = "manifest.csv"
LEAVING = "leaving"


class Held(Unavailable):
    """Somebody held the run while it was being sent, so that the shop does not begin.

    The shop has no control file.
    """


class NotAsMade(Unavailable):
    """A file of the run is gone from the outbox or was changed, and nothing of the run was sent."""


class Notes(Protocol):
    """Notes on the way of runs to the shop, which stay until the run is closed."""

    def has(self, name: str) -> bool:
        """Say whether this was noted."""
        ...

    def write(self, name: str) -> None:
        """Note it, so that it stays whatever happens next."""
        ...

    def remove(self, name: str) -> None:
        """Take a note away, where it is there."""
        ...


@dataclass(frozen=True, slots=True)
class FileNotes:
    """Notes in a folder below the outbox."""

    folder: Path

    def has(self, name: str) -> bool:
        """Say whether this was noted."""
        return (self.folder / name).exists()

    def write(self, name: str) -> None:
        """Note it on the disk."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(path, b"")

    def remove(self, name: str) -> None:
        """Take a note away, where it is there."""
        (self.folder / name).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file as it goes to the shop."""

    name: str
    path: Path
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """The files that the shop has."""

    files: tuple[Parcel, ...]
    carried_off: bool = False  # it had begun before we looked: nothing was sent this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A print run on its way to the shop.

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
    # of another kind where several machines hand runs over
    shared_notes: Notes | None = None

    def ship(self) -> Shipped:
        """Send the run to the shop.

        Safe to repeat at any time, however the last try ended.

        Raises:
            Unavailable: the shop cannot be reached or does not take it; `NotOurs`, `NotAsMade` and `Held` are of this
                run only.
            BadInput: our key cannot be read.
        """
        sftp = self._sftp()
        parcels = self._parcels()
        self._note_begun()
        control = self._workspace / f"{self.run}.ready"
        write_synced(
            control,
            "".join(
                f"{each.sha256}  {sftp.name_in_run(self.run, each.name)}\n" for each in parcels
            ).encode(),
        )
        leave = _Leaving(
            run=self.run,
            parcels=parcels,
            control=control,
            notes=self._notes,
            note=self._leaving,
            may_leave=self.may_leave,
        )
        shipped = in_session(sftp, leave.leave, self._counting(parcels))
        for name in self._beside():
            self._note_sent(name)
        return shipped

    def take_back(self) -> bool:
        """Remove the run from the shop's server, and say whether the shop surely has not taken it.

        Files that an earlier try left there are removed, because there are names and addresses in
        them.

        Raises:
            Unavailable: something of it was sent, and the shop cannot be asked now.
        """
        if not self._workspace.exists() and not self._notes.has(self._begun):
            return True
        leave = _Leaving(
            run=self.run,
            parcels=(),
            control=self._workspace / f"{self.run}.ready",
            notes=self._notes,
            note=self._leaving,
            may_leave=self.may_leave,
        )
        suffix = SUFFIX if self.shop.encryption else ""
        names = [f"{name}{suffix}" for name in (*self.sums, *self.beside)]
        return in_session(
            self._sftp(), lambda session: leave.take_back(session, names), lambda: None
        )

    def send_list(self, name: str) -> bool:
        """Send one more file of a run that is there already, and say whether it was new to the shop.

        Its copy below our folder there is named beside the control files: the run itself may have been carried off.

        Raises:
            Unavailable: the shop cannot be reached or does not take it.
        """
        if self._notes.has(self._sent(name)):
            return False
        self._workspace.mkdir(parents=True, exist_ok=True)
        path = self._encrypted(self._home / name)
        in_session(
            self._sftp(),
            lambda session: session.upload(path, session.path_of(path.name)),
            lambda: None,
        )
        self._note_sent(name)
        self.tidy()
        return True

    def ship_once(self) -> bool:
        """Ship a run that the ledger does not follow, and say whether it is new to the server.

        Raises:
            Unavailable: as `ship` does.
        """
        if self._notes.has(self._sent(self.run)):
            return False
        self.ship()
        self._note_sent(self.run)
        self.tidy()
        return True

    def tidy(self) -> None:
        """Delete the working files of the shipment, once the ledger knows how it ended."""
        shutil.rmtree(self._workspace, ignore_errors=True)
        for note in (self._leaving, self._begun):
            self._notes.remove(note)

    @property
    def _home(self) -> Path:
        return self.outbox / (self.folder or self.run)

    @property
    def _notes(self) -> Notes:
        return self.shared_notes or FileNotes(self.outbox / ".leaving")

    @property
    def _leaving(self) -> str:
        return f"{self.run}/{LEAVING}"

    @property
    def _begun(self) -> str:
        return f"{self.run}/begun"

    def _note_begun(self) -> None:
        if self.shared_notes is not None:  # the folder itself says so otherwise
            self.shared_notes.write(self._begun)

    def _sent(self, name: str) -> str:
        return f"lists/{name}"

    def _note_sent(self, name: str) -> None:
        self._notes.write(self._sent(name))

    @property
    def _workspace(self) -> Path:
        return self.outbox / ".leaving" / self.run

    def _sftp(self) -> Sftp:
        if self.shop.sftp is None:
            raise ValueError(f"{self.shop.name} has no server")
        return self.shop.sftp

    def _parcels(self) -> tuple[Parcel, ...]:
        """Return the files in the order in which they go, the manifest last."""
        try:
            self._workspace.mkdir(parents=True, exist_ok=True)
            made = [
                *(self._as_made(name) for name in self.sums),
                *(self._as_first_sent(name) for name in self._beside()),
            ]
            encrypted = [
                self._encrypted(path)
                for path in sorted(made, key=lambda path: (path.name == MANIFEST, path.name))
            ]
            return tuple(
                Parcel(path.name, path, _sum(path), path.stat().st_size) for path in encrypted
            )
        except OSError as error:
            raise Unavailable(
                Sentence(
                    "the run cannot be made ready for its way: a file {why}",
                    why=as_sentence(reason_of(error)),
                )
            ) from error

    def _beside(self) -> list[str]:
        """Return the names of the further files that travel with the run.

        Nothing joins once the control file may be there.
        """
        complete = self._notes.has(self._leaving)
        return [name for name in self.beside if not complete or (self._workspace / name).exists()]

    def _as_made(self, name: str) -> Path:
        path = self._home / name
        if not path.is_file() or _sum(path) != self.sums[name]:
            raise NotAsMade(
                f"{self._home.name}/{name} in the outbox is gone, or is not what was made; nothing was sent"
            )
        return path

    def _as_first_sent(self, name: str) -> Path:
        """Return a further file as it was for the first try, because the shop may have it already."""
        path = self._workspace / name
        if not path.exists():
            draft = path.with_name(f"{name}.draft")
            write_synced(draft, self.beside[name])
            draft.replace(path)
        return path

    def _encrypted(self, path: Path) -> Path:
        if self.shop.encryption is None:
            return path
        encrypted = self._workspace / f"{path.name}{SUFFIX}"
        if not encrypted.exists():
            encrypt(path, encrypted, self.shop.encryption.key)
        return encrypted

    def _counting(self, parcels: Sequence[Parcel]) -> Callable[[], None]:
        total = sum(-(-each.bytes // CHUNK) for each in parcels) + 1
        done = 0

        def on_chunk() -> None:
            nonlocal done
            done = min(done + 1, total)
            self.watch("transfer", done, total)

        return on_chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """The last steps of a run, on the shop's server."""

    run: str
    parcels: tuple[Parcel, ...]
    control: Path
    notes: Notes
    note: str
    may_leave: Callable[[], bool]

    async def leave(self, session: Session) -> Shipped:
        """Upload everything, the control file last."""
        ready = session.path_of(self.control.name)
        if await session.has(self.control, ready):
            return Shipped(self.parcels)
        if await self._is_gone(session, ready):
            return Shipped(self.parcels, carried_off=True)
        await session.make_run_folder(self.run)
        for each in self.parcels:
            await session.upload(each.path, session.path_in_run(self.run, each.name))
        if not self.may_leave():
            raise Held(f"{self.run} was held on its way: the print shop does not begin")
        if session.renames:
            await session.upload_part(self.control, ready)
        self.notes.write(self.note)
        if session.renames:
            await session.rename(ready)
        else:
            await session.upload(self.control, ready)
        return Shipped(self.parcels)

    async def take_back(self, session: Session, names: Sequence[str]) -> bool:
        """Remove the files of a run that the shop may not take yet, or return False where it may already."""
        ready = session.path_of(self.control.name)
        if await session.size(ready) is not None or await self._is_gone(session, ready):
            return False
        await session.remove(ready)
        self.notes.remove(self.note)
        for name in names:
            await session.remove(session.path_in_run(self.run, name))
        await session.remove_folder(self.run)
        return True

    async def _is_gone(self, session: Session, ready: str) -> bool:
        return self.notes.has(self.note) and await session.size(ready + PART) is None


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["Held", "NotAsMade", "NotOurs", "Parcel", "Shipment", "Shipped"]
