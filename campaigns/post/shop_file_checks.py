"""Check a file that the print shop composed against the data that it was given."""

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from campaigns.post.stored_files import bring
from campaigns.touches.composing import read_script
from channels.card.artwork import read_data
from channels.card.layout import read_layout
from channels.card.proofreading import Proofread, proofread
from channels.port import Watch, unwatched
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Delivery, PrintFile, PrintRun


def check_file(
    installation: Installation, key: str, pdf: Path, *, now: datetime, watch: Watch = unwatched
) -> Proofread:
    """Proofread a composed PDF against the data file of the same name in its run.

    Raises:
        BadInput: there is no such run or file, its data is not as it was made, or the run was composed by us.
    """
    with installation.store.reading() as connection:
        row = connection.execute(
            select(PrintFile.sha256, PrintRun.folder, Delivery.campaign_id, Delivery.step_id)
            .join(PrintRun, PrintRun.id == PrintFile.print_run_id)
            .join(Delivery, Delivery.id == PrintRun.delivery_id)
            .where(Delivery.key == key, PrintFile.name == f"{pdf.stem}.csv")
        ).one_or_none()
        if row is None:
            remedy = "name it after its data file, as in kaartje post show"
            raise BadInput(
                Sentence("does not belong to a data file of run {key}", key=key),
                remedy,
                file=pdf.name,
            )
        script = read_script(connection, row.campaign_id, row.step_id, today=local_date(now))
    if not pdf.is_file():
        raise BadInput(
            "is not a file", "give the file that the print shop sent back", file=str(pdf)
        )
    place = f"{row.folder}/{pdf.stem}.csv"
    bring(installation, place, row.sha256)
    rows = list(read_data(_as_made(installation.settings.outbox / place, row.sha256)))
    return proofread(pdf, rows, read_layout(script.template.layout), watch=watch)


def _as_made(path: Path, sha256: str) -> bytes:
    """Return the content of the data file, after checking it against the stored sum."""
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BadInput(
            "is missing, or was changed since it was made",
            "put the file back from the outbox of that day",
            file=path.name,
        )
    return content
