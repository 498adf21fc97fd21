"""The folder of many machines from which a print shop without a server collects its runs.

    collect/.writing/<run>   on its way; worth nothing
    collect/<run>            the shop's, whole, from one moment on

Where one machine works alone the shop collects from its outbox. Many outboxes would be many places to collect from, so
they share one folder, in which a run appears once: a note in the database says so before it gets its name, and a run
that is noted and gone was carried off.
"""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from campaigns.post.shipping_notes import notes_of
from channels.outbox import sync_tree
from installation.installation import Installation


def put_for_collecting(installation: Installation, run: str, files: Iterable[str]) -> None:
    """Put the files of a run in the outbox where the shop collects, all at one moment and only once.

    The caller holds `hand-over-<key>`.

    Raises:
        OSError: the folder cannot be written; nothing appeared.
    """
    notes, place = notes_of(installation), collecting_folder(installation)
    draft, final = place / ".writing" / run, place / run
    if notes is None:
        return
    if not notes.has(_note(run)):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for name in files:
            shutil.copyfile(installation.settings.outbox / run / name, draft / name)
        sync_tree(draft)
        notes.write(_note(run))
    with suppress(FileNotFoundError):  # it has its name already, or the shop has carried it off
        draft.rename(final)
        sync_tree(final)


def add_for_collecting(installation: Installation, place: str, path: Path) -> None:
    """Add a file that follows a run which appeared already, as a list of pieces to be pulled."""
    run, _, name = place.partition("/")
    notes = notes_of(installation)
    if not (notes and installation.collects_from_all and notes.has(_note(run))):
        return
    final = collecting_folder(installation) / place
    draft = collecting_folder(installation) / ".writing" / f"{run}.{name}"
    for folder in (draft.parent, final.parent):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, draft)
    draft.replace(final)
    sync_tree(final)


def _note(run: str) -> str:
    return f"collect {run}"


def collecting_folder(installation: Installation) -> Path:
    """Return where the shop of many machines collects."""
    return installation.settings.shared_folder / "collect"
