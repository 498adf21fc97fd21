"""Seed pieces that arrived: the proof that their run was posted, and how many days the mail took."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, insert, select

from channels.pieces import read_piece_id
from installation.installation import Installation
from store.audit_log import Decider, record
from store.clock import local_date
from store.errors import BadInput
from store.tables import Campaign, Delivery, Posting, PrintPiece, PrintRun, SeedArrival

PATIENCE = timedelta(days=4)
"""After so many days a run of which no seed arrived is worth a call to the print shop."""


@dataclass(frozen=True, slots=True)
class InTheMail:
    """How long the mail took for the seeds of one campaign."""

    campaign: str
    seeds: int  # in runs that were posted
    arrived: int
    median_days: float | None
    latest_days: int | None
    silent: tuple[str, ...]  # runs posted some days ago of which no seed arrived

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def arrived(
    installation: Installation, piece: str, *, on: date, note: str = "", by: Decider, now: datetime
) -> None:
    """Write down that a seed piece arrived.

    Raises:
        BadInput: it is no seed piece of ours, it arrived already, or on a day that is still to come or before its run.
    """
    if on > local_date(now):
        raise BadInput(
            f"{on} is still to come", "write the day on which it lay on the mat", field="--on"
        )
    with installation.store.writing() as connection:
        found = _seed_piece(connection, piece)
        if on < local_date(found.made_at):
            raise BadInput(
                f"{on} is before its run was made", "look at the day again", field="--on"
            )
        if (
            connection.execute(
                select(SeedArrival.piece_id).where(SeedArrival.piece_id == found.id)
            ).first()
            is not None
        ):
            raise BadInput(
                f"{found.piece_id} arrived already", "each piece arrives once", field="piece"
            )
        values = {
            "piece_id": found.id,
            "arrived_on": on,
            "note": note,
            "recorded_at": now,
            "recorded_by": by.name,
        }
        connection.execute(insert(SeedArrival).values(values))
        record(connection, by, "seed arrived", found.piece_id, now=now, on=on.isoformat())


def _seed_piece(connection: Connection, piece: str) -> Any:
    digits = "".join(piece.split())
    query = select(PrintPiece.id, PrintPiece.piece_id, PrintPiece.seed_id, PrintRun.made_at)
    query = query.join(PrintRun, PrintRun.id == PrintPiece.print_run_id).where(
        PrintPiece.piece_id == digits
    )
    row = connection.execute(query).one_or_none() if read_piece_id(piece) else None
    if row is None or row.seed_id is None:
        raise BadInput(
            f"{piece[:40]!r} is no seed piece of ours",
            "write the digits on the piece",
            field="piece",
        )
    return row


def in_the_mail(installation: Installation, *, now: datetime) -> list[InTheMail]:
    """Return, for each campaign with posted seeds, how long the mail took, and which runs are silent."""
    posted = select(Posting.print_run_id, func.min(Posting.posted_on).label("on")).group_by(
        Posting.print_run_id
    )
    first = posted.subquery()
    query = (
        select(Campaign.name, Delivery.key, first.c.on, SeedArrival.arrived_on)
        .select_from(PrintPiece)
        .join(PrintRun, PrintRun.id == PrintPiece.print_run_id)
        .join(first, first.c.print_run_id == PrintRun.id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
        .outerjoin(SeedArrival, SeedArrival.piece_id == PrintPiece.id)
        .where(PrintPiece.seed_id.is_not(None))
        .order_by(Campaign.id, PrintPiece.id)
    )
    with installation.store.reading() as connection:
        rows = connection.execute(query).all()
    names = list(dict.fromkeys(row.name for row in rows))
    return [
        _summed(name, [row for row in rows if row.name == name], local_date(now)) for name in names
    ]


def _summed(campaign: str, rows: list[Any], today: date) -> InTheMail:
    days = [(row.arrived_on - row.on).days for row in rows if row.arrived_on is not None]
    heard = {row.key for row in rows if row.arrived_on is not None}
    silent = {row.key for row in rows if row.key not in heard and today - row.on >= PATIENCE}
    return InTheMail(
        campaign,
        len(rows),
        len(days),
        median(days) if days else None,
        max(days, default=None),
        tuple(sorted(silent)),
    )
