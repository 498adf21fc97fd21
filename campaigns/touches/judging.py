"""Judge touches in sets: whoever has a reason against them is withheld, with every reason that held."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from campaigns.touches.touch_states import move
from store.states import TouchState
from store.tables import Person, Touch
from suppression.judging import first_reason, mask
from suppression.occasions import Occasion


def judge_touches(
    connection: Connection, which: ColumnElement[bool], occasion: Occasion, *, now: datetime
) -> int:
    """Judge the planned touches of `which` on this occasion and withhold those that must not go; return how many."""
    planned = and_(Touch.state == TouchState.PLANNED, which)
    held = select(mask(occasion)).where(Person.id == Touch.person_id).scalar_subquery()
    connection.execute(update(Touch).where(planned).values(reasons=held))
    return move(
        connection,
        and_(which, Touch.reasons != 0),
        TouchState.WITHHELD,
        origin=TouchState.PLANNED,
        now=now,
        reason=first_reason(Touch.reasons.expression, occasion.policy),
        delivery_id=None,
    )
