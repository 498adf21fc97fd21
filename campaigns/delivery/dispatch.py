"""Deliver what is due: claim, compose, hand over, record; and after a crash, settle what was left open.

**The law: nobody is reached twice by accident, nobody is lost, and nothing is known only to a process.** Every attempt
is written before the channel is called. A batch has a key and a name that its process holds while it lives; whoever
finds an open batch whose name nobody holds asks the channel what became of that key, which also sees to it that
nothing more will leave under it. Only then are touches planned again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select, update

from campaigns.delivery.claiming import Claim, claim, open_shards
from campaigns.planning.lifecycle import finish_done, launch_due
from campaigns.post.hand_over import hand_over_runs
from campaigns.post.pull_lists import make_lists, want_pulls
from campaigns.touches.campaign_holds import is_stopped
from campaigns.touches.closed_numbers import follow_refusals
from campaigns.touches.composing import Script, compose, read_script
from campaigns.touches.last_checks import hold_back
from campaigns.touches.occasions import Shard, occasion_of
from campaigns.touches.results import record_results, take_back
from campaigns.touches.seed_pieces import compose_seeds
from channels.port import Batch, Message, Refusal, Result, Unavailable, Unsure, Watch, unwatched
from installation.installation import Installation
from store.clock import local_date
from store.states import CampaignState, DeliveryState, TouchState
from store.tables import Campaign, Delivery, Touch

COMPOSE_STEP = 25
RECORD_STEP, PRINTED_STEP = 50, 5_000
"""Results recorded in one transaction: as they come, or of a print run, which left as a whole."""
LATER = timedelta(minutes=15)
"""How long a touch waits that surely did not go because nobody could be reached."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass came to, in touches."""

    claimed: int = 0
    handed_over: int = 0
    failed: int = 0
    withheld: int = 0
    dropped: int = 0
    later: int = 0  # wait for an open hour, or a day on which they would be answered
    unknown: int = 0
    again: int = 0  # surely did not go; planned again
    settled: int = 0  # batches of an earlier, broken pass
    runs: int = 0  # print runs that the print shop has now
    runs_waiting: int = 0  # print runs that it has not: kaartje post list says why
    recalled: int = 0  # touches whose campaign was stopped before their print run left

    def __add__(self, other: "Delivered") -> "Delivered":
        """Add two counts."""
        return Delivered(
            **{name: count + getattr(other, name) for name, count in asdict(self).items()}
        )


Reconciled = Delivered


def deliver(installation: Installation, *, now: datetime, watch: Watch = unwatched) -> Delivered:
    """Make one pass over everything due: launch what was scheduled, settle what broke, deliver every shard.

    What is printed ends in print runs; those that the print shop has not yet are handed over at the end.
    """
    launch_due(installation, now=now)
    total = reconcile(installation, now=now, watch=watch)
    want_pulls(installation, now=now)
    make_lists(installation, now=now)
    for shard in open_shards(installation, now):
        total += deliver_shard(installation, shard, now=now, watch=watch)
    total += hand_over(installation, now=now, watch=watch)
    with installation.store.writing() as connection:
        finish_done(connection, now=now)
    return total


def hand_over(installation: Installation, *, now: datetime, watch: Watch = unwatched) -> Delivered:
    """Hand over every print run that is not at the print shop yet."""
    done = hand_over_runs(installation, now=now, watch=watch)
    return Delivered(runs=done.runs, runs_waiting=len(done.waiting), recalled=done.recalled)


def deliver_shard(
    installation: Installation, shard: Shard, *, now: datetime, watch: Watch = unwatched
) -> Delivered:
    """Deliver one shard, batch by batch, until nothing of it is due."""
    total, began = Delivered(), installation.now()
    while True:
        with ExitStack() as held:
            # a long pass runs into the evening: each batch is judged for the moment at which it goes
            moment = now + (installation.now() - began)
            taken = claim(installation, shard, held, now=moment)
            if taken is None:
                return total
            watch("claim", taken.size, shard.size)
            total += Delivered(
                claimed=taken.size,
                withheld=taken.withheld,
                dropped=taken.dropped,
                later=taken.later,
            )
            if taken.size:
                total += _hand_over(installation, shard, taken, now=moment, watch=watch)
            elif not taken.withheld + taken.dropped + taken.later:
                return total


