"""Postpone touches to contact hours, days on which a card gets an answer, or another day part.

What waits stays planned, with the moment from which it may go; nothing is lost by waiting.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_parts import Weekday
from campaigns.touches.shop_days import day_begins, next_day, takes_from
from channels import KINDS
from channels.shops import Shop
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.states import AttemptState, DayPart, TouchState
from store.tables import Attempt, Touch
from suppression.card_arrivals import next_hand_over
from suppression.contact_hours import day_part, next_in_other_day_part, next_open
from suppression.days import ONE_DAY
from suppression.occasions import SERVICE
from suppression.policies import Policy
from suppression.reasons import Reason
from suppression.verdicts import Allowed, Later

WEEK: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
A_YEAR = timedelta(days=366)


def judge_moment(
    policy: Policy, shop: Shop | None, campaign: CampaignFile, *, channel: str, at: datetime
) -> Allowed | Later:
    """Return whether something may go through a channel at a moment, or when it may.

    By telephone it waits for an open hour; by post, for a day on which the print shop takes work and on which it would
    arrive while somebody picks up the phone. What a citizen asked for waits for the print shop only.
    """
    if KINDS[channel].reaches == "post":
        return _by_post(policy, shop, campaign, at)
    if campaign.purpose == SERVICE:
        return Allowed()
    opens = next_open(at, policy.hours)
    return Allowed() if opens <= at else Later(opens, Reason.OUTSIDE_HOURS)


def _by_post(
    policy: Policy, shop: Shop | None, campaign: CampaignFile, moment: datetime
) -> Allowed | Later:
    from_ = moment if shop is None else takes_from(shop, moment)
    today, day = local_date(moment), local_date(from_)
    reason = None if day == today else Reason.SHOP_CLOSED
    open_days = (
        []
        if campaign.purpose == SERVICE
        else [WEEK.index(name) + 1 for name in campaign.phone_line.open_days]
    )
    while open_days and (good := next_hand_over(day, policy.post, open_days)) != day:
        reason, day = Reason.LINE_CLOSED, good if shop is None else next_day(shop, good)
        if day - today > A_YEAR:
            raise BadInput(
                "has no day on which the print shop works and a card would arrive while somebody answers",
                "open the line on more days",
                field="open_days",
            )
    return Later(day_begins(day), reason) if reason else Allowed()


def first_moment(
    policy: Policy, shop: Shop | None, campaign: CampaignFile, *, channel: str, at: datetime
) -> datetime:
    """Return the first moment from `at` on at which something may go through a channel."""
    match judge_moment(policy, shop, campaign, channel=channel, at=at):
        case Later(not_before):
            return not_before
        case _:
            return at


def after_a_full_day(
    installation: Installation, campaign: CampaignFile, channel: str, now: datetime
) -> Later:
    """Return when something may go after the print shop's day is full."""
    tomorrow = day_begins(local_date(now) + ONE_DAY)
    return Later(
        first_moment(
            installation.policy, installation.shop, campaign, channel=channel, at=tomorrow
        ),
        Reason.SHOP_FULL,
    )


def postpone(connection: Connection, which: ColumnElement[bool], until: datetime) -> int:
    """Postpone planned touches until a moment, and return how many."""
    planned = and_(Touch.state == TouchState.PLANNED, which)
    values = {"not_before": until, "delivery_id": None}
    return connection.execute(update(Touch).where(planned).values(values)).rowcount


def postpone_tried(
    connection: Connection, installation: Installation, which: ColumnElement[bool], now: datetime
) -> int:
    """Postpone calls that were tried in this part of the day, and return how many."""
    current = day_part(now)
    moment = next_in_other_day_part(now, {current}, installation.policy.hours)
    later = moment or next_open(now + timedelta(days=1), installation.policy.hours)
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
