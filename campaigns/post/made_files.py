"""Files of print runs in the outbox, held against the sums they were made with."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from installation.installation import Installation
from store.states import DeliveryState, RunState
from store.tables import Delivery, PrintFile, PrintRun

OURS = (RunState.MADE, RunState.HANDED_OVER)
"""States in which the files are ours: the print shop has not said that it has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One file that is not as it was made."""

    key: str
    name: str
    missing: bool

    @property
    def line(self) -> str:
        """Say it in one plain sentence."""
        if self.missing:
            return f"{self.name} is gone from the outbox; put it back from a backup"
        return f"{self.name} in the outbox is not what was made; put it back from a backup"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "line": self.line}


def differing_files(
    installation: Installation, *, key: str | None = None, states: tuple[RunState, ...] = OURS
) -> list[Differing]:
    """Return the files that are missing or changed, of the runs in these states or of one run in any."""
    with installation.store.reading() as connection:
        found = list(_files(connection, key, states))
    return [each for each in (_compared(installation, *row) for row in found) if each]


def first_difference(installation: Installation, key: str) -> Differing | None:
    """Return the first file of a run that is missing or changed, or None."""
    with installation.store.reading() as connection:
        found = list(_files(connection, key, OURS))
    return next((each for row in found if (each := _compared(installation, *row))), None)


def _files(
    connection: Connection, key: str | None, states: tuple[RunState, ...]
) -> Iterator[tuple[str, str, str, str]]:
    query = (
        select(Delivery.key, PrintRun.folder, PrintFile.name, PrintFile.sha256)
        .join(PrintRun, PrintRun.delivery_id == Delivery.id)
        .join(PrintFile, PrintFile.print_run_id == PrintRun.id)
        .where(Delivery.state == DeliveryState.RECORDED)
        .order_by(PrintRun.id, PrintFile.name)
    )
    which = query.where(Delivery.key == key) if key else query.where(PrintRun.state.in_(states))
    for row in connection.execute(which):
        yield row.key, row.folder, row.name, row.sha256


def _compared(
    installation: Installation, key: str, folder: str, name: str, sha256: str
) -> Differing | None:
    # it brings the typesetter, which few commands need
    from channels.card.run import sum_of

    path: Path = installation.settings.outbox / folder / name
    if not path.is_file():
        return Differing(key=key, name=f"{folder}/{name}", missing=True)
    same = sum_of(path) == sha256
    return None if same else Differing(key=key, name=f"{folder}/{name}", missing=False)
