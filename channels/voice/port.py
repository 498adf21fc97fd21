"""The port of a telephone exchange, which bridges waiting callers, places calls and ends them.

Each request is made once. A response says what surely happened. Where that is not known it is
`Doubtful`, and what follows comes from the provider itself, which asks us what to do with every
connection there is.
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
    """The caller leaves the queue, and the provider asks us now whom to ring."""


@dataclass(frozen=True, slots=True)
class GoneAlready:
    """The call is over.

    A caller who only left a queue is not gone.
    """


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It is not known whether it happened."""

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
    """A call that we place, with the URLs where the provider asks what to do and reports its state."""

    to: str  # E.164, or client:… for a browser
    caller_id: str  # E.164
    answer_url: str
    status_url: str  # where it reports how the call goes
    keys: str = ""  # keyed for us once it is answered; w is half a second
    seconds: int = 25


class Exchange(Protocol):
    """A telephone exchange.

    Raises:
        Unavailable: from each of them: nobody can be reached now, and what was asked surely did not happen.
    """

    def bridge(
        self, caller: str, queue: str | None, answer_url: str
    ) -> Bridging | GoneAlready | Doubtful:
        """Take a caller out of the provider's queue.

        The provider then asks at `answer_url` what to do with them. A caller who is in no queue and
        still on the line is taken from whatever they hear. Only one who hung up is `GoneAlready`.

        Who is in no queue, and on the line still, is taken from whatever they hear; only who hung up is `GoneAlready`.

        Args:
            caller: the provider's reference of the connection.
            queue: the provider's reference of the queue they were in last, or None where it is not known yet.
            answer_url: the whole URL.
        """

    def ring(self, call: Call) -> Ringing | NotRung | Doubtful:
        """Place a call."""

    def end(self, ref: str) -> Ended | GoneAlready | Doubtful:
        """End a connection."""

    def forget(self, recording: str) -> Ended | GoneAlready | Doubtful:
        """Delete a recorded message at the provider."""
