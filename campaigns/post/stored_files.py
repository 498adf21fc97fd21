"""Files of print runs in the store that all machines reach.

What a run is made of lies in the store before the run is sealed. What is made for it later (pull
lists, signed releases, reprints) is put there together with the row that says so.
"""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from campaigns.post.collecting import add_for_collecting
from channels.file_store import FileStore, NotKept
from channels.port import HandedFile
from installation.installation import Installation
from store.engine import Store
from store.tables import Delivery, PrintFile, PrintRun, SharedFile

LOG = logging.getLogger("kaartje.post")


def store_of(installation: Installation) -> FileStore | None:
    """Return the store of files that all machines reach, or None where each has its own outbox."""
    return None if installation.store.embedded else installation.settings.file_store


def keep_beside(installation: Installation, connection: Connection, place: str) -> None:
    """Keep a file that was made for a run, by its place below the outbox, where any machine finds it."""
    keep_as(installation, connection, place, installation.settings.outbox / place)


def keep_as(installation: Installation, connection: Connection, place: str, path: Path) -> None:
    """Keep a file where any machine finds it under a place below its outbox."""
    if (store := store_of(installation)) is None:
        return
    total = _sum_of(path)
    store.keep(path, total)
    values = {
        "sha256": total,
        "bytes": path.stat().st_size,
        "put_at": func.clock_timestamp(),
    }
    row = insert(SharedFile).values(place=place, **values)
    connection.execute(row.on_conflict_do_update(index_elements=[SharedFile.place], set_=values))
    add_for_collecting(installation, place, path)


def keep_run(installation: Installation, folder: Path, files: Iterable[HandedFile]) -> None:
    """Keep the files of a run that was composed anew, before it is recorded."""
    if store := store_of(installation):
        for each in files:
            store.keep(folder / each.name, each.sha256)


def bring_files(installation: Installation, key: str, *, whole: bool = True) -> None:
    """Bring the files of a run that another machine made, and this one does not have or has otherwise.

    Only what was made beside the run is brought where it is not wanted whole.
    What the store does not have either is left out, and is missed where the files are held against their sums.
    """
    if store_of(installation) is not None:
        for place, total in files_of(installation.store, key, whole=whole).items():
            bring(installation, place, total)


def bring(installation: Installation, place: str, total: str) -> None:
    """Bring one file to its place below the outbox, unless it stands there."""
    store, path = store_of(installation), installation.settings.outbox / place
    if store is None or (path.is_file() and _sum_of(path) == total):
        return
    try:
        store.bring(total, path)
    except NotKept as missing:
        LOG.warning("%s: %s", place, missing)


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(store: Store, key: str, *, whole: bool) -> dict[str, str]:
    """Return the sums of the files of a run, by their place below the outbox."""
    made = (
        select(PrintRun.folder, PrintFile.name, PrintFile.sha256)
        .join(PrintRun, PrintRun.id == PrintFile.print_run_id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .where(Delivery.key == key)
    )
    with store.reading() as connection:
        rows = connection.execute(made).all()
        files = {f"{row.folder}/{row.name}": row.sha256 for row in rows if whole}
        for folder in {row.folder for row in rows}:
            beside = select(SharedFile.place, SharedFile.sha256).where(
                SharedFile.place.startswith(f"{folder}/", autoescape=True)
            )
            files |= {row.place: row.sha256 for row in connection.execute(beside)}
    return files