def _hand_over(
    installation: Installation, shard: Shard, taken: Claim, *, now: datetime, watch: Watch
) -> Delivered:
    channel, began = installation.channels[shard.channel], installation.now()
    with installation.store.reading() as connection:
        script = read_script(connection, shard.campaign_id, shard.step_id, today=local_date(now))
        batch, refused = _compose(
            connection,
            installation,
            shard,
            script,
            taken.delivery_id,
            taken.key,
            now=now,
            watch=watch,
        )
    done = _record(installation, taken.delivery_id, refused, now=now, watch=watch, total=taken.size)
    if not _still_running(installation, shard):
        return done + _settle(
            installation, taken.delivery_id, batch, shard.channel, now=now, watch=watch
        )
    if held_back := hold_back(
        installation, shard, taken.delivery_id, now=now + (installation.now() - began)
    ):
        batch = replace(
            batch, messages=tuple(each for each in batch.messages if each.touch_id not in held_back)
        )
        done += Delivered(withheld=len(held_back))
    try:
        if batch.messages:
            step, results = PRINTED_STEP if channel.pages else RECORD_STEP, channel.send(batch)
            done += _record(
                installation,
                taken.delivery_id,
                results,
                now=now,
                watch=watch,
                total=taken.size,
                step=step,
            )
    except Unavailable:
        return done + _settle(
            installation,
            taken.delivery_id,
            batch,
            shard.channel,
            now=now,
            watch=watch,
            not_before=now + LATER,
        )
    with installation.store.writing() as connection:
        if _all_answered(connection, taken.delivery_id):
            return done + _close(connection, taken.delivery_id, now=now)
    # a message without a result after a good end: the channel broke its law, so it is asked what became of the key
    return done + _settle(
        installation,
        taken.delivery_id,
        batch,
        shard.channel,
        now=now,
        watch=watch,
        not_before=now + LATER,
    )


def _all_answered(connection: Connection, delivery_id: int) -> bool:
    left = (
        select(Touch.id)
        .where(Touch.delivery_id == delivery_id, Touch.state == TouchState.CLAIMED)
        .limit(1)
    )
    return connection.execute(left).first() is None


def _compose(
    connection: Connection,
    installation: Installation,
    shard: Shard,
    script: Script,
    delivery_id: int,
    key: str,
    *,
    now: datetime,
    watch: Watch,
) -> tuple[Batch, list[Refusal]]:
    channel = installation.channels[shard.channel]
    messages: list[Message] = []
    refused: list[Refusal] = []
    occasion = occasion_of(installation, connection, script.campaign, shard, now=now)
    for each in compose(connection, channel, script, occasion, delivery_id=delivery_id):
        match each:
            case Message():
                messages.append(each)
            case Refusal():
                refused.append(each)
        done = len(messages) + len(refused)
        if done % COMPOSE_STEP == 0:
            watch("compose", done, shard.size)
    seeds = compose_seeds(connection, channel, script, delivery_id)
    artwork = installation.shop is not None and installation.shop.mode == "artwork"
    batch = Batch(
        key=key,
        made_at=now,
        messages=tuple(messages),
        layout=script.template.layout,
        sender=script.sender,
        watch=watch,
        number=delivery_id,
        seeds=seeds,
        artwork=artwork,
    )
    return batch, refused


def _still_running(installation: Installation, shard: Shard) -> bool:
    """Look once more before anything leaves: a pause, a stop or an incident holds what has not been handed over."""
    with installation.store.reading() as connection:
        state = connection.execute(
            select(Campaign.state).where(Campaign.id == shard.campaign_id)
        ).scalar_one()
        return state is CampaignState.RUNNING and not is_stopped(
            connection, shard.campaign_id, shard.channel
        )


