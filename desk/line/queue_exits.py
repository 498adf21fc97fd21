"""Leave the queue, by call-back, message, objection or hanging up."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from channels.port import Unavailable
from channels.voice.port import Ended, GoneAlready
from desk.entries.person_holds import hold
from desk.entries.promised_windows import Window
from desk.entries.promises import Wish, lock_turns, promise, withdraw
from desk.line.code_replies import note_reply
from desk.line.incoming_calls import (
    Caller,
    CallEvent,
    caller_of_event,
    queue,
    queue_again,
    touch_of_code,
)
from desk.queue import call_legs
from installation.installation import Installation
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.errors import BadInput
from store.mapped_rows import read_all, read_one, read_one_or_none
from store.states import CallState, LegEnd, LegKind, LegState, PromiseRoad
from store.tables import Call, Leg, Person
from suppression.entries import objections
from suppression.reasons import Reason

CITIZEN = "citizen"
SILENT_AFTER = timedelta(minutes=3)
"""A provider asks every half minute what a waiting caller should hear."""
LONGEST = timedelta(hours=4)
"""No connection lasts longer at the provider."""
_OVER = {
    "completed": LegEnd.OVER,
    "canceled": LegEnd.GONE,
    "busy": LegEnd.NOT_REACHED,
    "no-answer": LegEnd.NOT_REACHED,
    "failed": LegEnd.NOT_REACHED,
}


def wish_call_back(installation: Installation, event: CallEvent, *, now: datetime) -> Caller:
    """Record that a caller wants to be called back instead of waiting.

    Hanging up loses nothing afterwards.
    """
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        if caller.line_id is None:
            return caller
        if not _chose_a_number(connection, caller):  # it may be told of after the number
            number = caller.number if _callable(caller.number) else None
            _promise(installation, connection, caller, number, asked="1", now=now)
        call_legs.move(connection, caller.leg_id, LegState.ASKING, now=now)
        return caller


def key_number(
    installation: Installation, event: CallEvent, keyed: str, *, now: datetime
) -> Window | None:
    """Take the number for a call-back, keyed in full or `1` for the number they call from.

    Raises:
        BadInput: we cannot call that number.
    """
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        own = keyed == "1" and _callable(caller.number)
        number = caller.number if own else _read(keyed)
        window = _promise(installation, connection, caller, number, asked="1", now=now)
        call_legs.note_end(connection, caller.leg_id, LegEnd.CALL_BACK)
        return window


def count_try(installation: Installation, event: CallEvent, *, now: datetime) -> int:
    """Count one keyed number that could not be used. Return how many there were."""
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        call_legs.change(connection, caller.leg_id, tries=Leg.tries + 1)
        return caller.tries + 1


def _callable(number: str | None) -> bool:
    return number is not None and PhoneNumber.parse(number).may_call


def _read(keyed: str) -> str:
    try:
        number = PhoneNumber.parse(keyed)
    except NotAPhoneNumber as error:
        raise BadInput(error.problem, "key the whole number", field="number") from None
    if not number.may_call:
        raise BadInput(number.refusals()[0], "key another number", field="number")
    return number.e164


def _promise(
    installation: Installation,
    connection: Connection,
    caller: Caller,
    number: str | None,
    *,
    asked: str,
    now: datetime,
) -> Window | None:
    """Turn the entry of a caller into a promised call-back, also where they hung up already."""
    if caller.line_id is not None:
        lock_turns(connection, caller.line_id)
    call_id = _entry_of(connection, caller, now)
    keeps = number is None and _chose_a_number(connection, caller)
    if not keeps:
        # a caller with a withheld number keys one, or leaves none
        connection.execute(update(Call).where(Call.id == call_id).values(number=number))
    wish = Wish(road=PromiseRoad.VOICE, asked=asked)
    made = promise(connection, call_id, wish, policy=installation.policy.hours, now=now)
    if caller.state is LegState.ENDED:  # nobody can be called where no number was left
        call_legs.abandon(connection, call_id, now=now)
    return made.window if made else None


def _entry_of(connection: Connection, caller: Caller, now: datetime) -> int:
    """Return the entry of a caller, or another one where an agent has wrapped theirs up meanwhile.

    A promise on what is done would end the wish that stands, and nobody would call.
    """
    if caller.call_id is None:
        return queue(connection, caller, now=now)
    state = connection.execute(select(Call.state).where(Call.id == caller.call_id)).scalar_one()
    if state is not CallState.WRAPPED_UP:
        return caller.call_id
    return queue_again(connection, caller, now=now)


def _chose_a_number(connection: Connection, caller: Caller) -> bool:
    """Return whether this caller keyed on which number they are called back."""
    how = connection.execute(select(Leg.how).where(Leg.id == caller.leg_id)).scalar()
    return how is LegEnd.CALL_BACK


def wait_after_all(installation: Installation, event: CallEvent, *, now: datetime) -> None:
    """Put a caller who could not key a number back at their old place in the queue."""
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        if caller.call_id is not None:
            withdraw(connection, caller.call_id)


def leave_message(
    installation: Installation, event: CallEvent, recording: str, *, now: datetime
) -> Window | None:
    """Store a voice message and promise to call back.

    Only the provider's reference of the recording is stored.
    """
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        chosen = _chose_a_number(connection, caller)
        number = caller.number if _callable(caller.number) and not chosen else None
        call_legs.change(
            connection, caller.leg_id, recording_ref=recording[: call_legs.LONGEST_REF]
        )
        window = _promise(installation, connection, caller, number, asked="message", now=now)
        call_legs.note_end(connection, caller.leg_id, LegEnd.MESSAGE)
        return window


def stop(installation: Installation, event: CallEvent, keyed: str, *, now: datetime) -> bool:
    """Hold everything for the person of a card, on every channel.

    Return False where the code is on no card. A housemate may key the code too. Leaving somebody alone by mistake
    is the smaller error, and an agent can lift it.
    """
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        touch = touch_of_code(connection, keyed)
        if touch is None:
            call_legs.change(connection, caller.leg_id, tries=Leg.tries + 1)
            return False
        ref = connection.execute(
            select(Person.person_ref).where(Person.id == touch.person_id)
        ).scalar_one()
        source = f"leg {caller.leg_id}"
        entries = objections(
            ref, None, source=source, said_at=now, repeat=source, note="keyed on the free line"
        )
        hold(connection, entries, Reason.OBJECTION, by=CITIZEN, now=now)
        note_reply(connection, caller, touch, keyed, objects=True, now=now)
        call_legs.note_end(connection, caller.leg_id, LegEnd.HELD)
        return True


def note(installation: Installation, event: CallEvent, how: LegEnd, *, now: datetime) -> None:
    """Record what a connection came to."""
    with installation.store.writing() as connection:
        call_legs.note_end(
            connection, caller_of_event(installation, connection, event, now).leg_id, how
        )


def hang_up(installation: Installation, event: CallEvent, *, now: datetime) -> None:
    """Record that a caller hung up while waiting."""
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        call_legs.end(connection, _leg(connection, caller), LegEnd.GONE, now=now)


def apply_status(
    installation: Installation,
    event: CallEvent,
    status: str,
    *,
    now: datetime,
    leg_id: int | None = None,
) -> None:
    """Apply a status report of the provider. Only the end of a connection changes anything.

    Args:
        installation: the installation.
        event: which connection.
        status: the provider's word.
        now: the present moment.
        leg_id: ours, where we placed the call: the provider's answer may have been lost.
    """
    with installation.store.writing() as connection:
        leg = _ours(connection, leg_id, event.ref) if leg_id is not None else None
        if leg is None:
            leg = _leg(connection, caller_of_event(installation, connection, event, now))
        if status in _OVER:
            call_legs.end(connection, leg, _OVER[status], now=now)


def _leg(connection: Connection, caller: Caller) -> Leg:
    return read_one(connection, select(Leg).where(Leg.id == caller.leg_id).with_for_update())


def _ours(connection: Connection, leg_id: int, ref: str) -> Leg | None:
    query = select(Leg).where(Leg.id == leg_id, Leg.kind != LegKind.CITIZEN).with_for_update()
    leg = read_one_or_none(connection, query)
    if leg is not None and leg.ref.startswith("try:"):
        call_legs.change(connection, leg.id, ref=ref[: call_legs.LONGEST_REF])
    return leg


def sweep(installation: Installation, *, now: datetime) -> int:
    """Close connections that went silent, and delete handled recordings. Return how many were closed.

    After a restart the report of a hang-up may be lost. A caller who turns out to wait still gets their entry back
    at its old place.
    """
    with installation.store.writing() as connection:
        quiet = (Leg.state == LegState.WAITING) & (Leg.seen_at <= now - SILENT_AFTER)
        stuck = (Leg.state != LegState.ENDED) & (Leg.seen_at <= now - LONGEST)
        query = select(Leg).where(quiet | stuck).with_for_update(skip_locked=True)
        late = read_all(connection, query)
        for leg in late:
            if leg.seen_at <= now - LONGEST:
                call_legs.end(connection, leg, LegEnd.OVER, now=now)
            elif (
                call_legs.move(connection, leg.id, LegState.SILENT, now=leg.seen_at)
                and leg.call_id is not None
            ):
                call_legs.abandon(connection, leg.call_id, now=now)
        call_legs.abandon_ended(connection, now=now)
        call_legs.call_back_unheard(connection, before=now - LONGEST)
    _forget(installation)
    return len(late)


def _forget(installation: Installation) -> None:
    """Delete recordings at the provider once their entries are wrapped up."""
    if installation.exchange is None:
        return
    with installation.store.reading() as connection:
        done = (Leg.recording_ref.is_not(None), Call.state == CallState.WRAPPED_UP)
        query = (
            select(Leg.id, Leg.recording_ref)
            .join(Call, Call.id == Leg.call_id)
            .where(*done)
            .limit(20)
        )
        finished = connection.execute(query).all()
    for leg_id, recording_ref in finished:
        try:
            result = installation.exchange.forget(recording_ref or "")
        except Unavailable:
            return  # the next time
        if isinstance(result, Ended | GoneAlready):
            with installation.store.writing() as connection:
                call_legs.change(connection, leg_id, recording_ref=None)
