"""Somebody who reached the cap of touches over all campaigns, or of call attempts in this one."""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, false, func, select

from store.states import WENT_OUT, AttemptState, TouchState
from store.table_aliases import alias_for
from store.tables import Attempt, Person, Touch
from suppression.occasions import Occasion
from suppression.policies import Cap
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    cap = occasion.cap
    if cap is None:
        return false()
    return _attempts(occasion, cap) if cap.of_one_campaign else _touches(occasion, cap)


def _touches(occasion: Occasion, cap: Cap) -> ColumnElement[bool]:
    earlier = alias_for(Touch, "earlier_touch")
    conditions = (
        earlier.person_id == Person.id,
        earlier.channel == occasion.channel,
        earlier.state.in_((*WENT_OUT, TouchState.CLAIMED)),
        func.coalesce(earlier.handed_over_at, earlier.updated_at)
        > occasion.at - timedelta(days=cap.days),
    )
    if cap.times == 1:
        return exists().where(*conditions)
    return select(func.count()).where(*conditions).scalar_subquery() >= cap.times


def _attempts(occasion: Occasion, cap: Cap) -> ColumnElement[bool]:
    earlier = alias_for(Touch, "touch_attempted")
    made = (
        select(func.count())
        .select_from(earlier)
        .join(Attempt, Attempt.touch_id == earlier.id)
        .where(
            earlier.person_id == Person.id,
            earlier.channel == occasion.channel,
            earlier.campaign_id == occasion.campaign_id,
            Attempt.state != AttemptState.TAKEN_BACK,
            Attempt.written_at > occasion.at - timedelta(days=cap.days),
        )
        .scalar_subquery()
    )
    return made >= cap.times


RULE = Rule(
    reason=Reason.FREQUENCY_CAP,
    holds=_holds,
)
