"""Files of reprints, drafted beside the outbox and then moved into the folder of their run."""

from pathlib import Path

from sqlalchemy import Connection, select

from campaigns.post.piece_states import find_run
from campaigns.post.stored_files import keep_as
from channels.pieces import read_piece_id
from installation.installation import Installation
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import PrintFile

BESIDE = (".csv", ".json", ".xjdf")
"""The files beside that of a reprint, namely its manifest, its totals and its job ticket."""


def read_pieces(file: Path) -> list[str]:
    """Read a file of piece ids, one on a line.

    Raises:
        BadInput: a line is not a piece id.
    """
    found = []
    for line, text in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), 1):
        if text.strip() and read_piece_id(text) is None:
            raise BadInput(
                Sentence("{seen!r} is not a piece id", seen=text[:40]),
                "write one on each line",
                file=str(file),
                line=line,
            )
        found += ["".join(text.split())] if text.strip() else []
    return found


def drafts_folder(installation: Installation) -> Path:
    """Return the folder in which files of reprints are drafted."""
    return installation.settings.outbox / ".again"


def finish_renaming(installation: Installation, key: str) -> None:
    """Move every recorded reprint into the folder of its run, the file itself last.

    Raises:
        BadInput: there is no such run.
    """
    with installation.store.reading() as connection:
        run = find_run(connection, key)
        query = select(PrintFile.name).where(PrintFile.print_run_id == run.id, PrintFile.first == 0)
        names = connection.execute(query.where(PrintFile.pieces > 0)).scalars().all()
    folder = installation.settings.outbox / run.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        draft = drafts_folder(installation) / name
        for path in (*(draft.with_suffix(each) for each in BESIDE), draft):
            if draft.exists() and path.exists():
                path.rename(folder / path.name)


def keep_drafts(installation: Installation, connection: Connection, folder: str, name: str) -> None:
    """Keep the two files of a reprint where any machine finds them, as it is recorded."""
    draft = drafts_folder(installation) / name
    for path in (draft.with_suffix(".csv"), draft):
        keep_as(installation, connection, f"{folder}/{path.name}", path)
