"""An SFTP session with a print shop's server that verifies its host key and resumes broken uploads.

A file is uploaded as `<name>.part` and renamed when it is whole. What is there already counts only
as far as its bytes are equal to ours: a partial file that differs is truncated, a whole file of our
name that differs is never touched. A shop may lack each of these comforts: where we may not read,
sizes are compared; without renaming (`rename = false`) a file is written under its own name; without
folders (`flat = true`) the run stands in its names; `drop_only` asks for nothing but writing.
"""

import asyncio
import posixpath
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from os import fsdecode
from pathlib import Path
from typing import Any

from channels.port import Unavailable
from channels.sftp_refusals import refused
from channels.shops import Sftp
from store.sentences import Sentence

CHUNK = 256 * 1024
PART = ".part"


class NotOurs(Unavailable):
    """Another file has the name of one of ours at the print shop, and was not touched."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the server."""

    name: str
    size: int  # bytes
    changed: int  # seconds since 1970, by the clock there


class Session:
    """An open SFTP session."""

    def __init__(
        self, connection: Any, client: Any, sftp: Sftp, on_chunk: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._client = client
        self._sftp = sftp
        self._on_chunk = on_chunk
        self._doing = ("look", sftp.folder)

    @property
    def renames(self) -> bool:
        """Whether files get their names when they are whole.

        Where we may not look, no name is known to be free: a second try could never rename.
        """
        return self._sftp.rename and not self._sftp.drop_only

    def refusal(self, error: BaseException) -> Sentence:
        """Return what the server refused just now, with the file and the remedy."""
        operation, file = self._doing
        return refused(operation, host=self._sftp.host, file=file, error=error)

    def path_of(self, *names: str) -> str:
        """Return the full path of something below the shop's folder for us."""
        return posixpath.join(self._sftp.folder, *names)

    def path_in_run(self, run: str, name: str) -> str:
        """Return the full path of a file of a run."""
        return self.path_of(self._sftp.name_in_run(run, name))

    async def make_folder(self, folder: str) -> None:
        """Make a folder and its parents, where they are missing."""
        await self._timed(self._client.makedirs(folder, exist_ok=True), "folder", folder)

    async def make_run_folder(self, run: str) -> None:
        """Make the folder of a run, at a shop that has folders."""
        if not self._sftp.flat:
            await self.make_folder(self.path_of(run))

    async def size(self, name: str) -> int | None:
        """Return the size of a file on the server in bytes, or None where there is none.

        None too where we may only drop files.
        """
        from asyncssh import SFTPNoSuchFile

        if self._sftp.drop_only:
            return None
        try:
            return int((await self._timed(self._client.stat(name), "look", name)).size or 0)
        except SFTPNoSuchFile:
            return None

    async def is_same(self, local: Path, name: str) -> bool:
        """Say whether a file on the server is equal to ours, byte for byte.

        Where we may not read there, its size must do.
        """
        size = _size(local)
        if await self.size(name) != size:
            return False
        good = await self._equal_up_to(local, name, size)
        return good is None or good == size

    async def upload(self, local: Path, name: str) -> None:
        """Upload a whole file and give it its own name, unless it is there already.

        Raises:
            NotOurs: another file of that name stands there.
        """
        if not self.renames:
            await self._upload_in_place(local, name)
        elif not await self.has(local, name):
            await self.upload_part(local, name)
            await self.rename(name)

    async def _upload_in_place(self, local: Path, name: str) -> None:
        """Upload a file under its own name, from the byte up to which it is there already."""
        there, size = await self.size(name) or 0, _size(local)
        good = await self._equal_up_to(local, name, min(there, size)) if there else 0
        if there > size or (good is not None and good < there):
            raise _not_ours(name)
        if there < size or not size:
            await self._write(local, name, there=there, good=good or 0)

    async def has(self, local: Path, name: str) -> bool:
        """Say whether our file is there under its own name.

        Raises:
            NotOurs: another file of that name stands there.
        """
        if await self.size(name) is None:
            return False
        if not await self.is_same(local, name):
            raise _not_ours(name)
        return True

    async def upload_part(self, local: Path, name: str) -> None:
        """Upload a file as `<name>.part`, from the byte up to which it is there already."""
        part, size = name + PART, _size(local)
        there = await self.size(part) or 0
        good = await self._equal_up_to(local, part, min(there, size)) if there else 0
        await self._write(local, part, there=there, good=good or 0)

    async def put(self, local: Path, name: str) -> None:
        """Write a file under its own name from its first byte, without looking what stands there."""
        await self._write(local, name, there=0, good=0, anew=True)

    async def _write(
        self, local: Path, name: str, *, there: int, good: int, anew: bool = False
    ) -> None:
        """Write a file from the byte up to which it is good, and cut off what stands there beyond."""
        from asyncssh import FXF_CREAT, FXF_TRUNC, FXF_WRITE

        how = FXF_WRITE | FXF_CREAT | (FXF_TRUNC if anew or self._sftp.drop_only else 0)
        async with await self._timed(
            self._client.open(name, how, encoding=None), "write", name
        ) as file:
            if there > good:
                await self._timed(file.truncate(good), "write", name)
            with local.open("rb") as source:
                source.seek(good)
                while chunk := source.read(CHUNK):
                    await self._timed(file.write(chunk, good), "write", name)
                    good += len(chunk)
                    self._on_chunk()

    async def rename(self, name: str) -> None:
        """Rename `<name>.part` to its own name, without replacing a file that has that name already."""
        await self._timed(self._client.rename(name + PART, name), "rename", name + PART)

    async def files_in(self, folder: str) -> list[RemoteFile]:
        """Return the files in a folder by name, or none where the folder is missing."""
        from asyncssh import FILEXFER_TYPE_REGULAR, SFTPNoSuchFile

        try:
            found = await self._timed(self._client.readdir(folder.encode()), "list", folder)
        except SFTPNoSuchFile:
            return []
        files = [
            (fsdecode(each.filename), each.attrs)
            for each in found
            if each.attrs.type == FILEXFER_TYPE_REGULAR
        ]
        return sorted(
            (RemoteFile(name, at.size or 0, int(at.mtime or 0)) for name, at in files), key=_by_name
        )

    async def names_in(self, folder: str) -> list[str]:
        """Return the names in a folder, which must be there."""
        found = await self._timed(self._client.listdir(folder), "list", folder)
        return sorted(map(str, found))

    async def read(self, name: str, most: int) -> bytes:
        """Return the content of a file on the server, up to `most` bytes."""
        content = bytearray()
        async with await self._timed(
            self._client.open(name, "rb", encoding=None), "read", name
        ) as file:
            while len(content) < most and (
                chunk := await self._timed(file.read(CHUNK, len(content)), "read", name)
            ):
                content += chunk
                self._on_chunk()
        return bytes(content[:most])

    async def move(self, name: str, to: str) -> None:
        """Rename a file, without replacing one that has that name already."""
        await self._timed(self._client.rename(name, to), "rename", name)

    async def remove(self, name: str) -> None:
        """Remove a file and its `.part`, where they are there."""
        from asyncssh import SFTPNoSuchFile

        for each in (name, name + PART):
            with suppress(SFTPNoSuchFile):
                await self._timed(self._client.remove(each), "remove", each)

    async def remove_folder(self, run: str) -> None:
        """Remove the folder of a run if it is empty."""
        from asyncssh import SFTPError

        with suppress(SFTPError):
            await self._timed(self._client.rmdir(self.path_of(run)), "remove", run)

    async def _equal_up_to(self, local: Path, name: str, size: int) -> int | None:
        """Return up to which byte the remote file is equal to ours, in whole chunks.

        None where we may write there, and not read.
        """
        from asyncssh import SFTPPermissionDenied

        good = 0
        try:
            file = await self._timed(self._client.open(name, "rb"), "read", name)
        except SFTPPermissionDenied:
            return None
        async with file:
            with local.open("rb") as source:
                while good < size:
                    ours = source.read(min(CHUNK, size - good))
                    if await self._timed(file.read(len(ours), good), "read", name) != ours:
                        break
                    good += len(ours)
                    self._on_chunk()
        return good

    async def _timed(self, moving: Awaitable[Any], operation: str, file: str) -> Any:
        """Await an operation on a file, and abort the connection when it takes too long.

        A clean close would wait for an answer too.
        """
        self._doing = (operation, file)
        too_long = asyncio.get_running_loop().call_later(self._sftp.timeout, self._connection.abort)
        try:
            return await moving
        finally:
            too_long.cancel()


def _not_ours(name: str) -> NotOurs:
    remedy = "nothing was changed; let the shop say what it is, and move it away"
    return NotOurs(f"{name} stands at the print shop already and is not what we made; {remedy}")


def _by_name(each: RemoteFile) -> str:
    return each.name


def _size(file: Path) -> int:
    return file.stat().st_size
