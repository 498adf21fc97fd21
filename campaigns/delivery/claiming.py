"""Claim due touches in one short transaction that judges them again and writes every attempt.

Nothing is sent before that transaction is committed.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    insert,
    literal_column,
    select,
    update,
)

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.judging import (
    drop_done,
    is_stopped,
    mark_reasons,
    one_a_number,
    withhold_marked,
)
from campaigns.touches.occasions import Shard, occasion_of
from campaigns.touches.postponing import after_a_full_day, judge_moment, postpone, postpone_tried
from campaigns.touches.results import write_attempts
from campaigns.touches.seed_pieces import count_active, give_seed_codes
from campaigns.touches.shop_days import capacity_left, posted
from campaigns.touches.step_distances import keep_distance, wait_for_caps
from campaigns.touches.touch_states import move
from channels import KINDS
from channels.codes import DRAWS, response_code
from channels.shops import Shop
from installation.installation import Installation
from store.clock import local_date
from store.holds import Hold
from store.states import CampaignState, DeliveryState, TouchState
from store.tables import (
    Campaign,
    Delivery,
    Person,
    ResponseCode,
    SeedCode,
    Touch,
    Wave,
)
from suppression.occasions import SERVICE
from suppression.verdicts import Allowed, Later

_PLACE: tuple[ColumnElement[Any], ...] = (
    func.coalesce(Person.country, ""),
    func.coalesce(Person.postcode, ""),
)
"""What changes where a run may end."""
_CARRIER_ORDER: tuple[ColumnElement[Any], ...] = (
    *_PLACE,
    func.coalesce(Person.house_number, 0),
    func.coalesce(Person.house_letter, ""),
    func.coalesce(Person.house_addition, ""),
    func.coalesce(Person.house_designation, ""),
    Touch.id.expression,
)
"""By country, postcode, house number and addition, as the carrier walks. A street is not on two of its rounds."""


def open_shards(installation: Installation, now: datetime) -> list[Shard]:
    """Return every shard with something due, in the order in which they came due."""
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(
                Touch.campaign_id,
                Touch.step_id,
                Touch.wave_id,
                Touch.channel,
                func.count().label("size"),
            )
            .join(Campaign, Campaign.id == Touch.campaign_id)
            .where(
                Touch.state == TouchState.PLANNED,
                Touch.not_before <= now,
                Campaign.state == CampaignState.RUNNING,
            )
            .group_by(Touch.campaign_id, Touch.step_id, Touch.wave_id, Touch.channel)
            .order_by(func.min(Touch.due_on), Touch.campaign_id, Touch.step_id, Touch.wave_id)
        )
        return [Shard(**row._asdict()) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A batch that is ours to deliver, and what was left behind on the way."""

    delivery_id: int = 0  # 0 and no key where nothing is claimed
    key: str = ""
    size: int = 0
    withheld: int = 0
    dropped: int = 0
    later: int = 0  # wait for their moment
    hold: Hold | None = None  # of its key, by which nobody else touches it


