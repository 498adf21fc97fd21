"""Leases of processes and journals of batches, for several machines on one database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table
from store.column_classes import Retention, TableData, contact, technical


class Lease(Table):
    """A name that one process holds until a moment by the database's clock.

    `epoch` is drawn anew for each hold, and nothing is written under an older one.
    """

    __tablename__ = "leases"
    __data__ = TableData(
        "let one process at a time work on a batch, a run or a round", Retention.SHORT_LIVED
    )

    name: Mapped[str] = technical(primary_key=True)
    epoch: Mapped[str] = technical()
    owner: Mapped[str] = technical()  # host, machine, process and when that began
    held_until: Mapped[datetime] = technical()


class SendingLimit(Table):
    """The next turn at the provider of texts, or the tripped circuit breaker of one provider."""

    __tablename__ = "sending_limits"
    __data__ = TableData(
        "keep all machines together to the provider's pace, and stop them all",
        Retention.SHORT_LIVED,
    )

    name: Mapped[str] = technical(primary_key=True)
    turn: Mapped[datetime | None] = technical()  # by the database's clock
    trip: Mapped[dict[str, Any] | None] = technical()  # why nothing leaves, and until when


class SealedBatch(Table):
    """The seal of a batch that left as a whole, or that never will. Written once."""

    __tablename__ = "sealed_batches"
    __data__ = TableData("let a print run or a list of calls leave at most once", Retention.MAIL)

    key: Mapped[str] = technical(primary_key=True)
    seal: Mapped[str] = technical()  # as `channels.outbox` writes it: its results, without a name
    sealed_at: Mapped[datetime] = technical()  # by the database's clock


class SharedFile(Table):
    """A file of a print run on its way, by its place below the outbox of whichever machine works on it.

    What it holds lies in the file store under its sum.
    """

    __tablename__ = "shared_files"
    __data__ = TableData("hand a print run over from any machine", Retention.MAIL)

    place: Mapped[str] = technical(primary_key=True)  # below the outbox: `<run>/manifest.csv`
    sha256: Mapped[str] = technical()
    bytes: Mapped[int] = technical()
    put_at: Mapped[datetime] = technical()  # by the database's clock


class ShippingNote(Table):
    """A note on the way of a print run to the server of a shop."""

    __tablename__ = "shipping_notes"
    __data__ = TableData("hand a print run over once, from any machine", Retention.MAIL)

    name: Mapped[str] = technical(primary_key=True)  # `leaving <run>`, `sent <file>`
    noted_at: Mapped[datetime] = technical()  # by the database's clock


class JournalLine(Table):
    """One event of the journal of a batch of texts, as one begins or as its result comes.

    A batch's lines are drawn together without the numbers once nothing of it is in doubt.
    """

    __tablename__ = "journal_lines"
    __data__ = TableData("know after a break which texts may have gone", Retention.SHORT_LIVED)
    __table_args__ = (
        Index("ix_journal_lines_key", "key"),
        Index("ix_journal_lines_written_at", "written_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str] = technical()  # of the batch
    line: Mapped[dict[str, Any]] = contact()  # {"begin": {"touch": 1, "to": "+316…", …}}
    written_at: Mapped[datetime] = technical()  # by the database's clock
