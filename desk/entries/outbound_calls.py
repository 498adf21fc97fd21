"""Calls that a campaign asks for, put in the queue after hand-over and judged again before dialling."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.occasions import Shard, occasion_of
from campaigns.touches.touch_states import move
from desk.entries.queue_entries import NOBODY_WAITS, skill_of_campaign
from installation.installation import Installation
from store.states import AttemptState, CallKind, CallState, CampaignState, TouchState
from store.tables import Attempt, Call, Campaign, Person, PersonNumber, Touch
from suppression.judging import first_of, mask
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.usable_numbers import is_open, is_own

CHANNEL = "call"
WITHHELD = "withheld"
"""The disposition of an entry that may not be dialled any more. Its note is the code of the reason."""
_OPEN = (CallState.WAITING, CallState.TAKEN)
_GO_ON = (CampaignState.RUNNING, CampaignState.FINISHED, CampaignState.PAUSED)


def queue_handed_over(installation: Installation) -> int:
    """Put calls that were handed over in their lines' queues. Return how many are new.

    A person has one at a time. The next attempt waits until the earlier one has ended. A dry installation queues
    nothing.
    """
    if installation.settings.dry:
        return 0
    with installation.store.writing() as connection:
        dialect: Any = sqlite if installation.store.embedded else postgresql
        entering = dialect.insert(Call).from_select(
            list(_ENTRY), select(*_ENTRY.values()).select_from(_ABOUT).where(_due())
        )
        return len(connection.execute(entering.on_conflict_do_nothing().returning(Call.id)).all())


_last = aliased(Call)
_spoke_before = (
    select(_last.taken_by)
    .where(
        _last.person_id == Touch.person_id,
        _last.state == CallState.WRAPPED_UP,
        _last.taken_by.is_not(None),
    )
    .order_by(_last.wrapped_up_at.desc(), _last.id.desc())
    .limit(1)
    .scalar_subquery()
)
_ABOUT = Touch.__table__.join(Campaign.__table__, Campaign.id == Touch.campaign_id).join(
    Person.__table__, Person.id == Touch.person_id
)
_KEY = literal("touch:", Text) + cast(Touch.id, Text)
_ENTRY: dict[str, Any] = {
    "line_id": Campaign.line_id,
    "campaign_id": Touch.campaign_id,
    "touch_id": Touch.id,
    "person_id": Touch.person_id,
    "received_at": Touch.handed_over_at,
    "state": literal(CallState.WAITING, Call.state.type),
    "note": literal("", Text),
    "kind": literal(CallKind.OUTBOUND, Call.kind.type),
    "entry_key": _KEY,
    "rank": literal(NOBODY_WAITS),
    "skill": skill_of_campaign(),
    "language": func.nullif(Person.language, ""),
    "prefers": _spoke_before,
}


def _due() -> ColumnElement[bool]:
    entered, open_call, earlier = aliased(Call), aliased(Call), aliased(Touch)
    known = select(entered.entry_key).where(entered.entry_key.is_not(None))
    busy = (
        select(open_call.id)
        .where(
            open_call.person_id == Touch.person_id,
            open_call.kind == CallKind.OUTBOUND,
            open_call.state.in_(_OPEN),
        )
        .exists()
    )
    before = (
        select(earlier.id)
        .where(
            earlier.person_id == Touch.person_id,
            earlier.channel == CHANNEL,
            earlier.state == TouchState.HANDED_OVER,
            earlier.id < Touch.id,
            (literal("touch:", Text) + cast(earlier.id, Text)).not_in(known),
        )
        .exists()
    )
    handed_over = and_(Touch.channel == CHANNEL, Touch.state == TouchState.HANDED_OVER)
    return and_(handed_over, _KEY.not_in(known), ~busy, ~before)


def number_to_dial(
    installation: Installation, connection: Connection, call: Call, *, now: datetime
) -> str | None:
    """Return the number (E.164) to dial for an entry, or end the entry and return None.

    An entry ends when the person may not be called any more. Its touch is recalled and its attempt is taken back,
    so that it does not count.
    """
    state = connection.execute(
        select(Campaign.state).where(Campaign.id == call.campaign_id)
    ).scalar_one()
    occasion = _occasion(installation, connection, call, now)
    if state not in _GO_ON:
        reason: Reason | None = Reason.CAMPAIGN_STOPPED
    else:
        held = connection.execute(
            select(mask(occasion)).where(Person.id == call.person_id)
        ).scalar_one()
        reason = first_of(held, installation.policy)
    number = None if reason else _number(connection, call.person_id or 0, occasion)
    if number is None:
        end(connection, Call.id == call.id, (reason or Reason.NO_USABLE_NUMBER).value, now=now)
    return number


def _occasion(
    installation: Installation, connection: Connection, call: Call, now: datetime
) -> Occasion:
    about = select(Campaign.id, Campaign.spec, Touch.step_id, Touch.wave_id).join(
        Touch, Touch.campaign_id == Campaign.id
    )
    query = about.where(Touch.id == call.touch_id)
    campaign_id, spec, step_id, wave_id = connection.execute(query).one()
    shard = Shard(
        campaign_id=campaign_id, step_id=step_id, wave_id=wave_id, channel=CHANNEL, size=1
    )
    campaign = CampaignFile.model_validate(spec)
    # the caps are not asked again: this very call counts for them
    return replace(occasion_of(installation, connection, campaign, shard, now=now), caps={})


def _number(connection: Connection, person_id: int, occasion: Occasion) -> str | None:
    usable = select(PersonNumber.e164).where(
        PersonNumber.person_id == person_id, is_open(occasion), is_own(occasion)
    )
    return connection.execute(usable.order_by(PersonNumber.position).limit(1)).scalar_one_or_none()


def end(connection: Connection, which: ColumnElement[bool], reason: str, *, now: datetime) -> int:
    """End entries that may not be dialled any more, and recall their touches. Return how many ended.

    `which` is a condition on `Call`. Only open entries of outbound calls are ended.
    """
    going = and_(which, Call.kind == CallKind.OUTBOUND, Call.state.in_(_OPEN))
    touches = select(Call.touch_id).where(going)
    connection.execute(
        update(Attempt)
        .where(Attempt.touch_id.in_(touches))
        .values(state=AttemptState.TAKEN_BACK, finished_at=now)
    )
    move(
        connection,
        touches,
        TouchState.RECALLED,
        origin=TouchState.HANDED_OVER,
        now=now,
        reason=reason,
    )
    values = {
        "state": CallState.ABANDONED,
        "disposition": WITHHELD,
        "note": reason,
        "wrapped_up_at": now,
    }
    return connection.execute(update(Call).where(going).values(values)).rowcount
