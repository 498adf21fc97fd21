"""Calls that a campaign asks for, put in the queue after hand-over and judged again before dialling."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    update,
)
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
from suppression.reasons import Reason, bits
from suppression.usable_numbers import is_open, is_own

CHANNEL = "call"
WITHHELD = "withheld"
"""The disposition of an entry that may not be dialled any more. Its note is the code of the reason."""
DROPPED_FOR = (
    Reason.DECEASED,
    Reason.OBJECTION,
    Reason.OBJECTION_IN_DOUBT,
    Reason.SUPPRESSED,
    Reason.ALREADY_DONE,
    Reason.ASSESSED,
    Reason.UNDER_GUARDIANSHIP,
)
"""Reasons that end a waiting call at once. For any other it is judged when somebody takes it."""
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
    occasion = _occasion(installation, connection, call.touch_id or 0, now)
    reason = _why_not(installation, connection, call.person_id or 0, occasion)
    number = None if reason else _number(connection, call.person_id or 0, occasion)
    if number is None:
        end(connection, Call.id == call.id, (reason or Reason.NO_USABLE_NUMBER).value, now=now)
    return number


def _why_not(
    installation: Installation, connection: Connection, person_id: int, occasion: Occasion
) -> Reason | None:
    """Return why somebody may not be called for a campaign any more, or None if they may."""
    of = select(Campaign.state).where(Campaign.id == occasion.campaign_id)
    if connection.execute(of).scalar_one() not in _GO_ON:
        return Reason.CAMPAIGN_STOPPED
    held = connection.execute(select(mask(occasion)).where(Person.id == person_id)).scalar_one()
    return first_of(held, installation.policy)


def why_not_any_more(installation: Installation, *, call_id: int, now: datetime) -> Reason | None:
    """Return why an entry that is still open need not be called any more, or None.

    Somebody may have filed, or objected, while an agent has their call in hand.
    """
    with installation.store.reading() as connection:
        query = select(Call.touch_id, Call.person_id).where(
            Call.id == call_id,
            Call.kind == CallKind.OUTBOUND,
            Call.state.in_(_OPEN),
            Call.touch_id.is_not(None),
        )
        if (row := connection.execute(query).first()) is None:
            return None
        occasion = _occasion(installation, connection, row.touch_id, now)
        return _why_not(installation, connection, row.person_id or 0, occasion)


def drop_calls(installation: Installation, *, now: datetime) -> int:
    """End waiting entries of people who need not, or may not, be called any more. Return how many.

    Each is judged again when it is taken. This takes them out of the queue before, so that nobody counts on them.
    """
    with installation.store.writing() as connection:
        waiting = and_(Call.kind == CallKind.OUTBOUND, Call.state == CallState.WAITING)
        shards = connection.execute(
            select(func.min(Touch.id), Touch.step_id, Touch.wave_id)
            .join(Call, Call.touch_id == Touch.id)
            .where(waiting)
            .group_by(Touch.step_id, Touch.wave_id)
            .order_by(Touch.step_id, Touch.wave_id)
        ).all()
        return sum(
            _drop(
                installation,
                connection,
                and_(waiting, Touch.step_id == step, Touch.wave_id == wave),
                _occasion(installation, connection, touch, now),
                now,
            )
            for touch, step, wave in shards
        )


def _drop(
    installation: Installation,
    connection: Connection,
    which: ColumnElement[bool],
    occasion: Occasion,
    now: datetime,
) -> int:
    worth = literal(bits(DROPPED_FOR), BigInteger)
    mine = select(Call.id, Call.person_id).join(Touch, Touch.id == Call.touch_id).where(which)
    whose = select(mine.subquery().c.person_id)
    held = select(Person.id, mask(occasion).bitwise_and(worth)).where(Person.id.in_(whose))
    reasons = {person: found for person, found in connection.execute(held) if found}
    dropped: dict[Reason, list[int]] = defaultdict(list)
    for call_id, person in connection.execute(mine).all():
        if reason := first_of(reasons.get(person, 0), installation.policy):
            dropped[reason].append(call_id)
    return sum(
        end(connection, Call.id.in_(calls), reason.value, now=now)
        for reason, calls in dropped.items()
    )


def _occasion(
    installation: Installation, connection: Connection, touch_id: int, now: datetime
) -> Occasion:
    about = select(Campaign.id, Campaign.spec, Touch.step_id, Touch.wave_id).join(
        Touch, Touch.campaign_id == Campaign.id
    )
    query = about.where(Touch.id == touch_id)
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
