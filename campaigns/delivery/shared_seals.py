"""Seals of batches in PostgreSQL, each one row that is made once, under the epoch of the batch's hold."""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from channels.port import Unavailable
from store.engine import Store
from store.holds import Hold
from store.leases import LASTS
from store.sentences import Sentence
from store.tables import SealedBatch

_SEAL = text(f"""
WITH mine AS (
  UPDATE leases SET held_until = clock_timestamp() + interval '{LASTS} seconds'
  WHERE name = :key AND epoch = :epoch RETURNING name)
INSERT INTO sealed_batches (key, seal, sealed_at)
SELECT mine.name, :seal, clock_timestamp() FROM mine
ON CONFLICT (key) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class SharedSeals:
    """The seals of an installation, as the holder of one batch makes its own."""

    store: Store
    hold: Hold

    def read(self, key: str) -> str | None:
        """Return the seal in force, or None where a key has none yet."""
        with self.store.reading() as connection:
            seal = select(SealedBatch.seal).where(SealedBatch.key == key)
            return connection.execute(seal).scalar_one_or_none()

    def take(self, key: str, text: str) -> str:
        """Make this the seal of a key if it has none, and return the seal in force.

        Raises:
            Unavailable: another process has the batch by now, and no seal was made.
        """
        given = {"key": key, "epoch": self.hold.epoch, "seal": text}
        try:
            self._insert(given)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self._insert(given)  # once more: if it was made before its answer was lost, it stands
        if (seal := self.read(key)) is None:
            raise Unavailable(
                Sentence("{key} was taken over by another process, which goes on", key=key)
            )
        return seal

    def _insert(self, given: dict[str, str]) -> None:
        with self.store.writing() as connection:
            connection.execute(_SEAL, given)
