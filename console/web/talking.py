"""Somebody holds a card and is on the line now: their call enters the queue and is taken in one breath."""

from sqlalchemy import func, select

from campaigns.house import House
from desk.queue import NewCall, enter, take
from store.states import CallState
from store.tables import Call, Campaign, Touch


def begin_talking(house: House, touch_id: int, by: str) -> int:
    """Take the call about this touch and return its key.

    A call about it that waits already (they texted, or called before) is taken; otherwise one is made.

    Raises:
        BadInput: a colleague took the very call a moment ago.
    """
    now = house.now()
    waits = select(func.min(Call.id)).where(Call.touch_id == touch_id, Call.state == CallState.WAITING)
    about = select(Touch.campaign_id, Touch.person_id, Campaign.line_id).join(Campaign).where(Touch.id == touch_id)
    with house.store.writing() as connection:
        call_id = connection.execute(waits).scalar_one()
        if call_id is None:
            touch = connection.execute(about).one()
            enter(connection, [NewCall(touch.line_id, None, now, touch.campaign_id, touch_id, touch.person_id)])
            call_id = connection.execute(waits).scalar_one()
    take(house.store, call_id, by, now)
    return int(call_id)
