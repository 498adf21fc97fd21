"""Print runs in the outbox, their replacement by runs composed anew, shipments and checksums.

A run that is composed anew replaces the old one once it is recorded, and not before:

.anew/<key>         the new folder, discarded unless the checksum of its checksums is recorded
.anew/<key>.was     the old one, on its way out
"""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, select

from campaigns.post.piece_states import find_run
from campaigns.post.shipping_notes import notes_of
from campaigns.touches.judging import frozen
from channels.outbox import sync_tree
from channels.run_shipping import Shipment
from installation.installation import Installation
from store.plain_errors import why_it_failed
from store.states import CampaignState, DeliveryState, RunState
from store.tables import Campaign, Delivery, PrintFile, PrintRun

LOG = logging.getLogger("kaartje.post")
SUMS = "sha256"
"""The file with the sums of all others: no two foldersful share its own sum."""
GOES = frozenset({CampaignState.RUNNING, CampaignState.FINISHED})
"""States of a campaign in which its print runs are handed over."""
OURS = (RunState.MADE, RunState.HANDED_OVER)
"""States in which the files are ours: the print shop has not said that it has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRun:
    """A print run in the outbox, and the state of its campaign."""

    id: int
    delivery_id: int
    key: str
    folder: str  # below the outbox
    state: RunState
    cards: int
    seeds: int
    campaign_id: int
    step_id: int
    campaign_state: CampaignState
    is_frozen: bool  # by an open incident

    @property
    def may_leave(self) -> bool:
        """Whether its campaign runs or has finished, and no incident holds it."""
        return self.campaign_state in GOES and not self.is_frozen


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that is not at the print shop yet, with the reason in one plain sentence."""

    key: str
    why: str
    failed: bool = False  # to hand it over was tried, or could not be


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Counts of one pass of handing over."""

    runs: int = 0
    lists: int = 0  # of pieces to be pulled, sent after their run
    reprints: int = 0  # files of pieces that are printed again
    releases: int = 0  # press proofs were signed: what may be printed
    recalled: int = 0  # touches of campaigns that were stopped before their run left
    waiting: tuple[Waiting, ...] = ()

    def __add__(self, other: "HandedOver") -> "HandedOver":
        """Add two counts."""
        return HandedOver(
            runs=self.runs + other.runs,
            lists=self.lists + other.lists,
            reprints=self.reprints + other.reprints,
            releases=self.releases + other.releases,
            recalled=self.recalled + other.recalled,
            waiting=(*self.waiting, *other.waiting),
        )


def waits(key: str, error: Exception, *, failed: bool = True) -> HandedOver:
    """Log that a run waits, and return it as a count."""
    why = why_it_failed(error)
    LOG.warning("print run %s is not handed over: %s", key, why)
    return HandedOver(waiting=(Waiting(key, why, failed),))


def read_run(installation: Installation, key: str) -> OutboxRun:
    """Return the run under a key, as it stands now."""
    query = (
        select(
            PrintRun.id,
            PrintRun.delivery_id,
            PrintRun.folder,
            PrintRun.state,
            PrintRun.cards,
            PrintRun.seeds,
            Delivery.key,
            Delivery.campaign_id,
            Delivery.step_id,
            Campaign.state.label("campaign_state"),
            frozen().label("is_frozen"),
        )
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
        .where(Delivery.key == key)
    )
    with installation.store.reading() as connection:
        return OutboxRun(**connection.execute(query).one()._asdict())


def shipment_of(installation: Installation, run: OutboxRun) -> Shipment:
    """Return the shipment of a run, with its files, checksums and pull lists."""
    if installation.shop is None:
        raise ValueError("there is no print shop")
    with installation.store.reading() as connection:
        files = select(PrintFile.name, PrintFile.sha256).where(PrintFile.print_run_id == run.id)
        sums = {row.name: row.sha256 for row in connection.execute(files.order_by(PrintFile.name))}
    lists = {
        path.name: path.read_bytes()
        for path in pull_lists(installation.settings.outbox / run.folder)
    }
    return Shipment(
        shop=installation.shop,
        outbox=installation.settings.outbox,
        run=run.folder,
        sums=sums,
        beside=lists,
        shared_notes=notes_of(installation),
    )


def pull_lists(folder: Path) -> Iterator[Path]:
    """Yield the pull lists in the folder of a run. They are shipped with it."""
    yield from sorted(folder.glob("pull-*.csv"))


def runs_in_state(key: str | None, *states: RunState) -> Select[str]:
    """Select the keys of the recorded runs in one of these states, the oldest first."""
    found = (
        select(Delivery.key)
        .join(PrintRun, PrintRun.delivery_id == Delivery.id)
        .where(PrintRun.state.in_(states), Delivery.state == DeliveryState.RECORDED)
        .order_by(PrintRun.id)
    )
    return found if key is None else found.where(Delivery.key == key)


def has_a_server(installation: Installation) -> bool:
    """Return whether the print shop has a server that runs are sent to."""
    return installation.shop is not None and installation.shop.sftp is not None


def announcement_of(installation: Installation, key: str) -> Path:
    """Return where the file of addresses stands that a carrier was given for a run.

    It goes when the run is composed in the carrier's order, leaves without it, or is recalled.
    """
    settings = installation.settings
    alone = settings.shared_folder == settings.home.absolute()
    return (settings.outbox if alone else settings.shared_folder) / "carrier" / f"{key}.csv"


def anew(installation: Installation, key: str) -> Path:
    """Return the folder in which a run is composed anew."""
    return installation.settings.outbox / ".anew" / key


def finish_swapping(installation: Installation, key: str) -> None:
    """Move a recorded new folder into place, and delete any other.

    The caller holds `pull-<key>`.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One file that is not as it was made."""

    key: str
    name: str
    missing: bool

    @property
    def line(self) -> str:
        """Say it in one plain sentence."""
        if self.missing:
            return f"{self.name} is gone from the outbox; put it back from a backup"
        return f"{self.name} in the outbox is not what was made; put it back from a backup"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "line": self.line}


def differing_files(
    installation: Installation, *, key: str | None = None, states: tuple[RunState, ...] = OURS
) -> list[Differing]:
    """Return the files that are missing or changed, of the runs in these states or of one run in any."""
    with installation.store.reading() as connection:
        found = list(_files(connection, key, states))
    return [each for each in (_compared(installation, *row) for row in found) if each]


def first_difference(installation: Installation, key: str) -> Differing | None:
    """Return the first file of a run that is missing or changed, or None."""
    with installation.store.reading() as connection:
        found = list(_files(connection, key, OURS))
    return next((each for row in found if (each := _compared(installation, *row))), None)


def _files(
    connection: Connection, key: str | None, states: tuple[RunState, ...]
) -> Iterator[tuple[str, str, str, str]]:
    query = (
        select(Delivery.key, PrintRun.folder, PrintFile.name, PrintFile.sha256)
        .join(PrintRun, PrintRun.delivery_id == Delivery.id)
        .join(PrintFile, PrintFile.print_run_id == PrintRun.id)
        .where(Delivery.state == DeliveryState.RECORDED)
        .order_by(PrintRun.id, PrintFile.name)
    )
    which = query.where(Delivery.key == key) if key else query.where(PrintRun.state.in_(states))
    for row in connection.execute(which):
        yield row.key, row.folder, row.name, row.sha256


def _compared(
    installation: Installation, key: str, folder: str, name: str, sha256: str
) -> Differing | None:
    # it brings the typesetter, which few commands need
    from channels.card.run import sum_of

    path: Path = installation.settings.outbox / folder / name
    if not path.is_file():
        kept = None if installation.store.embedded else installation.settings.file_store
        if kept is not None and kept.has(sha256):
            return None  # another machine made it, and any that needs it brings it
        return Differing(key=key, name=f"{folder}/{name}", missing=True)
    same = sum_of(path) == sha256
    return None if same else Differing(key=key, name=f"{folder}/{name}", missing=False)
