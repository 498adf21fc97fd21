"""Incoming calls on the free line, from greeting to queue. Nobody is turned away."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, union, update

from campaigns.touches.seed_pieces import seed_of
from channels.codes import read_code
from desk.entries.agents import anybody_there
from desk.entries.promises import GONE, rings, standing
from desk.entries.queue_entries import NewCall, enter
from desk.line.code_guesses import CITIZEN, may_try, note_wrong
from desk.line.code_replies import note_reply
from desk.line.line_lookup import is_staffed, line_at, read_number
from desk.line.wait_estimates import minutes_to_wait
from desk.queue import call_legs
from installation.installation import Installation
from store.errors import BadInput
from store.mapped_rows import read_one_or_none
from store.states import CallState, LegKind, LegState, SuppressionScope
from store.tables import Call, Leg, Person, PhoneLine, ResponseCode, Suppression, Touch
from suppression.reasons import Reason

TRIES = 3
"""How often a code or a number may be keyed in one call before a person helps."""


@dataclass(frozen=True, slots=True)
class CallEvent:
    """The caller and connection of a provider's request."""

    ref: str
    caller: str
    dialled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller on the line."""

    leg_id: int
    ref: str
    line_id: int | None  # None: the dialled number leads to no line of ours
    line: str  # its name, as it is printed
    number: str | None  # E.164, of who calls; None: withheld
    language: str | None
    state: LegState
    staffed: bool
    tries: int
    touch_id: int | None
    call_id: int | None
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The code is on a card. Nothing about the card's person is said on the telephone."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The code is on no card."""

    again: bool  # whether another may be tried


@dataclass(frozen=True, slots=True)
class SeedCard:
    """The code is on a seed card, held by a colleague."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue."""

    before: int  # callers
    minutes: int | None = None  # None: too few agents, or too little is known to say


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """Nobody can take the call, because the line is closed or no agent is signed in."""

    closed: bool


@dataclass(frozen=True, slots=True)
class Full:
    """So many callers wait that no one should be asked to join them."""


def arrive(installation: Installation, event: CallEvent, *, now: datetime) -> Caller:
    """Return the caller of a connection, which is stored if it is new."""
    with installation.store.writing() as connection:
        return caller_of_event(installation, connection, event, now)


def caller_of_event(
    installation: Installation, connection: Connection, event: CallEvent, now: datetime
) -> Caller:
    """Return the caller of an event, within the caller's transaction."""
    line_id = line_at(connection, event.dialled)
    new = call_legs.NewLeg(
        ref=event.ref, kind=LegKind.CITIZEN, line_id=line_id, from_number=read_number(event.caller)
    )
    return caller_of(installation, connection, call_legs.made(connection, new, now=now), now)


def caller_of(
    installation: Installation, connection: Connection, leg: Leg, now: datetime
) -> Caller:
    """Return the caller of a stored connection."""
    name = connection.execute(
        select(PhoneLine.name).where(PhoneLine.id == leg.line_id)
    ).scalar_one_or_none()
    staffed = leg.line_id is not None and is_staffed(installation, connection, leg.line_id, now)
    return Caller(
        leg_id=leg.id,
        ref=leg.ref,
        line_id=leg.line_id,
        line=name or "",
        number=leg.from_number,
        language=leg.language,
        state=leg.state,
        staffed=staffed,
        tries=leg.tries,
        touch_id=leg.touch_id,
        call_id=leg.call_id,
        began_at=leg.began_at,
    )


def choose_language(
    installation: Installation, event: CallEvent, language: str, *, now: datetime
) -> Caller:
    """Record the language a caller chose."""
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        call_legs.change(connection, caller.leg_id, language=language)
        return replace(caller, language=language)


