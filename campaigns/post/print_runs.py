"""Print runs as people look at them: how far each has come, its files and their sums, and what is still open."""

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
from store.states import CampaignState, PieceState, RunState
from store.tables import Campaign, Delivery, PrintFile, PrintPiece, PrintRun, Wave

OPEN: Mapping[RunState, str] = {
    RunState.MADE: "it is not at the print shop yet",
    RunState.HANDED_OVER: "the print shop has not said that it has received it",
    RunState.RECEIVED: "its press proof is not signed",
    RunState.PROOFED: "it is not printed yet",
    RunState.PRINTED: "it is not posted yet",
    RunState.POSTED: "not every piece is accounted for",
    RunState.CLOSED: "",
}
"""What a run waits for, by how far it has come."""
_STOPPED = "its campaign was stopped: it does not go"
_PAUSED = "its campaign is paused: it goes when the campaign goes on"


@dataclass(frozen=True, slots=True)
class RunFile:
    """One file of a run."""

    name: str
    sha256: str
    bytes: int
    pieces: int
    first: int  # record of its first piece


@dataclass(frozen=True, slots=True)
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
    """Return every print run, the newest first; or the one under a key.

    Raises:
        BadInput: there is no run under this key.
    """
    query = (
        select(
            PrintRun.__table__, Delivery.key, Campaign.name, Campaign.state.label("campaign_state"), Wave.number
        )
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
        .join(Wave, Wave.id == Delivery.wave_id)
        .order_by(PrintRun.id.desc())
    )  # fmt: skip
    with installation.store.reading() as connection:
        rows = connection.execute(query if key is None else query.where(Delivery.key == key)).all()
        if key is not None and not rows:
            raise BadInput(
                f"there is no print run {key!r}", "kaartje post list shows them", field="KEY"
            )
        mine = None if key is None else rows[0].id
        files, pieces = _files(connection, mine), _pieces(connection, mine)
    return [_run(row, tuple(files[row.id]), pieces[row.id]) for row in rows]


def _files(connection: Connection, run: int | None) -> dict[int, list[RunFile]]:
    """Return the files of every run, or of one."""
    found = defaultdict(list)
    query = select(PrintFile.__table__).order_by(PrintFile.name)
    for row in connection.execute(
        query if run is None else query.where(PrintFile.print_run_id == run)
    ):
        found[row.print_run_id].append(
            RunFile(row.name, row.sha256, row.bytes, row.pieces, row.first)
        )
    return found


def _pieces(connection: Connection, run: int | None) -> dict[int, dict[str, int]]:
    """Return how many pieces of every run, or of one, have come how far."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    query = select(PrintPiece.print_run_id, PrintPiece.state, func.count())
    query = query.group_by(PrintPiece.print_run_id, PrintPiece.state)
    for of, state, count in connection.execute(
        query if run is None else query.where(PrintPiece.print_run_id == run)
    ):
        found[of][PieceState(state).value] = count
    return found


def _run(row: Any, files: tuple[RunFile, ...], pieces: Mapping[str, int]) -> Run:
    cost = None if row.cost is None else Decimal(row.cost) / HUNDREDTHS_OF_A_CENT
    return Run(
        row.key, row.name, row.number, RunState(row.state).value, row.shop, row.cards, row.seeds, row.pages,
        row.weight, cost, row.made_at, row.handed_over_at, row.received_at, row.proofed_at,
        row.proofed_by, row.printed_at, row.posted_at, row.closed_at, _open(row), pieces, files,
    )  # fmt: skip


def _open(row: Any) -> str:
    if row.state is RunState.MADE and row.campaign_state in {
        CampaignState.STOPPED,
        CampaignState.PAUSED,
    }:
        return _STOPPED if row.campaign_state is CampaignState.STOPPED else _PAUSED
    return OPEN[RunState(row.state)]