def claim(
    installation: Installation, shard: Shard, held: ExitStack, *, now: datetime
) -> Claim | None:
    """Claim at most one batch of a shard, or return None when nothing is left or nothing may go.

    The batch's name is held on `held` before the claim is visible to anybody, and until the caller lets go of it, so
    that nobody takes a live batch for one whose process died.
    """
    with installation.store.writing() as connection:
        row = connection.execute(
            select(Campaign.name, Campaign.spec, Campaign.state, Wave.number)
            .join(Wave, Wave.campaign_id == Campaign.id)
            .where(Campaign.id == shard.campaign_id, Wave.id == shard.wave_id)
            .with_for_update(read=True, of=Campaign)
        ).one()
        campaign = CampaignFile.model_validate(row.spec)
        ends = min(campaign.dpia.valid_until, campaign.phone_line.open_until)
        if row.state is not CampaignState.RUNNING or ends < local_date(now):
            return None
        if is_stopped(connection, shard.campaign_id, shard.channel):
            return None
        if connection.execute(due_touches(shard, now).limit(1)).first() is None:
            return None
        verdict = judge_moment(
            installation.policy, installation.shop, campaign, channel=shard.channel, at=now
        )
        size = installation.channels[shard.channel].batch_size
        if (
            verdict == Allowed()
            and installation.shop is not None
            and shard.channel in posted()
            and (left := capacity_left(connection, installation.shop, now)) is not None
        ):
            size = min(size, left)
            if left < _smallest(connection, installation.shop, shard, left, now):
                verdict = after_a_full_day(installation, campaign, shard.channel, now)
        match verdict:
            case Later(not_before):
                waiting = Touch.id.in_(due_touches(shard, now))
                return Claim(later=postpone(connection, waiting, not_before))
        delivery_id = _open(connection, installation, shard, size, now=now)
        key = f"{row.name}-w{row.number}-{delivery_id:06}"
        connection.execute(update(Delivery).where(Delivery.id == delivery_id).values(key=key))
        hold = held.enter_context(installation.store.holding(key))
        if not hold:
            raise RuntimeError(f"the name {key} is held by somebody else")
        mine = Touch.delivery_id == delivery_id
        _lock_people(connection, mine)
        dropped = drop_done(connection, shard, mine, now=now)
        later = (
            keep_distance(installation, connection, campaign, shard, mine=mine, now=now)
            if campaign.has_later_steps
            else 0
        )
        occasion = occasion_of(installation, connection, campaign, shard, now=now)
        mark_reasons(connection, mine, occasion)
        later += (
            wait_for_caps(installation, connection, campaign, shard, occasion, mine=mine)
            if campaign.has_later_steps
            else 0
        )
        withheld = withhold_marked(connection, mine, occasion, now=now)
        if occasion.one_a_number:
            withheld += one_a_number(connection, mine, occasion, seed=campaign.seed, now=now)
        later += _wait_their_turn(installation, connection, campaign, shard, mine=mine, now=now)
        size = move(connection, mine, TouchState.CLAIMED, origin=TouchState.PLANNED, now=now)
        if not size:
            connection.execute(
                update(Delivery)
                .where(Delivery.id == delivery_id)
                .values(state=DeliveryState.TAKEN_BACK, closed_at=now)
            )
            return Claim(
                delivery_id=delivery_id, key=key, withheld=withheld, dropped=dropped, later=later
            )
        connection.execute(update(Delivery).where(Delivery.id == delivery_id).values(size=size))
        write_attempts(connection, shard, delivery_id, now=now)
        if installation.channels[shard.channel].carries_code:
            _give_codes(connection, delivery_id, installation.draws, now=now)
        if installation.channels[shard.channel].pages:
            codes = _new_codes(connection, installation.draws, count_active(connection))
            give_seed_codes(connection, delivery_id, codes, now=now)
        return Claim(
            delivery_id=delivery_id,
            key=key,
            size=size,
            withheld=withheld,
            dropped=dropped,
            later=later,
            hold=hold,
        )


def _smallest(connection: Connection, shop: Shop, shard: Shard, left: int, now: datetime) -> int:
    """Return how many pieces a run must have, which is one where all that is due fits in the day.

    A place that comes free in a full day is not worth a run with a set-up of its own.
    """
    due = due_touches(shard, now).limit(left + 1).subquery()
    waiting = connection.execute(select(func.count()).select_from(due)).scalar_one()
    return shop.calendar.smallest if waiting > left else 1


def _open(
    connection: Connection, installation: Installation, shard: Shard, size: int, *, now: datetime
) -> int:
    """Open a delivery and mark the due touches that it will try.

    The longest due go first; what is mailed goes in the carrier's order.
    """
    delivery_id = connection.execute(
        insert(Delivery)
        .values(
            key=f"new-{shard.step_id}-{shard.wave_id}-{installation.draws.getrandbits(64):016x}",
            campaign_id=shard.campaign_id,
            step_id=shard.step_id,
            wave_id=shard.wave_id,
            channel=shard.channel,
            state=DeliveryState.OPEN,
            size=0,
            opened_at=now,
        )
        .returning(Delivery.id)
    ).scalar_one()
    due = (
        due_touches(shard, now)
        if KINDS[shard.channel].reaches != "post"
        else _in_carrier_order(due_touches(shard, now))
    )
    due = due.limit(size).with_for_update(skip_locked=True, of=Touch)
    taken = connection.execute(
        update(Touch).where(Touch.id.in_(due)).values(delivery_id=delivery_id)
    ).rowcount
    if KINDS[shard.channel].reaches == "post" and taken == size:
        _leave_last_postcode(connection, delivery_id, due_touches(shard, now))
    return int(delivery_id)


