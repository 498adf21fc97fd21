"""Let touches wait for their moment: an open hour, a day on which a card would be answered, another part of the day.

What waits stays planned, with the moment from which it may go; nothing is lost by waiting.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from campaigns.files import CampaignFile, Weekday
from campaigns.house import House
from channels import KINDS
from store.clock import LOCAL, local_date
from store.states import AttemptState, DayPart, TouchState
from store.tables import Attempt, Touch
from suppression.arrivals import next_hand_over
from suppression.occasions import SERVICE
from suppression.policies import Policy
from suppression.reasons import Reason
from suppression.verdicts import Allowed, Later
from suppression.windows import day_part, next_in_other_day_part, next_open

WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def when(policy: Policy, campaign: CampaignFile, channel: str, moment: datetime) -> Allowed | Later:
    """Say whether something may go through a channel at this moment, or when it may.

    What a citizen asked for goes at any hour. By telephone it waits for an open hour; by post, for a day on which it
    would arrive while somebody picks up the phone.
    """
    if campaign.purpose == SERVICE:
        return Allowed()
    if KINDS[channel].reaches != "post":
        opens = next_open(moment, policy.hours)
        return Allowed() if opens <= moment else Later(opens, Reason.OUTSIDE_HOURS)
    return _by_post(policy, campaign, moment)


def _by_post(policy: Policy, campaign: CampaignFile, moment: datetime) -> Allowed | Later:
    open_days = [WEEK.index(name) + 1 for name in campaign.phone_line.open_days]
    if not open_days:
        return Allowed()
    today = local_date(moment)
    day = next_hand_over(today, policy.post, open_days)
    return Allowed() if day == today else Later(datetime.combine(day, time(), LOCAL), Reason.LINE_CLOSED)


def first_moment(policy: Policy, campaign: CampaignFile, channel: str, begins: datetime) -> datetime:
    """Return the first moment from `begins` on at which something may go through a channel."""
    match when(policy, campaign, channel, begins):
        case Later(not_before):
            return not_before
        case _:
            return begins


def postpone(connection: Connection, which: ColumnElement[bool], until: datetime) -> int:
    """Let the planned touches of `which` wait until a moment; return how many."""
    planned = and_(Touch.state == TouchState.PLANNED, which)
    values = {"not_before": until, "delivery_id": None}
    return connection.execute(update(Touch).where(planned).values(values)).rowcount


def postpone_tried(connection: Connection, house: House, which: ColumnElement[bool], now: datetime) -> int:
    """Let calls wait that were tried in this part of the day already; return how many."""
    current = day_part(now)
    moment = next_in_other_day_part(now, {current}, house.policy.hours)
    later = moment or next_open(now + timedelta(days=1), house.policy.hours)
    return postpone(connection, and_(which, _tried({current})), later)


def _tried(parts: Collection[DayPart]) -> ColumnElement[bool]:
    earlier = select(Touch.id, Touch.campaign_id, Touch.person_id, Touch.channel).subquery()
    return exists().where(
        earlier.c.person_id == Touch.person_id,
        earlier.c.campaign_id == Touch.campaign_id,
        earlier.c.channel == Touch.channel,
        Attempt.touch_id == earlier.c.id,
        Attempt.day_part.in_(parts),
        Attempt.state != AttemptState.TAKEN_BACK,
    )
