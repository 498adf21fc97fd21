"""Consequences of a call's outcome for its touch, its number, later touches and promises."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from campaigns.touches.touch_states import move
from desk.entries.dispositions import NOBODY_SPOKEN, Disposition
from desk.entries.outbound_calls import CHANNEL
from desk.entries.person_holds import hold
from desk.entries.promised_windows import Window
from desk.entries.promises import Wish, can_be_called, promise
from desk.entries.queue_entries import NewCall, enter
from store.audit_log import Decider
from store.clock import LOCAL
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallKind, PromiseRoad, Road, SuppressionScope, TouchState
from store.tables import Attempt, Call, Person, Step, Touch
from suppression.contact_hours import Hours, day_part
from suppression.entries import NewEntry, list_entries, objections
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class Promise:
    """The window of a promised call-back."""

    begins: datetime
    ends: datetime
    policy: Hours = field(
        default_factory=Hours
    )  # the hours in which this installation calls people

    def __post_init__(self) -> None:
        if self.ends <= self.begins:
            raise BadInput("the window ends before it begins", "write a later end", field="promise")


@dataclass(frozen=True, slots=True)
class Scope:
    """The channels or subjects an objection is limited to."""

    channels: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.channels or self.subjects):
            raise BadInput(
                "no channel or subject is named",
                "name the channel or subject that stays closed",
                field="scope",
            )


def apply_consequences(
    connection: Connection,
    call: Call,
    disposition: Disposition,
    agreed: Promise | Scope | None,
    *,
    by: Decider,
    now: datetime,
) -> None:
    """Apply the consequences of a call's outcome, in the transaction that closes it.

    With a `Scope` an objection is limited, and its scope is recorded afterwards.
    """
    if call.kind is CallKind.OUTBOUND:
        _note_attempt(connection, call, disposition, now)
    if disposition is Disposition.WRONG_NUMBER:
        _close_number(connection, call, by.name, now)
    if disposition is Disposition.OBJECTS:
        _object(connection, call, by.name, now, pending=isinstance(agreed, Scope))
    if disposition not in NOBODY_SPOKEN:
        _was_reached(connection, call, now)
    if disposition is Disposition.CALL_BACK:
        promised = agreed if isinstance(agreed, Promise) else None
        _call_back(connection, call, promised, by=by, now=now)


def _note_attempt(
    connection: Connection, call: Call, disposition: Disposition, now: datetime
) -> None:
    """Record when the number was dialled, so that the next attempt falls in another part of the day."""
    latest = select(func.max(Attempt.id)).where(Attempt.touch_id == call.touch_id).scalar_subquery()
    values = {"detail": disposition.value, "day_part": day_part(now)}
    connection.execute(update(Attempt).where(Attempt.id == latest).values(values))


def _close_number(connection: Connection, call: Call, by: str, now: datetime) -> None:
    """Close a number that belongs to somebody else. The person may have another."""
    if call.number is None:
        raise BadInput(
            "no number was dialled",
            "choose what came of it",
            field=Sentence("call {id}", id=call.id),
        )
    source = f"call {call.id}"
    entry = NewEntry(
        scope=SuppressionScope.NUMBER,
        reason=Reason.SUPPRESSED,
        source=source,
        starts_at=now,
        repeat=source,
        e164=call.number,
        note="wrong number",
    )
    list_entries(connection, [entry], by=by, now=now)
    reason = Disposition.WRONG_NUMBER.value.upper()
    _end_touch(connection, call, TouchState.FAILED, reason=reason, now=now)


def _was_reached(connection: Connection, call: Call, now: datetime) -> None:
    """Mark the touch as delivered, and drop later touches that were planned only to reach the person."""
    if call.kind is CallKind.OUTBOUND:
        _end_touch(connection, call, TouchState.DELIVERED, reason=None, now=now)
    if call.person_id is None or call.campaign_id is None:
        return
    only_for_silence = select(Step.id).where(Step.condition == "no_reply")
    planned = and_(
        Touch.person_id == call.person_id,
        Touch.campaign_id == call.campaign_id,
        or_(Touch.channel == CHANNEL, Touch.step_id.in_(only_for_silence)),
    )
    why = Reason.ALREADY_HELPED.value
    move(
        connection,
        planned,
        TouchState.DROPPED,
        origin=TouchState.PLANNED,
        now=now,
        reason=why,
        delivery_id=None,
    )


def _end_touch(
    connection: Connection, call: Call, to: TouchState, *, reason: str | None, now: datetime
) -> None:
    if call.kind is CallKind.OUTBOUND:
        move(
            connection,
            Touch.id == call.touch_id,
            to,
            origin=TouchState.HANDED_OVER,
            now=now,
            reason=reason,
        )


def _call_back(
    connection: Connection,
    call: Call,
    agreed: Promise | None,
    *,
    by: Decider,
    now: datetime,
) -> None:
    """Put a promised call-back in the queue. Without a window it waits like any other entry.

    Raises:
        BadInput: the window cannot be kept. The error names the next one that can.
    """
    if not can_be_called(call.number):
        raise BadInput(
            "this number is never dialled",
            "ask for another number, and call that one back",
            field="promise",
        )
    again = NewCall(
        line_id=call.line_id,
        reply_id=None,
        received_at=now,
        campaign_id=call.campaign_id,
        touch_id=call.touch_id if call.kind is not CallKind.OUTBOUND else None,
        person_id=call.person_id,
        number=call.number,
        kind=CallKind.CALL_BACK,
        entry_key=f"again:{call.id}",
        skill=call.skill,
        language=call.language,
    )
    enter(connection, [again])
    prefer = update(Call).where(Call.entry_key == again.entry_key).values(prefers=call.taken_by)
    call_id = connection.execute(prefer.returning(Call.id)).scalar_one()
    wish = Wish(
        road=PromiseRoad.API if by.road is Road.API else PromiseRoad.AGENT,
        asked="",
        window=Window(agreed.begins, agreed.ends) if agreed else None,
        soon=agreed is None,
        by=by.name,
    )
    made = promise(connection, call_id, wish, policy=agreed.policy if agreed else Hours(), now=now)
    if agreed and (made is None or not made.as_asked):
        raise BadInput(
            "cannot be kept: the line is closed then, or enough was promised",
            Sentence("promise {window}", window=_written(made.window))
            if made
            else "promise nothing",
            field="promise",
        )


def _written(window: Window) -> str:
    """Return a window as one writes it."""
    begins, ends = (moment.astimezone(LOCAL) for moment in (window.begins, window.ends))
    return f"{begins:%Y-%m-%d %H:%M}-{ends:%H:%M}"


def _object(connection: Connection, call: Call, by: str, now: datetime, *, pending: bool) -> None:
    """Hold everything at once, so that nothing is sent while the scope is being recorded."""
    ref = connection.execute(
        select(Person.person_ref).where(Person.id == call.person_id)
    ).scalar_one()
    source = f"call {call.id}"
    entries = objections(ref, None, source=source, said_at=now, repeat=source, pending=pending)
    hold(connection, entries, Reason.OBJECTION, by=by, now=now)