def key_code(
    installation: Installation, event: CallEvent, keyed: str, *, now: datetime
) -> Found | Unknown | SeedCard:
    """Look up the card of a keyed code. Wrong codes are counted, and codes of past campaigns still work."""
    caller = arrive(installation, event, now=now)
    source = f"leg:{caller.ref}"
    if not may_try(installation.store, source, CITIZEN, now=now):
        return Unknown(again=False)
    try:
        code = read_code(keyed)
    except BadInput:
        return _wrong(installation, caller, source, now)
    with installation.store.writing() as connection:
        if (touch := _touch_of(connection, code)) is not None:
            held = _held(connection, touch.person_id, now)
            call_legs.change(connection, caller.leg_id, touch_id=touch.id, held=held)
            note_reply(connection, caller, touch, code, objects=False, now=now)
            return Found()
        if seed_of(connection, code) is not None:
            return SeedCard()
    return _wrong(installation, caller, source, now)


def _wrong(installation: Installation, caller: Caller, source: str, now: datetime) -> Unknown:
    note_wrong(installation.store, source, now=now)
    with installation.store.writing() as connection:
        call_legs.change(connection, caller.leg_id, tries=Leg.tries + 1)
    return Unknown(again=caller.tries + 1 < TRIES)


def touch_of_code(connection: Connection, keyed: str) -> Touch | None:
    """Return the touch whose card has this code, or None."""
    try:
        return _touch_of(connection, read_code(keyed))
    except BadInput:
        return None


def _touch_of(connection: Connection, code: str) -> Touch | None:
    query = select(Touch).join(ResponseCode, ResponseCode.touch_id == Touch.id)
    return read_one_or_none(connection, query.where(ResponseCode.code == code))


def _held(connection: Connection, person_id: int, now: datetime) -> str | None:
    """Return the reason why a person is not reached any more, or None.

    The agent sees it, the caller does not.
    """
    person = connection.execute(
        select(Person.person_ref, Person.deceased_on, Person.household_key).where(
            Person.id == person_id
        )
    ).one()
    if person.deceased_on is not None:
        return Reason.DECEASED.value
    listed = (
        Suppression.scope == SuppressionScope.PERSON,
        Suppression.person_ref == person.person_ref,
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= now,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
    )
    reasons = set(connection.execute(select(Suppression.reason).where(*listed)).scalars())
    return Reason.DECEASED.value if Reason.DECEASED.value in reasons else min(reasons, default=None)


def join_queue(
    installation: Installation, event: CallEvent, *, room: int, now: datetime
) -> Place | Full | NobodyThere:
    """Put a caller in the queue of their line, once. A caller who is in it already keeps their place."""
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        if caller.line_id is None:
            return Place(0)
        if caller.state is LegState.ENDED:
            if caller.call_id is None:  # they hung up, and we are told of what they did before
                call_legs.abandon(connection, queue(connection, caller, now=now), now=now)
            return Place(0)
        if not caller.staffed or not anybody_there(connection, now):
            return NobodyThere(closed=not caller.staffed)
        if caller.call_id is None and _is_full(connection, caller.line_id, room):
            return Full()
        call_id = caller.call_id or queue(connection, caller, now=now)
        call_legs.move(connection, caller.leg_id, LegState.WAITING, now=now, call_id=call_id)
        return place(connection, call_id, now)


def queue(connection: Connection, caller: Caller, *, now: datetime) -> int:
    """Add an entry for a caller to the queue of the line they dialled, once. Return its key.

    Somebody for whom a call-back stands is that call-back: they get no second entry.
    """
    touch = read_one_or_none(connection, select(Touch).where(Touch.id == caller.touch_id))
    stands = standing(
        connection,
        caller.number,
        touch.id if touch else None,
        touch.person_id if touch else None,
    )
    if stands is not None:
        rings(connection, stands, caller.language)
        call_legs.change(connection, caller.leg_id, call_id=stands)
        return stands
    return _enter_caller(connection, caller, touch, f"leg:{caller.ref}", now)


def queue_again(connection: Connection, caller: Caller, *, now: datetime) -> int:
    """Return the call-back that stands for a caller whose own entry is wrapped up, or add one, once."""
    touch = read_one_or_none(connection, select(Touch).where(Touch.id == caller.touch_id))
    stands = standing(
        connection, caller.number, touch.id if touch else None, touch.person_id if touch else None
    )
    if stands is not None:
        return stands
    return _enter_caller(connection, caller, touch, f"again:leg:{caller.ref}", now)


