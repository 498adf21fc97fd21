"""Somebody at whose address another person recently got post from us."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func

from store.states import WENT_OUT, TouchState
from store.table_aliases import alias_for
from store.tables import Person, Touch
from suppression.households import lives_apart
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import BY_POST, Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    if occasion.cap is None:
        return false()
    housemate = alias_for(Person, "housemate")
    earlier = alias_for(Touch, "touch_of_housemate")
    reached = exists().where(
        housemate.household_key == Person.household_key,
        housemate.id != Person.id,
        earlier.person_id == housemate.id,
        earlier.channel == occasion.channel,
        earlier.state.in_((*WENT_OUT, TouchState.CLAIMED)),
        func.coalesce(earlier.handed_over_at, earlier.updated_at)
        > occasion.at - timedelta(days=occasion.cap.days),
    )
    return and_(reached, ~lives_apart())


RULE = Rule(
    reason=Reason.HOUSEHOLD_CAP,
    holds=_holds,
    reaches=BY_POST,
)
