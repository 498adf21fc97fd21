"""Removal of the files of a print run, wherever they are kept, once their period is over."""

import shutil

from sqlalchemy import Connection, Select, delete, select

from campaigns.post.collecting import collecting_folder
from campaigns.post.stored_files import files_of, store_of
from installation.installation import Installation
from store.tables import Delivery, PrintFile, PrintRun, SealedBatch, SharedFile


def is_kept(installation: Installation, connection: Connection, folder: str) -> bool:
    """Say whether something of a run is on this machine, or where all machines reach it."""
    if (installation.settings.outbox / folder).exists():
        return True
    return connection.execute(_seal_of(folder)).first() is not None


def remove_run(installation: Installation, folder: str) -> None:
    """Remove the files of a run, and its seal last, so that a removal that was killed is made again."""
    shutil.rmtree(installation.settings.outbox / folder, ignore_errors=True)
    if (store := store_of(installation)) is None:
        return
    shutil.rmtree(collecting_folder(installation) / folder, ignore_errors=True)
    with installation.store.reading() as connection:
        key = connection.execute(_seal_of(folder)).scalar_one_or_none()
    if key is None:
        return
    sums = set(files_of(installation.store, key, whole=True).values())
    with installation.store.reading() as connection:
        sums -= set(connection.execute(_of_others(key, sums)).scalars())
    for each in sorted(sums):
        store.remove(each)
    with installation.store.writing() as connection:
        beside = SharedFile.place.startswith(f"{folder}/", autoescape=True)
        connection.execute(delete(SharedFile).where(beside))
        connection.execute(delete(SealedBatch).where(SealedBatch.key == key))


def _seal_of(folder: str) -> Select[str]:
    return (
        select(SealedBatch.key)
        .join(Delivery, Delivery.key == SealedBatch.key)
        .join(PrintRun, PrintRun.delivery_id == Delivery.id)
        .where(PrintRun.folder == folder)
    )


def _of_others(key: str, sums: set[str]) -> Select[str]:
    """Select the sums that a run has in common with others whose files are still kept."""
    return (
        select(PrintFile.sha256)
        .join(PrintRun, PrintRun.id == PrintFile.print_run_id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(SealedBatch, SealedBatch.key == Delivery.key)
        .where(PrintFile.sha256.in_(sums), Delivery.key != key)
    )
