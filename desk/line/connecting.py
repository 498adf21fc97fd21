"""Connect a caller to an agent.

The caller is claimed in the database first, then the provider is asked to connect. The database gives a caller to
one agent, and only for that agent the provider is asked. So the provider's answer can only mean that the caller is
there or gone.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from channels.port import Unavailable
from channels.voice.account import Telephone
from channels.voice.browser_names import client_name
from channels.voice.port import Bridging, Doubtful, Exchange, GoneAlready
from channels.voice.twiml import BROWSER
from desk.queue import call_legs, queues, taking
from desk.queue.queues import QueuedCall, call_of
from installation.installation import Installation
from store.errors import BadInput
from store.mapped_rows import read_one
from store.states import CallKind, CallState, LegEnd, LegState
from store.tables import Agent, Call, Leg, PhoneLine

TELEPHONE = "telephone"
"""The field of errors about the telephone, as opposed to a colleague who was first."""
AT_MOST = 20
"""The number of callers who may turn out to be gone, in one request for the next entry."""


def phone_of(connection: Connection, agent: str) -> str:
    """Return where an agent is called, a telephone (E.164) or `client:…` for a browser."""
    phone = connection.execute(select(Agent.phone).where(Agent.name == agent)).scalar_one_or_none()
    return phone or f"{BROWSER}{client_name(agent)}"


@dataclass(frozen=True, slots=True)
class Connecting:
    """The agent's telephone rings, and the caller can hear it."""

    call: QueuedCall
    held: str | None  # the code of a reason why this card's person is not reached any more


@dataclass(frozen=True, slots=True)
class NobodyOnTheLine:
    """The entry is the agent's, and no caller waits for it (a text, a promise, an outbound call)."""

    call: QueuedCall


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The caller hung up just before, and the entry has ended."""

    call_id: int


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The entry is the agent's, and it is not known whether their telephone will ring."""

    call: QueuedCall
    why: str


ConnectResult = Connecting | NobodyOnTheLine | CallerGone | Uncertain


def connect(
    installation: Installation, call_id: int, agent: str, *, now: datetime
) -> ConnectResult:
    """Take an entry for an agent, and connect its caller if one waits on the telephone.

    Raises:
        BadInput: it waits no more: a colleague has it; or the telephone cannot be reached, and it is back in the
            queue; or the agent has enough in hand.
    """
    call = queues.take(installation.store, call_id, agent, now, limited=True)
    return _put_through(installation, call, agent, now=now)


def take_next(
    installation: Installation, agent: str, *, now: datetime, line: str | None = None
) -> ConnectResult | None:
    """Take the next entry for an agent, and connect its caller if one waits on the telephone.

    Callers who turn out to be gone are skipped. Return None where nothing waits that this agent may take.

    Raises:
        BadInput: there is no such line; or the telephone cannot be reached, and the entry is back in the queue; or
            the agent has enough in hand.
    """
    for _ in range(AT_MOST):
        call = taking.take_next(installation, agent, now=now, line=line, limited=True)
        if call is None:
            return None
        result = _put_through(installation, call, agent, now=now)
        if not isinstance(result, CallerGone):
            return result
    return None


def _put_through(
    installation: Installation, call: QueuedCall, agent: str, *, now: datetime
) -> ConnectResult:
    with installation.store.writing() as connection:
        leg = call_legs.of_call(connection, call.id)
        if leg is None or call.why is not CallKind.CALL or leg.state is LegState.TALKING:
            return NobodyOnTheLine(call)
        if not call_legs.move(connection, leg.id, LegState.CONNECTING, now=now, agent=agent):
            return _gone(connection, call.id, agent, now)
    exchange = _exchange(installation, call.id, agent, leg.id, now=now)
    address = Telephone.read(installation.settings.accounts).address(f"agent?entry={call.id}")
    try:
        # who is being rung for already stands in no queue: their call is turned
        result = exchange.bridge(
            leg.ref, leg.queue_ref if leg.state is LegState.WAITING else None, address
        )
    except Unavailable as error:
        _undo(installation, call.id, agent, leg.id, now=now)
        raise BadInput(
            str(error), "try again in a moment, the caller still waits", field=TELEPHONE
        ) from error
    match result:
        case Bridging():
            return Connecting(call, leg.held)
        case Doubtful(why):
            return Uncertain(call, why)
        case GoneAlready():
            return _not_there(installation, call, agent, leg.id, now=now)


def _exchange(
    installation: Installation, call_id: int, agent: str, leg_id: int, *, now: datetime
) -> Exchange:
    if installation.exchange is None:
        _undo(installation, call_id, agent, leg_id, now=now)
        raise BadInput(
            "this installation has no telephone",
            "set KAARTJE_VOICE_FROM and the account",
            field=TELEPHONE,
        )
    return installation.exchange


def _undo(
    installation: Installation, call_id: int, agent: str, leg_id: int, *, now: datetime
) -> None:
    with installation.store.writing() as connection:
        back_in_line(connection, call_id, agent, leg_id, now=now)


def back_in_line(
    connection: Connection, call_id: int, agent: str, leg_id: int, *, now: datetime
) -> bool:
    """Put a caller back at their old place, when the agent did not pick up."""
    values = {"state": CallState.WAITING, "taken_by": None, "taken_at": None, "lease_until": None}
    theirs = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == agent)
    if connection.execute(update(Call).where(*theirs).values(values)).rowcount != 1:
        return False
    return call_legs.move(connection, leg_id, LegState.WAITING, now=now)


