"""Notes on the way of print runs to the shop, which all machines of an installation share."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from installation.installation import Installation
from store.engine import Store
from store.tables import ShippingNote


@dataclass(frozen=True, slots=True)
class SharedNotes:
    """Notes on the way of runs to the shop, in PostgreSQL."""

    store: Store

    def has(self, name: str) -> bool:
        """Say whether this was noted."""
        noted = select(ShippingNote.name).where(ShippingNote.name == name)
        with self.store.reading() as connection:
            return connection.execute(noted).first() is not None

    def write(self, name: str) -> None:
        """Note it, committed before what it is about happens."""
        row = insert(ShippingNote).values(name=name, noted_at=func.clock_timestamp())
        with self.store.writing() as connection:
            connection.execute(row.on_conflict_do_nothing())

    def remove(self, name: str) -> None:
        """Take a note away, where it is there."""
        with self.store.writing() as connection:
            connection.execute(delete(ShippingNote).where(ShippingNote.name == name))


def notes_of(installation: Installation) -> SharedNotes | None:
    """Return the notes that all machines share, or None where they lie in a folder."""
    return None if installation.store.embedded else SharedNotes(installation.store)
