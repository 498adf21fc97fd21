"""State of a batch that several machines share, kept in PostgreSQL."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from campaigns.delivery.shared_journals import SharedJournals
from campaigns.delivery.shared_limits import SharedBreaker, SharedTurns, shared_lines
from campaigns.delivery.shared_seals import SharedSeals
from channels.file_store import FileStore
from channels.shared_state import Shared
from installation.installation import Installation
from store.engine import Store
from store.holds import Hold


@dataclass(frozen=True, slots=True)
class SharedBatch:
    """The twin of `channels.shared_state.Shared` for one batch that this process holds."""

    store: Store
    hold: Hold
    files: FileStore | None

    @property
    def journals(self) -> SharedJournals:
        """The journals of texts."""
        return SharedJournals(self.store, self.hold)

    @property
    def seals(self) -> SharedSeals:
        """The seals of batches that leave as a whole."""
        return SharedSeals(self.store, self.hold)

    def pace(self, rate: float) -> SharedTurns:
        """Return the turns at the provider, so many segments a second for all machines together."""
        return SharedTurns(self.store, rate)

    def lines(self, most: int) -> AbstractContextManager[int]:
        """Hold as many of the lines to the provider as are free."""
        return shared_lines(self.store, most)

    def breaker(self) -> SharedBreaker:
        """Return the circuit breakers of the providers."""
        return SharedBreaker(self.store)

    def still_ours(self) -> bool:
        """Whether the lease of the batch surely runs."""
        return self.hold.sure


def shared_by(installation: Installation, hold: Hold) -> Shared:
    """Return what is shared of a batch on a database that several machines share."""
    return SharedBatch(installation.store, hold, installation.settings.file_store)
