"""The port of the telephone: bring a waiting caller to an agent, ring somebody, end a connection.

What is asked is asked once. An answer says what surely happened; where that is not known it is `Doubtful`, and what
follows is heard from the provider itself: it asks us what to do with every connection there is.
"""

from dataclasses import dataclass
from typing import Protocol

from channels.port import Unavailable

__all__ = [
    "Bridging",
    "Doubtful",
    "Ended",
    "Exchange",
    "GoneAlready",
    "NotRung",
    "Ringing",
    "Unavailable",
]


@dataclass(frozen=True, slots=True)
class Bridging:
    """The caller leaves the queue: the provider asks us now whom to ring."""


@dataclass(frozen=True, slots=True)
class GoneAlready:
    """What was asked about is over: a caller hung up. Who only left a queue is not gone."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Nobody knows whether it happened."""

    why: str


@dataclass(frozen=True, slots=True)
class Ringing:
    """A telephone rings, or is about to."""

    ref: str  # the provider's own


@dataclass(frozen=True, slots=True)
class NotRung:
    """Surely nothing rings."""

    code: str  # the provider's own
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that we place: whom, as whom, and where the provider asks what to do once it is answered."""

    to: str  # E.164, or client:… for a browser
    caller_id: str  # E.164
    asks: str
    tells: str  # where it tells how the call goes
    keys: str = ""  # keyed for us once it is answered; w is half a second
    seconds: int = 25


class Exchange(Protocol):
    """A telephone exchange.

    Raises:
        Unavailable: from each of them: nobody can be reached now, and what was asked surely did not happen.
    """

    def bridge(
        self, caller: str, queue: str | None, asks: str
    ) -> Bridging | GoneAlready | Doubtful:
        """Take a caller out of the provider's queue; the provider then asks at `asks` what to do with them.

        Who is in no queue, and on the line still, is taken from whatever they hear; only who hung up is `GoneAlready`.

        Args:
            caller: the provider's reference of the connection.
            queue: the provider's reference of the queue they were in last; None: not told yet.
            asks: the whole address.
        """

    def ring(self, call: Call) -> Ringing | NotRung | Doubtful:
        """Place a call."""

    def end(self, ref: str) -> Ended | GoneAlready | Doubtful:
        """End a connection."""

    def forget(self, recording: str) -> Ended | GoneAlready | Doubtful:
        """Remove a message at the provider."""
