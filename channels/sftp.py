"""A line to a print shop's server: we know it by its key, it knows us by ours, and what breaks goes on where it broke.

A file grows as `<name>.part` and gets its name when it is whole. What stands there already is believed only as far as
its bytes are ours: half a file of somebody else is cut off, a whole one of our name that differs is never touched.
"""

import asyncio
import posixpath
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from os import fsdecode
from pathlib import Path
from typing import Any, TypeVar

from channels.port import Unavailable
from channels.shops import Sftp
from store.errors import BadInput

T = TypeVar("T")
CHUNK = 256 * 1024
TRIES = 4
PART = ".part"
_KEY_FILE = "sftp.key_file"


class NotOurs(Unavailable):
    """Something else stands at the print shop under the name of one of our files; nothing of it was touched."""


class _Broke(Exception):
    """The line broke, or nothing moved for too long: another try may do better."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A file as it stands there."""

    name: str
    size: int  # bytes
    changed: int  # seconds since 1970, by the clock there


class Line:
    """A line that is open."""

    def __init__(self, connection: Any, client: Any, sftp: Sftp, moved: Callable[[], None]) -> None:
        self._connection = connection
        self._client = client
        self._sftp = sftp
        self._moved = moved

    def place(self, *names: str) -> str:
        """Return the whole name of something below the shop's folder for us."""
        return posixpath.join(self._sftp.folder, *names)

    async def make_folder(self, folder: str) -> None:
        """Make a folder, and those above it, where they are not there yet."""
        await self._timed(self._client.makedirs(folder, exist_ok=True))

    async def size(self, name: str) -> int | None:
        """Return how many bytes of a file stand there; None where there is none."""
        from asyncssh import SFTPNoSuchFile

        try:
            return int((await self._timed(self._client.stat(name))).size or 0)
        except SFTPNoSuchFile:
            return None

    async def is_same(self, local: Path, name: str) -> bool:
        """Say whether a file there is ours to the last byte."""
        size = _size(local)
        return await self.size(name) == size and await self._agreed(local, name, size) == size

    async def lay(self, local: Path, name: str) -> None:
        """Let a file stand there, whole, under its own name.

        Raises:
            NotOurs: another file of that name stands there.
        """
        if not await self.stands(local, name):
            await self.grow(local, name)
            await self.rename(name)

    async def stands(self, local: Path, name: str) -> bool:
        """Say whether our file stands there under its own name.

        Raises:
            NotOurs: another file of that name stands there.
        """
        if await self.size(name) is None:
            return False
        if not await self.is_same(local, name):
            remedy = "nothing was changed; let the shop say what it is, and move it away"
            raise NotOurs(
                f"{name} stands at the print shop already and is not what we made; {remedy}"
            )
        return True

    async def grow(self, local: Path, name: str) -> None:
        """Let the whole of a file stand there as `<name>.part`, from the byte up to which it does already."""
        from asyncssh import FXF_CREAT, FXF_WRITE

        part, size = name + PART, _size(local)
        there = await self.size(part) or 0
        good = await self._agreed(local, part, min(there, size)) if there else 0
        async with await self._timed(
            self._client.open(part, FXF_WRITE | FXF_CREAT, encoding=None)
        ) as file:
            if there > good:
                await self._timed(file.truncate(good))
            with local.open("rb") as source:
                source.seek(good)
                while chunk := source.read(CHUNK):
                    await self._timed(file.write(chunk, good))
                    good += len(chunk)
                    self._moved()

    async def rename(self, name: str) -> None:
        """Give what has grown as `<name>.part` its own name; what stands there under that name already stays."""
        await self._timed(self._client.rename(name + PART, name))

    async def standing(self, folder: str) -> list[Standing]:
        """Return the files that stand in a folder, by name; a folder that is not there has none."""
        from asyncssh import FILEXFER_TYPE_REGULAR, SFTPNoSuchFile

        try:
            found = await self._timed(self._client.readdir(folder.encode()))
        except SFTPNoSuchFile:
            return []
        files = [
            (fsdecode(each.filename), each.attrs)
            for each in found
            if each.attrs.type == FILEXFER_TYPE_REGULAR
        ]
        return sorted(
            (Standing(name, at.size or 0, int(at.mtime or 0)) for name, at in files), key=_by_name
        )

    async def read(self, name: str, most: int) -> bytes:
        """Return what a file there holds, up to so many bytes."""
        content = bytearray()
        async with await self._timed(self._client.open(name, "rb", encoding=None)) as file:
            while len(content) < most and (
                chunk := await self._timed(file.read(CHUNK, len(content)))
            ):
                content += chunk
                self._moved()
        return bytes(content[:most])

    async def move(self, name: str, to: str) -> None:
        """Give a file another name; what stands there under that name already stays."""
        await self._timed(self._client.rename(name, to))

    async def remove(self, name: str) -> None:
        """Take a file away, and what has grown of it, where they are there."""
        from asyncssh import SFTPNoSuchFile

        for each in (name, name + PART):
            with suppress(SFTPNoSuchFile):
                await self._timed(self._client.remove(each))

    async def remove_folder(self, folder: str) -> None:
        """Take an empty folder away; one that is not empty stays."""
        from asyncssh import SFTPError

        with suppress(SFTPError):
            await self._timed(self._client.rmdir(folder))

    async def _agreed(self, local: Path, name: str, size: int) -> int:
        """Return up to which byte what stands there is ours, in whole chunks."""
        good = 0
        async with await self._timed(self._client.open(name, "rb")) as file:
            with local.open("rb") as source:
                while good < size:
                    ours = source.read(min(CHUNK, size - good))
                    if await self._timed(file.read(len(ours), good)) != ours:
                        break
                    good += len(ours)
                    self._moved()
        return good

    async def _timed(self, moving: Awaitable[Any]) -> Any:
        """Wait for something, and hang up when it takes too long: a goodbye would wait for an answer too."""
        too_long = asyncio.get_running_loop().call_later(self._sftp.timeout, self._connection.abort)
        try:
            return await moving
        finally:
            too_long.cancel()


