"""Deliver a shard (claim, compose, hand over, record), and settle batches that a crash left open.

**The law: nobody is reached twice by accident, nobody is lost, and nothing is known only to a process.** Every attempt
is written before the channel is called. A batch has a key and a name that its process holds while it lives; whoever
finds an open batch whose name nobody holds asks the channel what became of that key, which also sees to it that
nothing more will leave under it. Only then are touches planned again.

Counts are yielded as soon as they are true, so that an error later on takes none of them back.
"""

from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, select, update

from campaigns.delivery.claiming import claim
from campaigns.delivery.shared_batches import shared_by
from campaigns.touches.closed_numbers import follow_refusals
from campaigns.touches.composing import compose, read_script
from campaigns.touches.judging import hold_back, is_stopped
from campaigns.touches.occasions import Shard, occasion_of, shard_of
from campaigns.touches.results import record_results, take_back
from campaigns.touches.seed_pieces import compose_seeds
from campaigns.touches.shop_days import terms_of_run
from channels.port import (
    Batch,
    Channel,
    HandedFile,
    Message,
    Refusal,
    Result,
    Seeded,
    Unavailable,
    Unsure,
    Watch,
    unwatched,
)
from installation.installation import Installation
from store.clock import local_date
from store.holds import Hold, LostHold
from store.sentences import Sentence
from store.states import CampaignState, DeliveryState, TouchState
from store.tables import Campaign, Delivery, Touch

COMPOSE_STEP = 25
RECORD_STEP, PRINTED_STEP = 50, 5_000
"""Results recorded in one transaction: as they come, or of a print run, which left as a whole."""
LATER = timedelta(minutes=15)
"""How long a touch waits that surely did not go because nobody could be reached."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """How many touches of a shard or of a batch came to what."""

    claimed: int = 0
    handed_over: int = 0
    failed: int = 0
    withheld: int = 0
    dropped: int = 0
    later: int = 0  # wait for an open hour, or a day on which they would be answered
    unknown: int = 0
    again: int = 0  # surely did not go; planned again
    settled: int = 0  # batches of an earlier, broken pass that are closed now

    def __add__(self, other: "Delivered") -> "Delivered":
        """Add two counts."""
        return Delivered(
            **{name: count + getattr(other, name) for name, count in asdict(self).items()}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBatch:
    """A batch that is not closed, because its process works on it or died."""

    delivery_id: int
    key: str
    channel: str
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handing:
    """A delivery that this process holds, and all that each step of handing it over needs."""

    installation: Installation
    shard: Shard
    delivery_id: int
    key: str
    size: int
    now: datetime
    watch: Watch
    hold: Hold

    @property
    def channel(self) -> Channel:
        """The channel that it goes through."""
        return self.installation.channels[self.shard.channel]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed only while the delivery is held.

        Raises:
            LostHold: another process has it by now.
        """
        with self.installation.store.writing() as connection:
            self.hold.guard(connection)
            yield connection


def deliver_shard(
    installation: Installation,
    shard: Shard,
    *,
    now: datetime,
    watch: Watch = unwatched,
    longest: timedelta | None = None,
) -> Iterator[Delivered]:
    """Deliver one shard batch by batch until nothing of it is due, and yield the counts of each batch.

    After `longest` no further batch is claimed; another process may do the rest.

    Raises:
        Unavailable: the channel could not be reached. What surely did not go is planned again for later. A batch of
            which the channel cannot even say that stays open, and ends this shard's turn.
        BadInput: the approved text cannot be read; nothing was claimed.
    """
    began, unreached = installation.now(), None
    while True:
        with ExitStack() as held:
            # a long pass runs into the evening: each batch is judged for the moment at which it goes
            moment = now + (installation.now() - began)
            if longest is not None and moment - now >= longest:
                break
            taken = claim(installation, shard, held, now=moment)
            if taken is None:
                break
            watch("claim", taken.size, taken.size)
            yield Delivered(
                claimed=taken.size,
                withheld=taken.withheld,
                dropped=taken.dropped,
                later=taken.later,
            )
            if taken.size and taken.hold is not None:
                handing = _Handing(
                    installation=installation,
                    shard=shard,
                    delivery_id=taken.delivery_id,
                    key=taken.key,
                    size=taken.size,
                    now=moment,
                    watch=watch,
                    hold=taken.hold,
                )
                refused = yield from _while_held(handing, _hand_over(handing))
                unreached = unreached or refused
            elif not taken.withheld + taken.dropped + taken.later:
                break
    if unreached is not None:
        raise unreached


