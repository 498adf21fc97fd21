"""List print runs with their progress, files, checksums and open points."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from campaigns.post.hand_over import HUNDREDTHS_OF_A_CENT
from installation.installation import Installation
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CampaignState, PieceState, RunState
from store.tables import Campaign, Delivery, PrintFile, PrintPiece, PrintRun, Wave

OPEN: Mapping[RunState, str] = {
    RunState.MADE: Sentence("it is not at the print shop yet"),
    RunState.HANDED_OVER: Sentence("the print shop has not said that it has received it"),
    RunState.RECEIVED: Sentence("its press proof is not signed"),
    RunState.PROOFED: Sentence("it is not printed yet"),
    RunState.PRINTED: Sentence("it is not posted yet"),
    RunState.POSTED: Sentence("not every piece is accounted for"),
    RunState.CLOSED: "",
}
"""What a run waits for, by its state."""
_STOPPED = Sentence("its campaign was stopped: it does not go")
_PAUSED = Sentence("its campaign is paused: it goes when the campaign goes on")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """One file of a run."""

    name: str
    sha256: str
    bytes: int
    pieces: int
    first: int  # record of its first piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One print run."""

    key: str
    campaign: str
    wave: int
    state: str
    shop: str | None
    cards: int
    seeds: int
    pages: int
    grams: int | None
    cost: Decimal | None  # euros, by the shop's list
    made_at: datetime
    handed_over_at: datetime | None
    received_at: datetime | None
    proofed_at: datetime | None
    proofed_by: str | None  # who signed the press proof
    printed_at: datetime | None
    posted_at: datetime | None
    closed_at: datetime | None
    open: str  # what it waits for, in one plain sentence; empty when nothing is
    pieces: Mapping[str, int]  # how many have come how far
    files: tuple[RunFile, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def runs(installation: Installation, *, key: str | None = None) -> list[Run]:
    """Return every print run, the newest first, or the one under a key.

    Raises:
        BadInput: there is no run under this key.
    """
    query = (
        select(
            PrintRun.__table__,
            Delivery.key,
            Campaign.name,
            Campaign.state.label("campaign_state"),
            Wave.number,
        )
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
        .join(Wave, Wave.id == Delivery.wave_id)
        .order_by(PrintRun.id.desc())
    )
    with installation.store.reading() as connection:
        rows = connection.execute(query if key is None else query.where(Delivery.key == key)).all()
        if key is not None and not rows:
            raise BadInput(
                Sentence("there is no print run {key!r}", key=key),
                "kaartje post list shows them",
                field="KEY",
            )
        mine = None if key is None else rows[0].id
        files, pieces = _files(connection, mine), _pieces(connection, mine)
    return [
        Run(
            key=row.key,
            campaign=row.name,
            wave=row.number,
            state=row.state.value,
            shop=row.shop,
            cards=row.cards,
            seeds=row.seeds,
            pages=row.pages,
            grams=row.weight,
            cost=None if row.cost is None else Decimal(row.cost) / HUNDREDTHS_OF_A_CENT,
            made_at=row.made_at,
            handed_over_at=row.handed_over_at,
            received_at=row.received_at,
            proofed_at=row.proofed_at,
            proofed_by=row.proofed_by,
            printed_at=row.printed_at,
            posted_at=row.posted_at,
            closed_at=row.closed_at,
            open=_open(row.state, row.campaign_state),
            pieces=pieces[row.id],
            files=tuple(files[row.id]),
        )
        for row in rows
    ]


def _files(connection: Connection, run: int | None) -> dict[int, list[RunFile]]:
    """Return the files of every run, or of one."""
    found = defaultdict(list)
    query = select(PrintFile.__table__).order_by(PrintFile.name)
    for row in connection.execute(
        query if run is None else query.where(PrintFile.print_run_id == run)
    ):
        found[row.print_run_id].append(
            RunFile(
                name=row.name,
                sha256=row.sha256,
                bytes=row.bytes,
                pieces=row.pieces,
                first=row.first,
            )
        )
    return found


def _pieces(connection: Connection, run: int | None) -> dict[int, dict[str, int]]:
    """Return the number of pieces in each state, of every run or of one."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    query = select(PrintPiece.print_run_id, PrintPiece.state, func.count())
    query = query.group_by(PrintPiece.print_run_id, PrintPiece.state)
    for of, state, count in connection.execute(
        query if run is None else query.where(PrintPiece.print_run_id == run)
    ):
        found[of][PieceState(state).value] = count
    return found


def _open(state: RunState, campaign: CampaignState) -> str:
    if state is RunState.MADE and campaign is CampaignState.STOPPED:
        return _STOPPED
    if state is RunState.MADE and campaign is CampaignState.PAUSED:
        return _PAUSED
    return OPEN[state]
