"""Arrivals of seed pieces, which prove that a run was posted and measure the days in the mail."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from channels.pieces import read_piece_id
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Campaign, Delivery, Posting, PrintPiece, PrintRun, SeedArrival

PATIENCE = timedelta(days=4)
"""Days after posting without any arrival, after which the print shop should be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTimes:
    """Days in the mail of the seeds of one campaign."""

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
    """Record that a seed piece arrived.

    Raises:
        BadInput: it is not a known seed piece, it arrived already, or on a day that is still to come or before its run.
    """
    if on > local_date(now):
        raise BadInput(
            Sentence("{on} is still to come", on=on),
            "write the day on which it lay on the mat",
            field="--on",
        )
    with installation.store.writing() as connection:
        found = _seed_piece(connection, piece)
        if on < local_date(found.made_at):
            raise BadInput(
                Sentence("{on} is before its run was made", on=on),
                "look at the day again",
                field="--on",
            )
        if (
            connection.execute(
                select(SeedArrival.piece_id).where(SeedArrival.piece_id == found.id)
            ).first()
            is not None
        ):
            raise BadInput(
                Sentence("{piece_id} arrived already", piece_id=found.piece_id),
                "each piece arrives once",
                field="piece",
            )
        values = {
            "piece_id": found.id,
            "arrived_on": on,
            "note": note,
            "recorded_at": now,
            "recorded_by": by.name,
        }
        connection.execute(insert(SeedArrival).values(values))
        about = About(Kind.PIECE, found.piece_id)
        record(connection, by, "seed arrived", about, now=now, on=on.isoformat())


def _seed_piece(connection: Connection, piece: str) -> Row[int, str, int | None, datetime]:
    """Return the key, the piece id, the seed and the moment of making of a seed piece."""
    digits = "".join(piece.split())
    query = select(PrintPiece.id, PrintPiece.piece_id, PrintPiece.seed_id, PrintRun.made_at)
    query = query.join(PrintRun, PrintRun.id == PrintPiece.print_run_id).where(
        PrintPiece.piece_id == digits
    )
    row = connection.execute(query).one_or_none() if read_piece_id(piece) else None
    if row is None or row.seed_id is None:
        raise BadInput(
            Sentence("{seen!r} is not a known seed piece", seen=piece[:40]),
            "write the digits on the piece",
            field="piece",
        )
    return row


@dataclass(frozen=True, slots=True)
class _PostedSeed:
    run: str
    posted_on: date
    arrived_on: date | None


def mail_times(installation: Installation, *, now: datetime) -> list[MailTimes]:
    """Return the days in the mail of each campaign with posted seeds, and the runs without arrivals."""
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
        by_campaign: dict[str, list[_PostedSeed]] = {}
        for name, run, posted_on, arrived_on in connection.execute(query):
            by_campaign.setdefault(name, []).append(_PostedSeed(run, posted_on, arrived_on))
    return [_summed(name, seeds, local_date(now)) for name, seeds in by_campaign.items()]


def _summed(campaign: str, seeds: Sequence[_PostedSeed], today: date) -> MailTimes:
    days = [(seed.arrived_on - seed.posted_on).days for seed in seeds if seed.arrived_on]
    proven = {seed.run for seed in seeds if seed.arrived_on}
    silent = {
        seed.run for seed in seeds if seed.run not in proven and today - seed.posted_on >= PATIENCE
    }
    return MailTimes(
        campaign=campaign,
        seeds=len(seeds),
        arrived=len(days),
        median_days=median(days) if days else None,
        latest_days=max(days, default=None),
        silent=tuple(sorted(silent)),
    )
