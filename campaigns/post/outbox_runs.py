"""Read a print run that stands in the outbox, and prepare its shipment."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, select

from campaigns.touches.campaign_holds import frozen
from channels.run_shipping import Shipment
from installation.installation import Installation
from store.states import CampaignState, DeliveryState, RunState
from store.tables import Campaign, Delivery, PrintFile, PrintRun

GOES = frozenset({CampaignState.RUNNING, CampaignState.FINISHED})
"""States of a campaign in which its print runs are handed over."""


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
    """Return what is to be shipped of a run: its files with their checksums, and its pull lists."""
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
    """Say whether the print shop has a server that runs are sent to."""
    return installation.shop is not None and installation.shop.sftp is not None