def over_a_line(
    sftp: Sftp, act: Callable[[Line], Coroutine[Any, Any, T]], moved: Callable[[], None]
) -> T:
    """Do `act` over a line, and again when the line breaks (four times in all): so it must be safe to repeat.

    Args:
        sftp: the print shop's server.
        act: what is to be done.
        moved: told of every chunk that was sent, or read back.

    Raises:
        Unavailable: it cannot be reached, is not who it was, does not let us in, or refuses to write.
        BadInput: our key cannot be read.
    """
    from tenacity import (
        Retrying,
        retry_if_exception_type,
        stop_after_attempt,
        wait_random_exponential,
    )

    waiting: Any = wait_random_exponential(multiplier=0.2, max=5)
    again = Retrying(
        retry=retry_if_exception_type(_Broke),
        stop=stop_after_attempt(TRIES),
        wait=waiting,
        reraise=True,
    )
    try:
        # in a thread of its own: whoever calls us may be in a loop already
        with ThreadPoolExecutor(1) as thread:
            return again(lambda: thread.submit(asyncio.run, _once(sftp, act, moved)).result())
    except _Broke as broke:
        raise Unavailable(
            f"the line to the print shop at {sftp.host} breaks ({broke}); it goes on next time"
        ) from broke


async def _once(sftp: Sftp, act: Callable[[Line], Awaitable[T]], moved: Callable[[], None]) -> T:
    import asyncssh

    try:
        async with _connected(sftp) as connection, connection.start_sftp_client() as client:
            return await act(Line(connection, client, sftp, moved))
    except asyncssh.HostKeyNotVerifiable:
        raise Unavailable(_another_key(sftp)) from None
    except asyncssh.PermissionDenied:
        raise Unavailable(
            f"the print shop at {sftp.host} does not let {sftp.user} in with our key"
        ) from None
    except asyncssh.KeyExchangeFailed:
        raise Unavailable(_another_key(sftp)) from None
    except (
        asyncssh.SFTPConnectionLost,
        asyncssh.SFTPNoConnection,
        asyncssh.DisconnectError,
        TimeoutError,
    ) as error:
        raise _Broke(_said(error)) from error
    except asyncssh.SFTPError as error:
        raise Unavailable(f"the print shop at {sftp.host} refuses: {_said(error)}") from error
    except (asyncssh.Error, ConnectionError, OSError) as error:
        raise _Broke(_said(error)) from error


def _connected(sftp: Sftp) -> Any:
    import asyncssh

    theirs = asyncssh.import_public_key(sftp.host_key)
    return asyncssh.connect(
        sftp.host,
        sftp.port,
        username=sftp.user,
        client_keys=[_our_key(sftp)],
        known_hosts=([theirs], [], []),
        config=None,
        agent_path=None,
        preferred_auth="publickey",
        connect_timeout=sftp.timeout,
        login_timeout=sftp.timeout,
        keepalive_interval=max(1, sftp.timeout / 4),
    )


def _by_name(each: Standing) -> str:
    return each.name


def _size(file: Path) -> int:
    return file.stat().st_size


def _our_key(sftp: Sftp) -> Any:
    import asyncssh

    file = str(sftp.key_file)
    try:
        return asyncssh.read_private_key(file)
    except OSError as error:
        raise BadInput(
            f"cannot be read ({error.strerror})", "lay our key there", file, field="sftp.key_file"
        ) from None
    except asyncssh.KeyImportError as error:
        raise BadInput(
            f"is no key we can use: {error}",
            "make one with ssh-keygen",
            file,
            field="sftp.key_file",
        ) from None


def _another_key(sftp: Sftp) -> str:
    return (
        f"the server at {sftp.host} shows another key than host_key in the print shop's file: nothing was sent;"
        " ask the shop by telephone before you write the new one"
    )


def _said(error: BaseException) -> str:
    reason = getattr(error, "reason", "") or str(error) or type(error).__name__
    return " ".join(str(reason).split())
