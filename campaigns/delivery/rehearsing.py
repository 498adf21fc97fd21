"""Rehearse a whole campaign dry on the data of today, by the judging of its hand-over.

Nothing of it is kept.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, update

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.judging import drop_done, judge_touches, one_a_number
from campaigns.touches.occasions import Shard, occasion_of
from installation.installation import Installation
from store.clock import LOCAL, local_date
from store.states import TouchState
from store.tables import Arm, Campaign, Step, Touch, Wave

_MORNING = time(10)
"""When a step goes out in a rehearsal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedStep:
    """Outcome of one step of one wave in a rehearsal.

    Args:
        on: The day on which it would go out: its own, or today where that has passed.
        wave: The number of the wave.
        arm: The name of the arm.
        channel: The channel it goes through.
        goes: How many people would get it.
        left_out: How many would not, by the code of the first reason.
    """

    on: date
    wave: int
    arm: str
    channel: str
    goes: int
    left_out: Mapping[str, int]


def rehearse(installation: Installation, name: str, *, now: datetime) -> tuple[RehearsedStep, ...]:
    """Play everything that a campaign still has to send, in one transaction that is undone.

    Later steps see the earlier ones as sent, so that caps count. What people do meanwhile is not
    invented: nobody replies, files or objects in a rehearsal.
    """
    with installation.store.writing() as connection:
        undone = connection.begin_nested()
        try:
            return tuple(_played(installation, connection, name, now))
        finally:
            undone.rollback()


def _played(
    installation: Installation, connection: Connection, name: str, now: datetime
) -> Iterator[RehearsedStep]:
    spec = connection.execute(select(Campaign.spec).where(Campaign.name == name)).scalar_one()
    campaign = CampaignFile.model_validate(spec)
    for row in connection.execute(_steps(name)).all():
        shard = Shard(
            campaign_id=row.campaign_id,
            step_id=row.step_id,
            wave_id=row.wave_id,
            channel=row.channel,
            size=row.size,
        )
        due = and_(
            Touch.step_id == row.step_id, Touch.wave_id == row.wave_id, Touch.due_on == row.due_on
        )
        on = max(row.due_on, local_date(now))
        at = max(now, datetime.combine(on, _MORNING, LOCAL))
        before = _left_out(connection, due)
        _judge(installation, connection, campaign, shard, due, at)
        yield RehearsedStep(
            on=on,
            wave=row.number,
            arm=row.arm,
            channel=row.channel,
            goes=_send(connection, due, at),
            left_out=_left_out(connection, due) - before,
        )


def _steps(name: str) -> Select[Any]:
    """Select what a campaign still has to send, in the order of its days."""
    columns = (
        Touch.campaign_id,
        Touch.step_id,
        Touch.wave_id,
        Touch.channel,
        Touch.due_on,
        Wave.number,
        Arm.name,
    )
    return (
        select(*columns[:-1], Arm.name.label("arm"), func.count().label("size"))
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .join(Wave, Wave.id == Touch.wave_id)
        .join(Step, Step.id == Touch.step_id)
        .join(Arm, Arm.id == Step.arm_id)
        .where(Campaign.name == name, Touch.state == TouchState.PLANNED)
        .group_by(*columns)
        .order_by(Touch.due_on, Wave.number, Arm.name, Touch.step_id)
    )


def _judge(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    shard: Shard,
    due: ColumnElement[bool],
    at: datetime,
) -> None:
    """Judge the planned touches of one step as its hand-over does."""
    occasion = occasion_of(installation, connection, campaign, shard, now=at)
    drop_done(connection, shard, due, now=at)
    judge_touches(connection, due, occasion, now=at)
    if occasion.one_a_number:
        one_a_number(connection, due, occasion, seed=campaign.seed, now=at)


def _send(connection: Connection, due: ColumnElement[bool], at: datetime) -> int:
    """Put down as sent what is still planned, so that caps count it, and return how many."""
    sent = {"state": TouchState.HANDED_OVER, "handed_over_at": at, "updated_at": at}
    planned = and_(due, Touch.state == TouchState.PLANNED)
    return int(connection.execute(update(Touch).where(planned).values(sent)).rowcount)


def _left_out(connection: Connection, due: ColumnElement[bool]) -> Counter[str]:
    """Count the touches that somebody does not get, by their reason."""
    gone = Touch.state.in_((TouchState.WITHHELD, TouchState.DROPPED))
    query = select(Touch.reason, func.count()).where(due, gone).group_by(Touch.reason)
    return Counter({str(reason): count for reason, count in connection.execute(query)})