def _not_there(
    installation: Installation, call: QueuedCall, agent: str, leg_id: int, *, now: datetime
) -> ConnectResult:
    """Handle the provider's answer that no caller waits. They hung up, or just asked to be called back.

    The connection becomes silent only. If the caller is on the line after all, the provider's next request revives
    it.
    """
    with installation.store.writing() as connection:
        leg = read_one(connection, select(Leg).where(Leg.id == leg_id).with_for_update())
        if leg.state is LegState.CONNECTING:
            call_legs.move(connection, leg.id, LegState.SILENT, now=now)
            call_legs.note_end(connection, leg.id, LegEnd.GONE)
        return _gone(connection, call.id, agent, now)


def _gone(connection: Connection, call_id: int, agent: str, now: datetime) -> ConnectResult:
    if call_legs.abandon(connection, call_id, now=now, taken_by=agent):
        return CallerGone(call_id)
    return NobodyOnTheLine(call_of(connection, call_id))


@dataclass(frozen=True, slots=True)
class Whom:
    """The agent the provider rings for a caller."""

    phone: str  # E.164, or client:…
    agent: str
    line: str  # its name


@dataclass(frozen=True, slots=True)
class Back:
    """The caller waits again, because nobody picked up."""

    queue: str


@dataclass(frozen=True, slots=True)
class Over:
    """Nobody is to be rung, or the conversation is over."""


def whom_to_ring(
    installation: Installation, entry: int, ref: str, *, now: datetime
) -> Whom | Back | Over:
    """Return the agent to ring for a caller who was taken out of the queue."""
    with installation.store.writing() as connection:
        leg = call_legs.by_ref(connection, ref)
        if leg is None or leg.state is LegState.ENDED or leg.call_id != entry:
            return Over()
        call = read_one(connection, select(Call).where(Call.id == entry))
        if call.state is not CallState.TAKEN or call.taken_by is None:
            call_legs.move(connection, leg.id, LegState.WAITING, now=now, agent=None)
            return Back(queue_name(leg.line_id))
        call_legs.move(connection, leg.id, LegState.CONNECTING, now=now, agent=call.taken_by)
        name = connection.execute(
            select(PhoneLine.name).where(PhoneLine.id == leg.line_id)
        ).scalar_one_or_none()
        return Whom(phone_of(connection, call.taken_by), call.taken_by, name or "")


def queue_name(line_id: int | None) -> str:
    """Return the name of a line's queue at the provider."""
    return f"line-{line_id or 0}"


def agent_answered(installation: Installation, entry: int, *, now: datetime) -> None:
    """Record that an agent picked up for a caller in their browser.

    A telephone that was picked up says nothing yet: it may be a voicemail.
    """
    with installation.store.writing() as connection:
        leg = call_legs.of_call(connection, entry)
        if leg is not None and not has_telephone(connection, leg.agent):
            _talks(connection, leg, now)


def agent_accepted(installation: Installation, entry: int, *, identity: str, now: datetime) -> None:
    """Record that an agent pressed a key on their telephone, and talks with the caller."""
    with installation.store.writing() as connection:
        leg = call_legs.of_call(connection, entry)
        if leg is not None and leg.agent is not None and client_name(leg.agent) == identity:
            _talks(connection, leg, now)


def _talks(connection: Connection, leg: Leg, now: datetime) -> None:
    if leg.state is LegState.CONNECTING:
        call_legs.move(connection, leg.id, LegState.TALKING, now=now)
        call_legs.note_end(connection, leg.id, LegEnd.TALKED)


def has_telephone(connection: Connection, agent: str | None) -> bool:
    """Return whether an agent is called on a telephone, which a voicemail may pick up."""
    return agent is not None and not phone_of(connection, agent).startswith(BROWSER)


TALKED = frozenset({"completed", "answered"})
"""The provider's statuses of a call that was answered."""


def agent_left(
    installation: Installation,
    entry: int,
    *,
    identity: str,
    ref: str,
    dialled: str,
    over: bool,
    bridged: bool | None = None,
    now: datetime,
) -> Back | Over:
    """Record how ringing an agent ended.

    They talked, or the caller waits again, or the caller hung up meanwhile.

    Args:
        installation: the installation.
        entry: the entry in the queue.
        identity: who was rung, as `client_name` names them.
        ref: the caller's connection.
        dialled: the provider's word for how it ended.
        over: whether the caller's own connection is over.
        bridged: whether the two were connected, where the provider says so.
        now: the present moment.
    """
    with installation.store.writing() as connection:
        leg = call_legs.by_ref(connection, ref)
        if leg is None or leg.call_id != entry:
            return Over()
        if dialled in TALKED and _were_connected(connection, leg, bridged=bridged):
            call_legs.end(connection, leg, LegEnd.TALKED, now=now)
            return Over()
        if over or leg.state is LegState.ENDED:
            call_legs.end(connection, leg, LegEnd.GONE, now=now)
            call_legs.abandon(connection, entry, now=now, taken_by=leg.agent)
            return Over()
        if leg.agent is not None and client_name(leg.agent) == identity:
            back_in_line(connection, entry, leg.agent, leg.id, now=now)
        return _back_or_over(connection, entry, leg, now)


def _were_connected(connection: Connection, leg: Leg, *, bridged: bool | None) -> bool:
    """Return whether an agent whose telephone was picked up talked with the caller.

    Where the provider does not say so, whoever has a telephone has pressed its key.
    """
    if bridged is not None:
        return bridged
    return leg.state is LegState.TALKING or not has_telephone(connection, leg.agent)


def _back_or_over(connection: Connection, entry: int, leg: Leg, now: datetime) -> Back | Over:
    """Return whether a caller waits again, or their entry has ended."""
    state = connection.execute(select(Call.state).where(Call.id == entry)).scalar_one()
    if state is CallState.WAITING:
        call_legs.move(connection, leg.id, LegState.WAITING, now=now)
    return (
        Back(queue_name(leg.line_id)) if state in {CallState.WAITING, CallState.TAKEN} else Over()
    )