def _while_held(
    handing: _Handing, steps: Generator[Delivered, None, _T]
) -> Generator[Delivered, None, _T]:
    """Take the steps of a batch, and stop where another process has taken it meanwhile.

    Raises:
        Unavailable: another process has it, and goes on with it.
    """
    try:
        return (yield from steps)
    except LostHold as lost:
        raise Unavailable(
            Sentence("{key} was taken over by another process, which goes on", key=handing.key)
        ) from lost


def _hand_over(handing: _Handing) -> Generator[Delivered, None, Unavailable | None]:
    """Hand one batch over and close it, returning why the channel could not be reached."""
    installation = handing.installation
    began = installation.now()
    with installation.store.reading() as connection:
        batch, refused = _compose(connection, handing, made_at=handing.now)
    yield from _record(handing, refused, total=handing.size)
    if not _still_running(installation, handing.shard):
        yield from _settle(handing, batch)
        return None
    leaves = handing.now + (installation.now() - began)
    if held_back := hold_back(installation, handing.shard, handing.delivery_id, now=leaves):
        left = tuple(each for each in batch.messages if each.touch_id not in held_back)
        batch = replace(batch, messages=left)
        yield Delivered(withheld=len(held_back))
    unreached = yield from _send(handing, batch)
    if unreached is None:
        with handing.writing() as connection:
            if _all_answered(connection, handing.delivery_id):
                _close(connection, handing.delivery_id, now=handing.now)
                return None
    # nobody was reached, or the channel returned no result for some messages, against its law: ask it for the key
    try:
        yield from _settle(handing, batch, not_before=handing.now + LATER)
    except Unavailable as silent:
        raise unreached or silent from None
    return unreached


def _send(handing: _Handing, batch: Batch) -> Generator[Delivered, None, Unavailable | None]:
    """Send a batch and record each result, returning why the channel could not be reached."""
    step = PRINTED_STEP if handing.channel.pages else RECORD_STEP
    try:
        results = handing.channel.send(batch) if batch.messages else ()
        yield from _record(handing, results, total=handing.size, step=step)
    except Unavailable as error:
        return error
    return None


def _all_answered(connection: Connection, delivery_id: int) -> bool:
    left = (
        select(Touch.id)
        .where(Touch.delivery_id == delivery_id, Touch.state == TouchState.CLAIMED)
        .limit(1)
    )
    return connection.execute(left).first() is None


def _compose(
    connection: Connection, handing: _Handing, *, made_at: datetime
) -> tuple[Batch, list[Refusal]]:
    """Put the claimed touches of a delivery into words, and return those that cannot be as refusals."""
    installation, shard, channel = handing.installation, handing.shard, handing.channel
    today = local_date(handing.now)
    script = read_script(connection, shard.campaign_id, shard.step_id, today=today)
    messages: list[Message] = []
    refused: list[Refusal] = []
    occasion = occasion_of(installation, connection, script.campaign, shard, now=made_at)
    for each in compose(connection, channel, script, occasion, delivery_id=handing.delivery_id):
        match each:
            case Message():
                messages.append(each)
            case Refusal():
                refused.append(each)
        done = len(messages) + len(refused)
        if done % COMPOSE_STEP == 0 or done == handing.size:
            handing.watch("compose", done, handing.size)
    batch = Batch(
        key=handing.key,
        made_at=made_at,
        messages=tuple(messages),
        layout=script.template.layout,
        sender=script.sender,
        watch=handing.watch,
        number=handing.delivery_id,
        seeds=compose_seeds(connection, channel, script, handing.delivery_id),
        artwork=installation.shop is not None and installation.shop.mode == "artwork",
        terms=terms_of_run(installation.shop, made_at) if installation.shop else None,
        shared=None if installation.store.embedded else shared_by(installation, handing.hold),
    )
    return batch, refused


def _still_running(installation: Installation, shard: Shard) -> bool:
    """Look once more before anything leaves, since a pause, a stop or an incident holds it."""
    with installation.store.reading() as connection:
        state = connection.execute(
            select(Campaign.state).where(Campaign.id == shard.campaign_id)
        ).scalar_one()
        return state is CampaignState.RUNNING and not is_stopped(
            connection, shard.campaign_id, shard.channel
        )


