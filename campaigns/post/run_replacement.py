"""A run that is composed anew takes the place of what stood in the outbox: once the ledger says so, and not before.

.anew/<key>         the new folder; the ledger knows the sum of its sums, or it is worth nothing
.anew/<key>.was     the old one, on its way out
"""

import shutil
from pathlib import Path

from sqlalchemy import select

from campaigns.post.piece_states import find_run
from channels.outbox import sync_tree
from installation.installation import Installation
from store.tables import PrintFile

SUMS = "sha256"
"""The file with the sums of all others: no two foldersful share its own sum."""


def anew(installation: Installation, key: str) -> Path:
    """Return where a run is composed anew."""
    return installation.settings.outbox / ".anew" / key


def finish_swapping(installation: Installation, key: str) -> None:
    """Put a folder that the ledger knows in its place, and throw away any other; whoever calls holds `pull-<key>`.

    Raises:
        BadInput: there is no such run.
    """
    from channels.card.run import sum_of

    draft = anew(installation, key)
    was = draft.with_name(f"{key}.was")
    if draft.exists():
        with installation.store.reading() as connection:
            run = find_run(connection, key)
            query = select(PrintFile.sha256).where(
                PrintFile.print_run_id == run.id, PrintFile.name == SUMS
            )
            meant = connection.execute(query).scalar_one_or_none()
        if (draft / SUMS).is_file() and sum_of(draft / SUMS) == meant:
            _swap(draft, installation.settings.outbox / run.folder, was)
        else:
            shutil.rmtree(draft)
    shutil.rmtree(was, ignore_errors=True)


def _swap(draft: Path, place: Path, was: Path) -> None:
    if place.exists():
        shutil.rmtree(was, ignore_errors=True)
        place.rename(was)
    draft.rename(place)
    sync_tree(place)
