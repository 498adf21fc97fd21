"""The connection to a print shop's server, with its host key verified and broken lines taken up again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from channels.port import Unavailable
from channels.sftp_refusals import refused, server_words
from channels.sftp_session import Session
from channels.shops import Sftp
from store.errors import BadInput
from store.sentences import Sentence
from store.system_errors import reason_of

T = TypeVar("T")
TRIES = 4


class _ConnectionBroken(Exception):
    """The connection broke or nothing moved for too long, so that a retry may succeed."""


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

    session: Session | None = None
    try:
        async with _connected(sftp) as connection, connection.start_sftp_client() as client:
            session = Session(connection, client, sftp, on_chunk)
            return await act(session)
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
        raise _ConnectionBroken(server_words(error)) from error
    except asyncssh.SFTPError as error:
        said = (
            session.refusal(error)
            if session
            else refused("look", host=sftp.host, file=sftp.folder, error=error)
        )
        raise Unavailable(said) from error
    except (asyncssh.Error, ConnectionError, OSError) as error:
        raise _ConnectionBroken(server_words(error)) from error


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
