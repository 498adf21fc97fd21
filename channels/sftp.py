"""An SFTP session with a print shop's server that verifies its host key and resumes broken uploads.

A file is uploaded as `<name>.part` and renamed when it is whole. What is there already counts only
as far as its bytes are equal to ours: a partial file that differs is truncated, a whole file of our
name that differs is never touched.
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
from store.sentences import Sentence
from store.system_errors import reason_of

_REFUSALS = (
    ("no space", Sentence("its disk is full")),
    ("quota", Sentence("our share of its disk is full")),
    ("permission", Sentence("this user may not do that there")),
    ("read-only", Sentence("it can only be read")),
    ("no such", Sentence("a folder or file is not there")),
    ("exist", Sentence("a file of that name is there already")),
    ("unsupported", Sentence("its server cannot do that")),
)
"""A sign in a server's words, and what it comes to."""

T = TypeVar("T")
CHUNK = 256 * 1024
TRIES = 4
PART = ".part"


class NotOurs(Unavailable):
    """Another file has the name of one of ours at the print shop, and was not touched."""


class _ConnectionBroken(Exception):
    """The connection broke or nothing moved for too long, so that a retry may succeed."""


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

    def path_of(self, *names: str) -> str:
        """Return the full path of something below the shop's folder for us."""
        return posixpath.join(self._sftp.folder, *names)

    async def make_folder(self, folder: str) -> None:
        """Make a folder and its parents, where they are missing."""
        await self._timed(self._client.makedirs(folder, exist_ok=True))

    async def size(self, name: str) -> int | None:
        """Return the size of a file on the server in bytes, or None where there is none."""
        from asyncssh import SFTPNoSuchFile

        try:
            return int((await self._timed(self._client.stat(name))).size or 0)
        except SFTPNoSuchFile:
            return None

    async def is_same(self, local: Path, name: str) -> bool:
        """Say whether a file on the server is equal to ours, byte for byte."""
        size = _size(local)
        return await self.size(name) == size and await self._equal_up_to(local, name, size) == size

    async def upload(self, local: Path, name: str) -> None:
        """Upload a whole file and give it its own name, unless it is there already.

        Raises:
            NotOurs: another file of that name stands there.
        """
        if not await self.has(local, name):
            await self.upload_part(local, name)
            await self.rename(name)

    async def has(self, local: Path, name: str) -> bool:
        """Say whether our file is there under its own name.

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

    async def upload_part(self, local: Path, name: str) -> None:
        """Upload a file as `<name>.part`, from the byte up to which it is there already."""
        from asyncssh import FXF_CREAT, FXF_WRITE

        part, size = name + PART, _size(local)
        there = await self.size(part) or 0
        good = await self._equal_up_to(local, part, min(there, size)) if there else 0
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
                    self._on_chunk()

    async def rename(self, name: str) -> None:
        """Rename `<name>.part` to its own name, without replacing a file that has that name already."""
        await self._timed(self._client.rename(name + PART, name))

    async def files_in(self, folder: str) -> list[RemoteFile]:
        """Return the files in a folder by name, or none where the folder is missing."""
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
            (RemoteFile(name, at.size or 0, int(at.mtime or 0)) for name, at in files), key=_by_name
        )

    async def read(self, name: str, most: int) -> bytes:
        """Return the content of a file on the server, up to `most` bytes."""
        content = bytearray()
        async with await self._timed(self._client.open(name, "rb", encoding=None)) as file:
            while len(content) < most and (
                chunk := await self._timed(file.read(CHUNK, len(content)))
            ):
                content += chunk
                self._on_chunk()
        return bytes(content[:most])

    async def move(self, name: str, to: str) -> None:
        """Rename a file, without replacing one that has that name already."""
        await self._timed(self._client.rename(name, to))

    async def remove(self, name: str) -> None:
        """Remove a file and its `.part`, where they are there."""
        from asyncssh import SFTPNoSuchFile

        for each in (name, name + PART):
            with suppress(SFTPNoSuchFile):
                await self._timed(self._client.remove(each))

    async def remove_folder(self, folder: str) -> None:
        """Remove a folder if it is empty."""
        from asyncssh import SFTPError

        with suppress(SFTPError):
            await self._timed(self._client.rmdir(folder))

    async def _equal_up_to(self, local: Path, name: str, size: int) -> int:
        """Return up to which byte the remote file is equal to ours, in whole chunks."""
        good = 0
        async with await self._timed(self._client.open(name, "rb")) as file:
            with local.open("rb") as source:
                while good < size:
                    ours = source.read(min(CHUNK, size - good))
                    if await self._timed(file.read(len(ours), good)) != ours:
                        break
                    good += len(ours)
                    self._on_chunk()
        return good

    async def _timed(self, moving: Awaitable[Any]) -> Any:
        """Await an operation, and abort the connection when it takes too long.

        A clean close would wait for an answer too.
        """
        too_long = asyncio.get_running_loop().call_later(self._sftp.timeout, self._connection.abort)
        try:
            return await moving
        finally:
            too_long.cancel()


def in_session(
    sftp: Sftp, act: Callable[[Session], Coroutine[Any, Any, T]], on_chunk: Callable[[], None]
) -> T:
    """Run `act` in an SFTP session, and retry it up to three times when the connection breaks.

    It must therefore be safe to repeat.

    Args:
        sftp: the print shop's server.
        act: what to do in it.
        on_chunk: called for every chunk that was sent, or read back.

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
        retry=retry_if_exception_type(_ConnectionBroken),
        stop=stop_after_attempt(TRIES),
        wait=waiting,
        reraise=True,
    )
    try:
        # in a thread of its own, because the caller may run in an event loop already
        with ThreadPoolExecutor(1) as thread:
            return again(lambda: thread.submit(asyncio.run, _once(sftp, act, on_chunk)).result())
    except _ConnectionBroken as broken:
        raise Unavailable(
            Sentence(
                "the connection to the print shop at {host} breaks; the next try resumes it",
                host=sftp.host,
            )
        ) from broken