def _record(
    handing: _Handing, results: Iterable[Result], *, total: int, step: int = RECORD_STEP
) -> Iterator[Delivered]:
    """Record results as they are yielded, a short transaction for every few."""
    installation, now = handing.installation, handing.now
    recorded = 0
    for some in _by(step, iter(results)):
        with handing.writing() as connection:
            counts: Counter[str] = record_results(connection, handing.delivery_id, some, now=now)
            if refused := [result for result in some if isinstance(result, Refusal)]:
                follow_refusals(installation, connection, refused, now=now)
        yield Delivered(**counts)
        if came := sum(not isinstance(result, HandedFile | Seeded) for result in some):
            recorded += came
            handing.watch("record", recorded, total)
    if 0 < recorded < total:  # a part of a step ends where all of it is done
        handing.watch("record", recorded, recorded)


def _by(size: int, results: Iterator[Result]) -> Iterator[list[Result]]:
    while some := list(islice(results, size)):
        yield some


def _close(
    connection: Connection,
    delivery_id: int,
    *,
    now: datetime,
    not_before: datetime | None = None,
    unsure: Collection[int] | None = None,
) -> tuple[int, bool]:
    """Plan again what surely did not go, and close a delivery of which nothing may have gone unknown.

    `unsure` names the touches of which the channel, asked after a break, still cannot say what became of them.

    Returns:
        How many touches are planned again, and whether the delivery is closed now.
    """
    again = take_back(connection, delivery_id, now=now, not_before=not_before, unsure=unsure)
    touches = select(Touch.id).where(Touch.delivery_id == delivery_id).limit(1)
    if connection.execute(touches.where(Touch.state == TouchState.UNKNOWN)).first() is not None:
        return again, False
    went = connection.execute(touches.where(Touch.handed_over_at.is_not(None))).first()
    state = DeliveryState.RECORDED if went else DeliveryState.TAKEN_BACK
    connection.execute(
        update(Delivery).where(Delivery.id == delivery_id).values(state=state, closed_at=now)
    )
    return again, True


def _settle(
    handing: _Handing, batch: Batch, *, not_before: datetime | None = None
) -> Generator[Delivered, None, bool]:
    """Ask the channel what became of a batch, record it, and plan again what surely did not go.

    Returns whether the batch is closed now.

    Raises:
        Unavailable: nobody can say now; the batch stays open, and the next pass asks again.
    """
    results = list(handing.channel.settle(batch))
    yield from _record(handing, results, total=max(len(results), 1))
    unsure = {result.touch_id for result in results if isinstance(result, Unsure)}
    with handing.writing() as connection:
        again, closed = _close(
            connection, handing.delivery_id, now=handing.now, not_before=not_before, unsure=unsure
        )
    yield Delivered(again=again)
    return closed


def open_batches(installation: Installation) -> list[OpenBatch]:
    """Return every batch that is not closed, the oldest first. The processes of some may live."""
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(Delivery.id, Delivery.key, Delivery.channel, Campaign.name)
            .join(Campaign, Campaign.id == Delivery.campaign_id)
            .where(Delivery.state == DeliveryState.OPEN)
            .order_by(Delivery.id)
        )
        return [
            OpenBatch(delivery_id=delivery_id, key=key, channel=channel, campaign=campaign)
            for delivery_id, key, channel, campaign in rows
        ]


def settle_orphan(
    installation: Installation, batch: OpenBatch, *, now: datetime, watch: Watch = unwatched
) -> Iterator[Delivered]:
    """Settle an open batch whose process is gone, and leave one whose process lives alone.

    Raises:
        Unavailable: the channel cannot say now; the batch stays open.
        BadInput: the approved text cannot be read, so the batch cannot be composed for its channel; it stays open.
    """
    with installation.store.holding(batch.key) as hold:
        if hold:
            yield from _settle_held(installation, batch, hold, now=now, watch=watch)


def _settle_held(
    installation: Installation, orphan: OpenBatch, hold: Hold, *, now: datetime, watch: Watch
) -> Iterator[Delivered]:
    with installation.store.reading() as connection:
        opened_at = connection.execute(
            select(Delivery.opened_at).where(
                Delivery.id == orphan.delivery_id, Delivery.state == DeliveryState.OPEN
            )
        ).scalar_one_or_none()
        if opened_at is None:
            return  # its own process closed it between our look and our hold
        shard = shard_of(connection, orphan.delivery_id)
        handing = _Handing(
            installation=installation,
            shard=shard,
            delivery_id=orphan.delivery_id,
            key=orphan.key,
            size=shard.size,
            now=now,
            watch=watch,
            hold=hold,
        )
        # what cannot be composed now was refused before it could leave, and is composed anew next time
        batch, _ = _compose(connection, replace(handing, watch=unwatched), made_at=opened_at)
    closed = yield from _while_held(handing, _settle(handing, batch))
    if closed:
        yield Delivered(settled=1)
