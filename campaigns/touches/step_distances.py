"""Postpone steps that would follow an earlier one sooner than the campaign or a cap says.

The delay of a step counts from the day on which the step before it really went to the same person. So after a pause, or
a first pass that came late, the steps keep the days between them (decision 0138).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, func, select, update
from sqlalchemy.orm import aliased

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.occasions import Shard
from campaigns.touches.postponing import first_moment
from campaigns.touches.shop_days import day_begins
from installation.installation import Installation
from store.clock import local_date
from store.states import WENT_OUT, TouchState
from store.tables import Person, Step, Touch
from suppression.cap_floors import CAP_REASONS
from suppression.occasions import Occasion
from suppression.policies import Cap
from suppression.reasons import bits

_WENT = (*WENT_OUT, TouchState.CLAIMED)
AT_ONCE = 10_000  # keys in one statement; SQLite takes no more than 32,766


def keep_distance(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    shard: Shard,
    *,
    mine: ColumnElement[bool],
    now: datetime,
) -> int:
    """Postpone touches whose earlier step went too lately, or has still to go. Return how many."""
    days: dict[int, date] = {}
    for touch, state, went, not_before, distance in connection.execute(_earlier(shard, mine)):
        from_ = max(not_before, now) if state is TouchState.PLANNED else went
        day = local_date(from_) + timedelta(days=distance)
        days[touch] = max(day, days.get(touch, day))
    today = local_date(now)
    late = {touch: day for touch, day in days.items() if day > today}
    return _postpone(installation, connection, campaign, shard, late)


def _earlier(
    shard: Shard, mine: ColumnElement[bool]
) -> Select[int, TouchState, datetime, datetime, int]:
    """Return a query of touches and their earlier steps, with the days between the two."""
    earlier = aliased(Touch)
    delay = select(Step.delay_days).where(Step.id == shard.step_id).scalar_subquery()
    went = func.coalesce(earlier.handed_over_at, earlier.updated_at)
    same = (earlier.person_id == Touch.person_id) & (earlier.campaign_id == Touch.campaign_id)
    return (
        select(Touch.id, earlier.state, went, earlier.not_before, delay - Step.delay_days)
        .join(earlier, same)
        .join(Step, Step.id == earlier.step_id)
        .where(
            mine,
            Touch.state == TouchState.PLANNED,
            Step.delay_days < delay,
            earlier.state.in_((*_WENT, TouchState.PLANNED)),
        )
    )


def wait_for_caps(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    shard: Shard,
    occasion: Occasion,
    *,
    mine: ColumnElement[bool],
) -> int:
    """Postpone later steps that nothing but a cap holds, until it holds them no more. Return how many.

    A first step is withheld, as its plan would have left the person out. So is what a cap of attempts holds, and what
    would come after the campaign's last day.
    """
    cap = occasion.cap
    if cap is None or cap.of_one_campaign:
        return 0
    others = ~bits(CAP_REASONS)
    held = select(Touch.id, Touch.person_id).where(
        mine, Touch.state == TouchState.PLANNED, Touch.reasons != 0, _is_later(shard)
    )
    held = held.where(Touch.reasons.expression.bitwise_and(others) == 0)
    whose = {row.id: row.person_id for row in connection.execute(held)}
    ends = _cap_ends(connection, cap, occasion, set(whose.values()))
    last = min(campaign.dpia.valid_until, campaign.phone_line.open_until)
    days = {touch: ends[person] for touch, person in whose.items() if person in ends}
    waiting = {touch: day for touch, day in days.items() if day <= last}
    return _postpone(installation, connection, campaign, shard, waiting)


def _is_later(shard: Shard) -> ColumnElement[bool]:
    """Match touches of people to whom an earlier step of the same campaign went."""
    earlier = aliased(Touch)
    return (
        select(earlier.id)
        .where(
            earlier.person_id == Touch.person_id,
            earlier.campaign_id == shard.campaign_id,
            earlier.id != Touch.id,
            earlier.state.in_(_WENT),
        )
        .exists()
    )


def _cap_ends(
    connection: Connection, cap: Cap, occasion: Occasion, people: set[int]
) -> dict[int, date]:
    """Return the first day on which a cap holds each person no more, counting their housemates."""
    days: dict[int, date] = {}
    whole = timedelta(days=cap.days)
    for part in _parts(sorted(people)):
        own: dict[int, list[datetime]] = defaultdict(list)
        for person, went in connection.execute(_touched(occasion, whole, part, own=True)):
            own[person].append(went)
        for person, moments in own.items():
            if len(moments) >= cap.times:
                went = sorted(moments)[-cap.times]
                days[person] = _day_after(went + whole)
        for person, went in connection.execute(_touched(occasion, whole, part, own=False)):
            day = _day_after(went + whole)
            days[person] = max(day, days.get(person, day))
    return days


def _touched(
    occasion: Occasion, whole: timedelta, people: list[int], *, own: bool
) -> Select[int, datetime]:
    """Return a query of these people and when a touch went to them, or to who lives with them."""
    other, earlier = aliased(Person), aliased(Touch)
    went = func.coalesce(earlier.handed_over_at, earlier.updated_at)
    among = other.id == Person.id
    if not own:
        among = (other.household_key == Person.household_key) & (other.id != Person.id)
    return (
        select(Person.id, went)
        .join(other, among)
        .join(earlier, earlier.person_id == other.id)
        .where(
            Person.id.in_(people),
            earlier.channel == occasion.channel,
            earlier.state.in_(_WENT),
            went > occasion.at - whole,
        )
    )


def _day_after(moment: datetime) -> date:
    """Return the first local day that begins at a moment or after it."""
    day = local_date(moment)
    return day if day_begins(day) >= moment else day + timedelta(days=1)


def _postpone(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    shard: Shard,
    days: Mapping[int, date],
) -> int:
    by_day: dict[date, list[int]] = defaultdict(list)
    for touch, day in days.items():
        by_day[day].append(touch)
    for day, touches in sorted(by_day.items()):
        moment = first_moment(
            installation.policy,
            installation.shop,
            campaign,
            channel=shard.channel,
            at=day_begins(day),
        )
        values = {
            "not_before": moment,
            "due_on": local_date(moment),
            "delivery_id": None,
            "reasons": 0,
        }
        for part in _parts(touches):
            connection.execute(update(Touch).where(Touch.id.in_(part)).values(values))
    return len(days)


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