def _record(
    installation: Installation,
    delivery_id: int,
    results: Iterable[Result],
    *,
    now: datetime,
    watch: Watch,
    total: int,
    step: int = RECORD_STEP,
) -> Delivered:
    """Record results as they are yielded, a short transaction for every few."""
    counts: Counter[str] = Counter()
    recorded = 0
    for some in _by(step, iter(results)):
        with installation.store.writing() as connection:
            counts.update(record_results(connection, delivery_id, some, now=now))
            follow_refusals(installation, connection, some, now=now)
        recorded += len(some)
        watch("record", min(recorded, total), total)
    return Delivered(**counts)


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
) -> Delivered:
    """Close a delivery: what surely did not go is planned again; what may have gone keeps the delivery open.

    `unsure` names the touches of which the channel, asked after a break, still cannot say what became of them.
    """
    again = take_back(connection, delivery_id, now=now, not_before=not_before, unsure=unsure)
    touches = select(Touch.id).where(Touch.delivery_id == delivery_id).limit(1)
    if connection.execute(touches.where(Touch.state == TouchState.UNKNOWN)).first() is None:
        went = connection.execute(touches.where(Touch.handed_over_at.is_not(None))).first()
        state = DeliveryState.RECORDED if went else DeliveryState.TAKEN_BACK
        connection.execute(
            update(Delivery).where(Delivery.id == delivery_id).values(state=state, closed_at=now)
        )
    return Delivered(again=again)


def _settle(
    installation: Installation,
    delivery_id: int,
    batch: Batch,
    channel: str,
    *,
    now: datetime,
    watch: Watch,
    not_before: datetime | None = None,
) -> Delivered:
    """Ask the channel what became of a batch, record it, and plan again what surely did not go."""
    try:
        results = list(installation.channels[channel].settle(batch))
    except Unavailable:
        return Delivered()  # nobody can say now; the batch stays open, and the next pass asks again
    done = _record(
        installation, delivery_id, results, now=now, watch=watch, total=max(len(results), 1)
    )
    unsure = {result.touch_id for result in results if isinstance(result, Unsure)}
    with installation.store.writing() as connection:
        return done + _close(connection, delivery_id, now=now, not_before=not_before, unsure=unsure)


def reconcile(installation: Installation, *, now: datetime, watch: Watch = unwatched) -> Reconciled:
    """Settle every open batch whose process is gone."""
    with installation.store.reading() as connection:
        opened = (
            select(Delivery.id, Delivery.key)
            .where(Delivery.state == DeliveryState.OPEN)
            .order_by(Delivery.id)
        )
        waiting = connection.execute(opened).all()
    total = Delivered()
    for at, (delivery_id, key) in enumerate(waiting, 1):
        with installation.store.holding(key) as held:
            if held:
                total += _settle_orphan(installation, delivery_id, now=now, watch=watch)
        watch("settle", at, len(waiting))
    return total


def _settle_orphan(
    installation: Installation, delivery_id: int, *, now: datetime, watch: Watch
) -> Delivered:
    with installation.store.reading() as connection:
        row: Any = connection.execute(
            select(Delivery.__table__).where(Delivery.id == delivery_id)
        ).one()
        if row.state is not DeliveryState.OPEN:
            return Delivered()  # its own process closed it between our look and our hold
        shard = Shard(
            campaign_id=row.campaign_id,
            step_id=row.step_id,
            wave_id=row.wave_id,
            channel=row.channel,
            size=row.size,
        )
        script = read_script(connection, row.campaign_id, row.step_id, today=local_date(now))
        batch, refused = _compose(
            connection,
            installation,
            shard,
            script,
            delivery_id,
            row.key,
            now=row.opened_at,
            watch=unwatched,
        )
    del refused  # what cannot be composed now was refused before it could leave, and is composed anew next time
    return _settle(installation, delivery_id, batch, row.channel, now=now, watch=watch) + Delivered(
        settled=1
    )


__all__ = [
    "Claim",
    "Delivered",
    "Reconciled",
    "Shard",
    "deliver",
    "deliver_shard",
    "hand_over",
    "open_shards",
    "reconcile",
]
