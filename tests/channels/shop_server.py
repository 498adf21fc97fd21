"""A print shop's server for tests: a real SSH server on this machine, with keys of its own and whatever goes wrong."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import ENOSPC
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any

import asyncssh

USER = "kaartje"


@dataclass(kw_only=True)
class Faults:
    """What goes wrong, each until it is spent or taken away."""

    breaks_after: list[int] = field(
        default_factory=list
    )  # bytes written until the line breaks, once each
    room: int | None = None  # bytes until the disk is full
    hangs: bool = False  # writes are taken, and never answered
    breaks_on_rename: list[str] = field(
        default_factory=list
    )  # the answer to the renaming of such a file is lost
    breaks_on_read: int = 0  # how many reads break the line
    grows: list[str] = field(
        default_factory=list
    )  # such a file is longer after it was read, once each
    lacks: frozenset[str] = frozenset()  # rights of our user: folder, read, look, rename
    written: int = 0
    renamed: list[str] = field(default_factory=list)
    opened: list[Any] = field(default_factory=list)  # a line that is cut off leaves its files open


class _Files(asyncssh.SFTPServer):
    faults: Faults
    root: Path

    def __init__(self, channel: Any) -> None:
        self._connection = channel.get_connection()
        super().__init__(channel, chroot=os.fsencode(self.root))

    def _needs(self, right: str) -> None:
        if right in self.faults.lacks:
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    def mkdir(self, path: bytes, attrs: Any) -> None:
        self._needs("folder")
        super().mkdir(path, attrs)

    def stat(self, path: bytes) -> Any:
        self._needs("look")
        return super().stat(path)

    def open(self, path: bytes, pflags: int, attrs: Any) -> object:
        if not pflags & asyncssh.FXF_WRITE:
            self._needs("read")
        file = super().open(path, pflags, attrs)
        self.faults.opened.append(file)
        return file

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        faults = self.faults
        if faults.room is not None and faults.written + len(data) > faults.room:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        if faults.hangs:
            await asyncio.Event().wait()
        if faults.breaks_after and faults.written + len(data) > faults.breaks_after[0]:
            data = data[: max(faults.breaks_after.pop(0) - faults.written, 0)]
            super().write(file_obj, offset, data)
            faults.written = 0
            self._connection.abort()
            return len(data)
        faults.written += len(data)
        return super().write(file_obj, offset, data)  # type: ignore[return-value]

    def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        if self.faults.breaks_on_read:
            self.faults.breaks_on_read -= 1
            self._connection.abort()
        content = super().read(file_obj, offset, size)
        name = os.fsdecode(file_obj.name)
        if content and any(name.endswith(each) for each in self.faults.grows):
            self.faults.grows.clear()
            with Path(name).open("ab") as file:
                file.write(b"and more\n")
        return content  # type: ignore[return-value]

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._needs("rename")
        super().rename(oldpath, newpath)
        name = os.fsdecode(newpath).rsplit("/", 1)[-1]
        self.faults.renamed.append(name)
        if self.faults.breaks_on_rename and name.endswith(self.faults.breaks_on_rename[0]):
            self.faults.breaks_on_rename.pop(0)
            self._connection.abort()


@cache
def key(name: str) -> asyncssh.SSHKey:
    """Return a key of this test run; the same for the same name."""
    return asyncssh.generate_private_key("ssh-ed25519", comment=name)


@dataclass
class ShopServer:
    """A server under way: what it shows is below `root`."""

    port: int
    root: Path
    faults: Faults

    def describe(self, folder: Path, **more: str) -> Path:
        """Write the print shop's file for this server, and our key beside it; return the file."""
        key("ours").write_private_key(str(folder / "our-key"))
        (folder / "our-key").chmod(0o600)
        parts = {
            "": 'name = "De Linde"\n',
            "sftp": f'host = "127.0.0.1"\nport = {self.port}\nuser = "{USER}"\nkey_file = "our-key"\nfolder = "/in"\n'
            f'host_key = "{public("theirs")}"\ntimeout = 5\n',
        }
        for name, text in more.items():
            parts[name] = parts.get(name, "") + text
        file = folder / "shop.toml"
        file.write_text(
            "\n".join(f"[{name}]\n{text}" if name else text for name, text in parts.items())
        )
        return file

    def files(self) -> dict[str, bytes]:
        """Return what stands there, by its name below the folder for us."""
        inside = self.root / "in"
        return {
            str(path.relative_to(inside)): path.read_bytes()
            for path in inside.rglob("*")
            if path.is_file()
        }


def public(name: str) -> str:
    """Return the public half of a key, as one line."""
    return key(name).export_public_key().decode().strip()


@contextmanager
def serving(
    root: Path, *, host_key: str = "theirs", lets_in: str = "ours", port: int = 0
) -> Iterator[ShopServer]:
    """Run a server in a thread of this process until the block ends."""
    root.mkdir(exist_ok=True)
    faults = Faults()
    files = type("Files", (_Files,), {"faults": faults, "root": root})
    started, ends = Event(), asyncio.Event()
    ports: list[int] = []

    async def run() -> None:
        server = await asyncssh.listen(
            "127.0.0.1",
            port,
            server_host_keys=[key(host_key)],
            sftp_factory=files,
            authorized_client_keys=asyncssh.import_authorized_keys(public(lets_in)),
            allow_scp=False,
        )
        ports.append(server.get_port())
        started.set()
        await ends.wait()
        server.close()
        for file in faults.opened:
            file.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    loop = asyncio.new_event_loop()
    thread = Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield ShopServer(ports[0], root, faults)
    finally:
        loop.call_soon_threadsafe(ends.set)
        thread.join(20)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
