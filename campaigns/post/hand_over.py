"""Hand print runs over to the print shop: what stands in the outbox, read back and sealed, goes where it is printed.

Without a server of its own a shop collects from the outbox, so a run is handed over as soon as it stands there. With
one, a run waits while its campaign is paused, is recalled when its campaign was stopped, and is at the shop only once
its control file is (`channels.run_shipping`); after a crash anywhere it is simply handed over again.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Select, select, update

from campaigns.post.proof_signing import RELEASE
from campaigns.post.pull_lists import make_lists, want_pulls
from campaigns.post.run_replacement import finish_swapping
from campaigns.touches.campaign_holds import frozen
from campaigns.touches.composing import read_script
from campaigns.touches.touch_states import move
from channels.port import Unavailable, Watch, unwatched
from channels.run_shipping import Held, NotAsMade, NotOurs, Shipment
from channels.shops import paper_of
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.states import CampaignState, DeliveryState, PieceState, RunState, TouchState
from store.tables import Act, Campaign, Delivery, PrintFile, PrintPiece, PrintRun, Touch
from suppression.reasons import Reason

LOG = logging.getLogger("kaartje.post")
GOES = frozenset({CampaignState.RUNNING, CampaignState.FINISHED})
ENRICH = "enrich"
"""What is written down when a run is composed anew in the carrier's order."""
AT_THE_SHOP = (
    RunState.HANDED_OVER,
    RunState.RECEIVED,
    RunState.PROOFED,
    RunState.PRINTED,
    RunState.POSTED,
)
HUNDREDTHS_OF_A_CENT = Decimal(10_000)
"""How many of them are in a euro."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OutboxRun:
    """A print run in the outbox, and whether its campaign lets it leave."""

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
        """Whether its campaign hands over at all, and no incident holds it."""
        return self.campaign_state in GOES and not self.is_frozen


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that is not at the print shop yet, and why, in one plain sentence."""

    key: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What one pass came to."""

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


def hand_over_runs(
    installation: Installation, *, now: datetime, watch: Watch = unwatched, key: str | None = None
) -> HandedOver:
    """Hand over every run that is made, or one of them. Safe to repeat, at any time.

    What cannot go now waits, with its reason; a shop that cannot be reached is not tried for the next run.

    Raises:
        BadInput: there is no run under this key, or our key for the shop's server cannot be read.
    """
    with installation.store.reading() as connection:
        if key is not None:
            _is_known(connection, key)
        waiting = (
            []
            if installation.settings.dry
            else list(connection.execute(_in_state(key, RunState.MADE)).scalars())
        )
    total = HandedOver()
    if waiting and _has_a_server(
        installation
    ):  # whoever died or objected since the composing: their pieces are asked back
        want_pulls(installation, now=now)
        make_lists(installation, now=now)
    for at, each in enumerate(waiting, 1):
        try:
            total += _hand_over(installation, each, now=now, watch=watch)
        except (NotOurs, NotAsMade, Held) as refused:
            total += _waits(each, refused)
        except Unavailable as refused:
            return total + sum(
                (_waits(other, refused) for other in waiting[at - 1 :]), HandedOver()
            )
        watch("hand over", at, len(waiting))
    return total + _send_later(installation, key)


def _send_later(installation: Installation, key: str | None) -> HandedOver:
    """Send what came after its run: pulls, pieces printed again, and releases. What cannot go now waits."""
    total = HandedOver()
    if installation.settings.dry or not _has_a_server(installation):
        return total
    with installation.store.reading() as connection:
        there = connection.execute(_in_state(key, *AT_THE_SHOP)).scalars().all()
    for each in there:
        with installation.store.holding(f"hand-over-{each}") as held:
            run = _read(installation, each)
            try:
                if held and not run.is_frozen:
                    total += _send_lists(installation, run)
                    total += _send_reprints(installation, run)
                    total += _send_releases(installation, run)
            except Unavailable as refused:
                total += _waits(each, refused)
    return total


def _send_lists(installation: Installation, run: _OutboxRun) -> HandedOver:
    lists = _pull_lists(installation.settings.outbox / run.folder)
    return HandedOver(
        lists=sum(_shipment(installation, run).send_list(path.name) for path in lists)
    )


def _send_reprints(installation: Installation, run: _OutboxRun) -> HandedOver:
    """Send pieces that are printed again, each file as a small run of its own: it arrives once, as a run does."""
    again = (PrintFile.print_run_id == run.id, PrintFile.first == 0, PrintFile.pieces > 0)
    with installation.store.reading() as connection:
        files = connection.execute(select(PrintFile.name, PrintFile.sha256).where(*again)).all()
    whole = _shipment(installation, run)
    sent = 0
    for name, total in files:
        part = Path(name).stem
        rows = installation.settings.outbox / run.folder / f"{part}.csv"
        beside = {rows.name: rows.read_bytes()} if rows.is_file() else {}
        sent += replace(
            whole, run=part, folder=run.folder, sums={name: total}, beside=beside
        ).ship_once()
    return HandedOver(reprints=sent)


def _send_releases(installation: Installation, run: _OutboxRun) -> HandedOver:
    """Send what was signed for, after what it is about: the shop prints nothing before it has this."""
    releases = sorted((installation.settings.outbox / run.folder).glob(f"{run.key}*{RELEASE}"))
    return HandedOver(
        releases=sum(_shipment(installation, run).send_list(path.name) for path in releases)
    )


def _waits(key: str, why: Unavailable) -> HandedOver:
    LOG.warning("print run %s is not handed over: %s", key, why)
    return HandedOver(waiting=(Waiting(key, str(why)),))


def _is_known(connection: Connection, key: str) -> None:
    runs = select(PrintRun.id).join(Delivery, Delivery.id == PrintRun.delivery_id)
    if connection.execute(runs.where(Delivery.key == key)).first() is None:
        raise BadInput(
            f"there is no print run {key!r}", "kaartje post list shows them", field="KEY"
        )


def _in_state(key: str | None, *states: RunState) -> Select[str]:
    """Select the keys of the runs that have come so far, and whose every result is recorded; the oldest first."""
    found = (
        select(Delivery.key)
        .join(PrintRun, PrintRun.delivery_id == Delivery.id)
        .where(PrintRun.state.in_(states), Delivery.state == DeliveryState.RECORDED)
        .order_by(PrintRun.id)
    )
    return found if key is None else found.where(Delivery.key == key)


def _hand_over(installation: Installation, key: str, *, now: datetime, watch: Watch) -> HandedOver:
    """Hand over one run, unless somebody else does so at this very moment."""
    with installation.store.holding(f"hand-over-{key}") as held:
        if not held:
            return HandedOver(waiting=(Waiting(key, "it is being handed over at this moment"),))
        run = _read(installation, key)
        if run.state is not RunState.MADE:
            return HandedOver()
        with installation.store.holding(f"pull-{key}") as quiet:
            if quiet:
                finish_swapping(installation, key)
        if (
            _waits_for_the_carrier(installation, key)
            and run.campaign_state is not CampaignState.STOPPED
        ):
            return HandedOver(
                waiting=(
                    Waiting(key, "the carrier has not given its order back: kaartje post enrich"),
                )
            )
        if not _has_a_server(installation):
            return _write_down(installation, run, now=now)
        if run.is_frozen:
            return HandedOver(waiting=(Waiting(key, "an incident holds its campaign"),))
        if run.campaign_state in GOES:
            return _ship(installation, run, now=now, watch=watch)
        if run.campaign_state is CampaignState.STOPPED:
            return _recall(installation, run, now=now)
        return HandedOver(waiting=(Waiting(key, f"its campaign is {run.campaign_state.value}"),))


def call_back(installation: Installation, key: str) -> bool:
    """Take away whatever an earlier try laid at the shop of a run that is not handed over; False where it may begin.

    Whoever calls holds `hand-over-<key>`.

    Raises:
        Unavailable: something of it was sent, and the shop cannot be asked now.
    """
    if not _has_a_server(installation):
        return True
    shipment = _shipment(installation, _read(installation, key))
    if not shipment.take_back():
        return False
    shipment.tidy()
    return True


def _waits_for_the_carrier(installation: Installation, key: str) -> bool:
    if installation.shop is None or not installation.shop.enriched:
        return False
    done = select(Act.id).where(Act.what == ENRICH, Act.subject == key).limit(1)
    with installation.store.reading() as connection:
        return connection.execute(done).first() is None


def _has_a_server(installation: Installation) -> bool:
    return installation.shop is not None and installation.shop.sftp is not None


def _read(installation: Installation, key: str) -> _OutboxRun:
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
        return _OutboxRun(**connection.execute(query).one()._asdict())


def _ship(
    installation: Installation, run: _OutboxRun, *, now: datetime, watch: Watch
) -> HandedOver:
    shipment = replace(
        _shipment(installation, run),
        watch=watch,
        may_leave=lambda: _read(installation, run.key).may_leave,
    )
    shipped = shipment.ship()
    if shipped.carried_off:
        LOG.warning(
            "print run %s had left when we were cut off, and the shop has carried it off", run.key
        )
    watch("ship", 1, 1)
    done = _write_down(installation, run, now=now)
    shipment.tidy()
    return done


def _shipment(installation: Installation, run: _OutboxRun) -> Shipment:
    if installation.shop is None:
        raise ValueError("there is no print shop")
    with installation.store.reading() as connection:
        files = select(PrintFile.name, PrintFile.sha256).where(PrintFile.print_run_id == run.id)
        sums = {row.name: row.sha256 for row in connection.execute(files.order_by(PrintFile.name))}
    lists = {
        path.name: path.read_bytes()
        for path in _pull_lists(installation.settings.outbox / run.folder)
    }
    return Shipment(
        shop=installation.shop,
        outbox=installation.settings.outbox,
        run=run.folder,
        sums=sums,
        beside=lists,
    )


def _pull_lists(folder: Path) -> Iterator[Path]:
    """Yield the lists of pieces to be taken out again that stand with a run: they travel with it."""
    yield from sorted(folder.glob("pull-*.csv"))


def _write_down(installation: Installation, run: _OutboxRun, *, now: datetime) -> HandedOver:
    shop, mine = installation.shop, PrintPiece.print_run_id == run.id
    with installation.store.writing() as connection:
        values = {
            "state": RunState.HANDED_OVER,
            "handed_over_at": now,
            "shop": shop.name if shop else None,
            "cost": _cost(connection, installation, run, now=now),
        }
        made = (PrintRun.id == run.id) & (PrintRun.state == RunState.MADE)
        runs = connection.execute(update(PrintRun).where(made).values(values)).rowcount
        state = {"state": PieceState.HANDED_OVER, "updated_at": now}
        connection.execute(
            update(PrintPiece).where(mine, PrintPiece.state == PieceState.MADE).values(state)
        )
    return HandedOver(runs=runs)


def _cost(
    connection: Connection, installation: Installation, run: _OutboxRun, *, now: datetime
) -> int | None:
    """Return what the run costs by the shop's list, in hundredths of a euro cent; None where it has no price."""
    if installation.shop is None or installation.shop.prices is None:
        return None
    layout = read_script(
        connection, run.campaign_id, run.step_id, today=local_date(now)
    ).template.layout
    price = installation.shop.price(paper_of(layout), run.cards + run.seeds)
    return None if price is None else int(price * HUNDREDTHS_OF_A_CENT)


def _recall(installation: Installation, run: _OutboxRun, *, now: datetime) -> HandedOver:
    """Keep a run of a stopped campaign in the house: its touches never went, so nobody counts as reached."""
    if not _shipment(installation, run).take_back():
        return _write_down(installation, run, now=now)
    reason = Reason.CAMPAIGN_STOPPED.value
    with installation.store.writing() as connection:
        mine = Touch.delivery_id == run.delivery_id
        recalled = move(
            connection,
            mine,
            TouchState.RECALLED,
            origin=TouchState.HANDED_OVER,
            now=now,
            reason=reason,
        )
        pieces = {"state": PieceState.RECALLED, "reason": reason, "updated_at": now}
        connection.execute(
            update(PrintPiece).where(PrintPiece.print_run_id == run.id).values(pieces)
        )
        ended = {"state": RunState.CLOSED, "closed_at": now}
        connection.execute(update(PrintRun).where(PrintRun.id == run.id).values(ended))
    _shipment(installation, run).tidy()
    return HandedOver(recalled=recalled)
