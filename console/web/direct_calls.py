"""Calls of people who are on the line now, entered in the queue and taken at once."""

from dataclasses import dataclass

from sqlalchemy import func, select

from console.web.reading.search_results import unmatched_call
from desk.entries.call_matching import match_to_touch
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take
from installation.installation import Installation
from store.errors import BadInput
from store.states import CallState
from store.tables import Call, Campaign, PhoneLine, Touch


@dataclass(frozen=True, slots=True)
class Talking:
    """The call that an agent is in, about one card."""

    call_id: int
    matched: bool  # it was in their hands already, and nobody knew what it was about


def talk_about(installation: Installation, touch_id: int, by: str) -> Talking:
    """Take the call of somebody who holds this card and is on the line now.

    A caller without a code may be in this agent's hands already: then the card is that call's, and needs no other.

    Raises:
        BadInput: A colleague just took this call.
    """
    if (in_hand := unmatched_call(installation, by)) is None:
        return Talking(begin_talking(installation, touch_id, by), matched=False)
    match_to_touch(installation.store, in_hand, touch_id, by=by)
    return Talking(in_hand, matched=True)


def begin_talking(installation: Installation, touch_id: int, by: str) -> int:
    """Take the call about this touch and return its key.

    A call about it that waits already (they texted, or called before) is taken; otherwise one is made.

    Raises:
        BadInput: A colleague just took this call.
    """
    now = installation.now()
    waits = select(func.min(Call.id)).where(
        Call.touch_id == touch_id, Call.state == CallState.WAITING
    )
    about = (
        select(Touch.campaign_id, Touch.person_id, Campaign.line_id)
        .join(Campaign)
        .where(Touch.id == touch_id)
    )
    with installation.store.writing() as connection:
        call_id = connection.execute(waits).scalar_one()
        if call_id is None:
            touch = connection.execute(about).one()
            enter(
                connection,
                [
                    NewCall(
                        line_id=touch.line_id,
                        reply_id=None,
                        received_at=now,
                        campaign_id=touch.campaign_id,
                        touch_id=touch_id,
                        person_id=touch.person_id,
                    )
                ],
            )
            call_id = connection.execute(waits).scalar_one()
    take(installation.store, call_id, by, now)
    return int(call_id)


def begin_talking_with(installation: Installation, person_id: int, by: str) -> int:
    """Take the call of a person without a card, about the last message they were sent.

    Returns the key of the call.

    Raises:
        BadInput: A colleague just took this call, or there is no line yet.
    """
    sent = select(Touch.id).where(Touch.person_id == person_id, Touch.handed_over_at.is_not(None))
    latest = sent.order_by(Touch.handed_over_at.desc(), Touch.id.desc()).limit(1)
    waits = select(func.max(Call.id)).where(
        Call.person_id == person_id, Call.state == CallState.WAITING
    )
    with installation.store.writing() as connection:
        touch_id = connection.execute(latest).scalar()
        if touch_id is None:
            line_id = connection.execute(select(func.min(PhoneLine.id))).scalar_one()
            if line_id is None:
                raise BadInput(
                    "there is no phone line yet",
                    "submit a campaign first; it makes the line",
                    field="line",
                )
            enter(
                connection,
                [
                    NewCall(
                        line_id=line_id,
                        reply_id=None,
                        received_at=installation.now(),
                        person_id=person_id,
                    )
                ],
            )
            call_id = connection.execute(waits).scalar_one()
    if touch_id is not None:
        return begin_talking(installation, touch_id, by)
    take(installation.store, call_id, by, installation.now())
    return int(call_id)
