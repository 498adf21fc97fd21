"""Plan a text once more, a day later, where its provider says that it surely did not arrive.

Only once, only through delivery's own road (it is planned again, judged again, and leaves under a new key), and never
where the first text may have arrived. A campaign that had finished runs again for it; one that was stopped does not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from campaigns.planning.lifecycle import SYSTEM
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.closed_numbers import Unreached
from campaigns.touches.postponing import first_moment
from campaigns.touches.touch_states import move
from channels.sms.error_codes import Fault, may_have_arrived
from installation.installation import Installation
from store.audit_log import About, Kind, record
from store.clock import local_date
from store.states import AttemptState, CampaignState, TouchState
from store.tables import Attempt, Campaign, Touch

LATE = timedelta(days=1)
"""A provider tries for hours by itself; the next day is another try."""
_MAY_GO_ON = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.FINISHED)


def plan_again(
    installation: Installation, connection: Connection, texts: Sequence[Unreached], *, now: datetime
) -> frozenset[int]:
    """Plan those of these texts again that may have one late try, and return their touches."""
    later = {
        text.touch_id: text
        for text in texts
        if text.fault is Fault.RETRY_LATER and not may_have_arrived(text.code)
    }
    tried = _tried_once(connection, later, now) if later else []
    for each in tried:
        moment = first_moment(
            installation.policy,
            installation.shop,
            CampaignFile.model_validate(each.spec),
            channel=each.channel,
            at=now + LATE,
        )
        move(
            connection,
            Touch.id == each.touch_id,
            TouchState.PLANNED,
            origin=TouchState.HANDED_OVER,
            now=now,
            reason=later[each.touch_id].code,
            delivery_id=None,
            handed_over_at=None,
            not_before=moment,
        )
    _reopen(connection, {each.campaign_id for each in tried}, now)
    return frozenset(each.touch_id for each in tried)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TriedOnce:
    """A touch to which one text went, and its campaign."""

    touch_id: int
    channel: str
    campaign_id: int
    spec: Mapping[str, Any]


def _tried_once(
    connection: Connection, touches: Collection[int], now: datetime
) -> list[_TriedOnce]:
    """Return the touches to which one text went and no more, and whose campaign may still go on."""
    went = select(func.count()).where(
        Attempt.touch_id == Touch.id, Attempt.state == AttemptState.RECEIPT
    )
    rows = connection.execute(
        select(Touch.id.label("touch_id"), Touch.channel, Touch.campaign_id, Campaign.spec)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(
            Touch.id.in_(touches),
            Touch.state == TouchState.HANDED_OVER,
            Campaign.state.in_(_MAY_GO_ON),
            Campaign.line_open_until > local_date(now + LATE),
            went.scalar_subquery() == 1,
        )
        .order_by(Touch.id)
    )
    return [_TriedOnce(**row._asdict()) for row in rows]


def _reopen(connection: Connection, campaigns: set[int], now: datetime) -> None:
    finished = (Campaign.id.in_(campaigns), Campaign.state == CampaignState.FINISHED)
    for name in (
        connection.execute(select(Campaign.name).where(*finished)).scalars().all()
        if campaigns
        else ()
    ):
        record(
            connection,
            SYSTEM,
            "go on",
            About(Kind.CAMPAIGN, name),
            now=now,
            reason="a text is tried once more",
        )
    if campaigns:
        connection.execute(
            update(Campaign).where(*finished).values(state=CampaignState.RUNNING, ended_at=None)
        )
