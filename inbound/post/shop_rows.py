"""Read everything that the print shop ever answered, for an audit, without taking it.

These are the answers as they came and were stored, and those on the shop's server.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from campaigns.auditing.shop_comparison import ShopRow
from channels.answer_words import AnswerWords
from channels.outbox import write_synced
from channels.shop_listing import copy_answers
from inbound.post.answer_formats import open_source
from inbound.post.answer_rows import AnswerRow, read_answer_row
from installation.installation import Installation
from people.sheets import Row
from store.clock import local_date
from store.errors import BadInput
from store.states import ShopAnswerKind
from store.tables import ShopAnswer

LOG = logging.getLogger("kaartje.audit")


def shop_rows(installation: Installation, *, now: datetime) -> list[ShopRow]:
    """Return what the shop says of its files, each answer once.

    Raises:
        Unavailable: the shop's server cannot be read now.
    """
    words = AnswerWords(installation.shop.answer_map if installation.shop else None)
    found: dict[str, ShopRow | None] = {}
    with TemporaryDirectory(prefix="kaartje-audit-") as folder:
        for name, file in _files(installation, Path(folder)):
            for row in _read(file, words, now):
                found.setdefault(row.fingerprint, _shop_row(name, row))
    return [row for row in found.values() if row is not None]


def _files(installation: Installation, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every answer with its name, written into a folder."""
    query = select(ShopAnswer.id, ShopAnswer.file, ShopAnswer.content).order_by(ShopAnswer.id)
    with installation.store.reading() as connection:
        for number, name, content in connection.execute(query):
            file = folder / f"stored-{number}{Path(name).suffix.lower() or '.csv'}"
            write_synced(file, content.encode())
            yield name, file
    sftp = installation.shop.sftp if installation.shop else None
    if sftp is not None and sftp.answers:
        yield from ((file.name, file) for file in copy_answers(sftp, folder))


def _read(file: Path, words: AnswerWords, now: datetime) -> Iterator[AnswerRow]:
    """Yield the rows that can be read. The others were refused when they were taken, or will be."""
    try:
        rows = open_source(file, words).rows
    except BadInput as refused:
        LOG.warning("an answer of the print shop cannot be read for the audit: %s", refused.problem)
        return
    for row in rows:
        if isinstance(row, Row):
            try:
                yield read_answer_row(row, today=local_date(now), words=words)
            except BadInput:
                continue


def _shop_row(name: str, row: AnswerRow) -> ShopRow | None:
    """Return a row about a whole file or run, or None where it is about one piece or a refusal."""
    if row.run is None or row.piece is not None:
        return None
    if row.kind is ShopAnswerKind.RECEIPT and row.status == "accepted":
        return ShopRow(
            answer=name, run=row.run, file=row["file"], sha256=row["sha256"], received=row.pieces
        )
    if row.kind is ShopAnswerKind.POSTED:
        return ShopRow(
            answer=name,
            run=row.run,
            file=row["file"],
            posted=row.pieces,
            order=row["carrier_order"],
        )
    return None