def _enter_caller(
    connection: Connection, caller: Caller, touch: Touch | None, key: str, now: datetime
) -> int:
    new = NewCall(
        line_id=caller.line_id or 0,
        reply_id=None,
        received_at=caller.began_at,
        number=caller.number,
        entry_key=key,
        language=caller.language,
    )
    if touch:
        new = replace(
            new,
            reply_id=note_reply(connection, caller, touch, None, objects=False, now=now),
            campaign_id=touch.campaign_id,
            touch_id=touch.id,
            person_id=touch.person_id,
        )
    enter(connection, [new])
    call_id = connection.execute(select(Call.id).where(Call.entry_key == key)).scalar_one()
    call_legs.change(connection, caller.leg_id, call_id=call_id)
    return int(call_id)


def _is_full(connection: Connection, line_id: int | None, room: int) -> bool:
    """Return whether as many callers wait on a line as there is room for. More of them are not counted."""
    here = (Leg.line_id == line_id, Leg.state == LegState.WAITING, Leg.kind == LegKind.CITIZEN)
    waiting = select(Leg.id).where(*here).limit(room).subquery()
    count: int = connection.execute(select(func.count()).select_from(waiting)).scalar_one()
    return count >= room


MANY = 20
"""Callers are counted as far as this, so that saying a place costs the same however many wait."""


def place(connection: Connection, call_id: int, now: datetime) -> Place:
    """Return how many go before an entry, and the estimated wait where there is one.

    Promises whose turn has come go before it too.
    """
    me = connection.execute(
        select(Call.line_id, Call.skill, Call.received_at).where(Call.id == call_id)
    ).one()
    earlier = or_(
        Call.received_at < me.received_at,
        (Call.received_at == me.received_at) & (Call.id < call_id),
    )
    here = (Call.line_id == me.line_id, Call.skill == me.skill, Call.state == CallState.WAITING)
    waits = (*here, Call.rank == 0, Call.promised_from.is_(None), earlier)
    due = (*here, Call.due_by <= now, or_(Call.promised_from.is_not(None), ~earlier))
    ahead = select(Call.id).where(*waits, Call.id != call_id).order_by(Call.received_at).limit(MANY)
    first = select(Call.id).where(*due, Call.id != call_id).order_by(Call.due_by).limit(MANY)
    both = union(*(select(each.subquery().c.id) for each in (ahead, first))).subquery()
    before: int = connection.execute(select(func.count()).select_from(both)).scalar_one()
    before = min(before, MANY)
    return Place(before, minutes_to_wait(connection, me.line_id, now, before=before))


_QUEUED = frozenset({LegState.WAITING, LegState.SILENT, LegState.ARRIVED})


@dataclass(frozen=True, slots=True)
class Feed:
    """The provider's figures about a waiting caller."""

    queue_ref: str | None
    position: int | None


def wait(
    installation: Installation, event: CallEvent, feed: Feed, *, now: datetime
) -> Place | NobodyThere | None:
    """Record that a caller still waits. Return None where their connection is over.

    At closing time nobody is left waiting.

    A caller who counted as gone because nothing was received about them gets their old place back. A late request,
    when an agent is being rung already, changes nothing.
    """
    with installation.store.writing() as connection:
        caller = caller_of_event(installation, connection, event, now)
        if caller.state is LegState.ENDED or caller.line_id is None:
            return None
        call_id = caller.call_id or queue(connection, caller, now=now)
        if caller.state in _QUEUED and not caller.staffed:
            call_legs.move(connection, caller.leg_id, LegState.ASKING, now=now, call_id=call_id)
            return NobodyThere(closed=True)
        if caller.state in _QUEUED:
            _give_back_to(connection, call_id)
            fed = {"queue_ref": feed.queue_ref, "position": feed.position}
            known = {name: value for name, value in fed.items() if value is not None}
            call_legs.move(connection, caller.leg_id, LegState.WAITING, now=now, **known)
        return place(connection, call_id, now)


def _give_back_to(connection: Connection, call_id: int) -> None:
    gone = (
        Call.id == call_id,
        Call.state == CallState.ABANDONED,
        Call.disposition == GONE,
    )
    values = {"state": CallState.WAITING, "disposition": None, "wrapped_up_at": None}
    connection.execute(update(Call).where(*gone).values(values))
