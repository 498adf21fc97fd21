"""HTTP connections that are closed when a request does not arrive whole within a stated time."""

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

LIMIT = 20.0
"""Seconds from the first byte of a request, or from the connection, to its last byte."""
IDLE = 5
"""Seconds that a connection stays open after an answer, for the next request."""
_ARRIVED = {"DONE", "MUST_CLOSE", "CLOSED", "SWITCHED_PROTOCOL"}
"""States, as h11 calls them, in which nothing of a request is awaited."""


class TimedProtocol(H11Protocol):
    """A connection with one deadline for each request, which a trickle of bytes does not move.

    An answer that takes long, as a page that stays open does, is not concerned: its request is whole.
    """

    limit = LIMIT

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        # a listening socket that was handed in keeps Nagle's delay, and every answer would take 40 ms more
        if (connected := transport.get_extra_info("socket")) is not None:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request, and stop waiting when it was the last."""
        self._begin()
        super().data_received(data)
        if repr(self.conn.their_state) in _ARRIVED:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.limit, self.transport.close)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def timed_protocol(limit: float) -> type[TimedProtocol]:
    """Return the protocol with another limit, in seconds."""
    return type("TimedProtocol", (TimedProtocol,), {"limit": limit})
