"""Holds of a name that one process at a time may have."""

from dataclasses import dataclass

from sqlalchemy import Connection


class LostHold(Exception):
    """Somebody else holds the name by now, and nothing was written under the old hold."""


@dataclass(slots=True)
class Hold:
    """A name while it is held. It is false where somebody else holds the name.

    A local lock goes only with its process, so such a hold is never lost.
    """

    name: str
    held: bool = True
    taken_over: bool = False  # from a process that may still run, and did not let go of it

    def __bool__(self) -> bool:
        """Whether the name is ours."""
        return self.held

    @property
    def epoch(self) -> str:
        """The word that marks this hold in the database, empty where it is a local lock."""
        return ""

    @property
    def sure(self) -> bool:
        """Whether the name is surely ours at this moment, by this process's own running clock."""
        return self.held

    def guard(self, connection: Connection) -> None:
        """Make sure that a transaction commits only while the name is ours.

        Raises:
            LostHold: it is not ours any more.
        """