def _in_carrier_order(touches: Select[int]) -> Select[int]:
    """Return a select of touches in the order in which their post is delivered."""
    return (
        touches.join(Person, Person.id == Touch.person_id).order_by(None).order_by(*_CARRIER_ORDER)
    )


def _leave_last_postcode(connection: Connection, delivery_id: int, due: Select[int]) -> None:
    """Leave the last postcode of a full run for the next one.

    It stays where all of it is in this run, or where nothing else is.

    Args:
        connection: An open transaction.
        delivery_id: The run; its touches bear this number.
        due: The touches that were due before it took its own.
    """
    last = connection.execute(
        _places(delivery_id).order_by(*(each.desc() for each in _CARRIER_ORDER)).limit(1)
    ).one()
    there = and_(*(column == value for column, value in zip(_PLACE, last, strict=True)))
    others = due.join(Person, Person.id == Touch.person_id).order_by(None)
    more = others.where(there, Touch.delivery_id.is_distinct_from(delivery_id)).limit(1)
    before = _places(delivery_id).where(~there).limit(1)
    if connection.execute(more).first() is None or connection.execute(before).first() is None:
        return
    tail = (
        select(Touch.id)
        .join(Person, Person.id == Touch.person_id)
        .where(Touch.delivery_id == delivery_id, there)
    )
    connection.execute(update(Touch).where(Touch.id.in_(tail)).values(delivery_id=None))


def _places(delivery_id: int) -> Select[Any]:
    return (
        select(*_PLACE)
        .join(Touch, Touch.person_id == Person.id)
        .where(Touch.delivery_id == delivery_id)
    )


def due_touches(shard: Shard, now: datetime) -> Select[int]:
    """Select what is due of a shard, the longest waiting first, by the index of what waits."""
    return (
        select(Touch.id)
        .where(
            # written out, since neither database uses an index of one state for a state that it is given later
            Touch.state == literal_column(f"'{TouchState.PLANNED}'"),
            Touch.step_id == shard.step_id,
            Touch.wave_id == shard.wave_id,
            Touch.not_before <= now,
        )
        .order_by(Touch.not_before, Touch.id)
    )


def _lock_people(connection: Connection, mine: ColumnElement[bool]) -> None:
    """Lock the people of a batch in one order, so that two campaigns cannot pass one cap at once.

    The second claim waits until the first is written, and judges after that. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        whose = select(Touch.person_id).where(mine)
        connection.execute(
            select(Person.id)
            .where(Person.id.in_(whose))
            .order_by(Person.id)
            .with_for_update(key_share=True)
        )


def _wait_their_turn(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    shard: Shard,
    *,
    mine: ColumnElement[bool],
    now: datetime,
) -> int:
    if KINDS[shard.channel].reaches != "call" or campaign.purpose == SERVICE:
        return 0
    return postpone_tried(connection, installation, mine, now)


def _give_codes(connection: Connection, delivery_id: int, draws: Random, *, now: datetime) -> None:
    """Give each touch that has none a response code that nobody ever had."""
    bare = (
        select(Touch.id)
        .outerjoin(ResponseCode, ResponseCode.touch_id == Touch.id)
        .where(
            Touch.delivery_id == delivery_id,
            Touch.state == TouchState.CLAIMED,
            ResponseCode.code.is_(None),
        )
        .order_by(Touch.id)
    )
    waiting = list(connection.execute(bare).scalars())
    codes = _new_codes(connection, draws, len(waiting))
    if waiting:
        rows = [{"code": next(codes), "touch_id": touch, "given_at": now} for touch in waiting]
        connection.execute(insert(ResponseCode), rows)


def _new_codes(connection: Connection, draws: Random, count: int) -> Iterator[str]:
    fresh: dict[str, None] = {}
    while len(fresh) < count:
        drawn = {response_code(draws.randrange(DRAWS)) for _ in range(count - len(fresh))}
        taken = set(
            connection.execute(
                select(ResponseCode.code).where(ResponseCode.code.in_(drawn))
            ).scalars()
        )
        taken |= set(
            connection.execute(select(SeedCode.code).where(SeedCode.code.in_(drawn))).scalars()
        )
        fresh.update(dict.fromkeys(sorted(drawn - taken)))
    return iter(fresh)