async def _once(
    sftp: Sftp, act: Callable[[Session], Awaitable[T]], on_chunk: Callable[[], None]
) -> T:
    import asyncssh

    try:
        async with _connected(sftp) as connection, connection.start_sftp_client() as client:
            return await act(Session(connection, client, sftp, on_chunk))
    except asyncssh.HostKeyNotVerifiable:
        raise Unavailable(_another_key(sftp)) from None
    except asyncssh.PermissionDenied:
        raise Unavailable(
            Sentence(
                "the print shop at {host} does not let {user} in with our key",
                host=sftp.host,
                user=sftp.user,
            )
        ) from None
    except asyncssh.KeyExchangeFailed:
        raise Unavailable(_another_key(sftp)) from None
    except (
        asyncssh.SFTPConnectionLost,
        asyncssh.SFTPNoConnection,
        asyncssh.DisconnectError,
        TimeoutError,
    ) as error:
        raise _ConnectionBroken(_reason(error)) from error
    except asyncssh.SFTPError as error:
        raise Unavailable(
            Sentence("the print shop at {host} refuses: {why}", host=sftp.host, why=_refusal(error))
        ) from error
    except (asyncssh.Error, ConnectionError, OSError) as error:
        raise _ConnectionBroken(_reason(error)) from error


def _connected(sftp: Sftp) -> Any:
    import asyncssh

    host_key = asyncssh.import_public_key(sftp.host_key)
    return asyncssh.connect(
        sftp.host,
        sftp.port,
        username=sftp.user,
        client_keys=[_our_key(sftp)],
        known_hosts=([host_key], [], []),
        config=None,
        agent_path=None,
        preferred_auth="publickey",
        connect_timeout=sftp.timeout,
        login_timeout=sftp.timeout,
        keepalive_interval=max(1, sftp.timeout / 4),
    )


def _by_name(each: RemoteFile) -> str:
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
            reason_of(error),
            "put our private key there",
            file=file,
            field="sftp.key_file",
        ) from None
    except asyncssh.KeyImportError:
        raise BadInput(
            "is not a private key that can be used",
            "make one with ssh-keygen",
            file=file,
            field="sftp.key_file",
        ) from None


def _another_key(sftp: Sftp) -> str:
    return Sentence(
        "the server at {host} shows another key than host_key in the print shop's file: nothing was"
        " sent; ask the shop by telephone before you write the new one",
        host=sftp.host,
    )


def _refusal(error: BaseException) -> Sentence:
    """Return why a server refused, of which its own words are only looked at."""
    said = _reason(error).lower()
    for sign, why in _REFUSALS:
        if sign in said:
            return why
    return Sentence("it does not say why in a way that we know; ask the shop")


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", "") or str(error) or type(error).__name__
    return " ".join(str(reason).split())
