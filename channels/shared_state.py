"""The port of the state of a batch that machines share without a shared folder.

Its twin on PostgreSQL is `campaigns.delivery.shared_batches`. A channel that is handed a batch
without it keeps all of that in folders of its own machine.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from channels.file_store import FileStore
from channels.sms.circuit_breaker import Breakers
from channels.sms.journal import AllJournals
from channels.sms.rate_limit import Turns


class Seals(Protocol):
    """The seals of batches that leave as a whole."""

    def read(self, key: str) -> str | None:
        """Return the seal in force, or None where a key has none yet."""
        ...

    def take(self, key: str, text: str) -> str:
        """Make this the seal of a key if it has none, and return the seal in force.

        Raises:
            Unavailable: another process has the batch by now, and no seal was made.
        """
        ...


class Shared(Protocol):
    """State of one batch that is shared by the processes that may work on it."""

    @property
    def journals(self) -> AllJournals:
        """The journals of all batches of texts, of which this process writes the batch's own."""
        ...

    @property
    def seals(self) -> Seals:
        """The seals of batches that leave as a whole."""
        ...

    @property
    def files(self) -> FileStore | None:
        """The store of files that all machines reach, where there is one."""
        ...

    def pace(self, rate: float) -> Turns:
        """Return the turns at the provider, so many segments a second for all machines together."""
        ...

    def lines(self, most: int) -> AbstractContextManager[int]:
        """Hold as many of the lines to the provider as are free, at least one, and yield how many."""
        ...

    def breaker(self) -> Breakers:
        """Return the circuit breakers of the providers."""
        ...

    def still_ours(self) -> bool:
        """Whether the batch is surely this process's at this moment."""
        ...
