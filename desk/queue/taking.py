"""Take the next entry, renew its lease with heartbeats, and return entries of vanished agents."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, or_, select, update

from desk.entries import agents
from desk.entries.promises import GONE
from desk.entries.queue_entries import QUIET, line_id_of
from desk.queue.call_legs import abandon_ended, ended_lately
from desk.queue.in_hand import refuse_more
from desk.queue.next_entry import Asking, Moment, candidates, open_windows, unopened
from desk.queue.queues import QueuedCall, call_of
from installation.installation import Installation
from store.base import UtcDateTime
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one
from store.sentences import Sentence
from store.states import CallKind, CallState, LegEnd, LegKind, LegState
from store.tables import Call, Leg
from suppression.contact_hours import is_open

__all__ = ["BEAT", "GONE", "Kept", "give_back", "hang_up", "keep", "take_next"]

BEAT = timedelta(minutes=2)
"""The lease after a heartbeat of an agent's console."""
KEYING = timedelta(minutes=3)
"""How long somebody who asked to be called back may still be keying the number."""
LATELY = timedelta(hours=6)
"""How long after a caller hung up their entry may come back to the queue. The sweep finds any that are older."""
FORGOTTEN = timedelta(hours=2)
"""How long an entry stays with an agent who does nothing in it, though the page is open."""


def take_next(
    installation: Installation,
    agent: str,
    *,
    now: datetime,
    line: str | None = None,
    limited: bool = False,
) -> QueuedCall | None:
    """Give an agent the next entry, or None where nothing waits that they may take.

    No entry goes to two agents. Entries of agents who vanished return to the queue first.

    Args:
        installation: the installation.
        agent: the name they sign in with.
        now: the present moment.
        line: only of the line with this number (E.164).
        limited: refuse it to an agent who has enough in hand.

    Raises:
        BadInput: there is no such line, or the agent has enough in hand.
    """
    with installation.store.writing() as connection:
        agents.seen(connection, agent, now)  # locked before entries, as `refuse_more` does
        if not _tidy(connection, now):
            return _take_best(installation, connection, agent, now, line=line, limited=limited)
    with installation.store.writing() as connection:
        return _take_best(installation, connection, agent, now, line=line, limited=limited)


def _take_best(
    installation: Installation,
    connection: Connection,
    agent: str,
    now: datetime,
    *,
    line: str | None,
    limited: bool,
) -> QueuedCall | None:
    if limited:
        refuse_more(connection, agent)
    line_id = line_id_of(connection, line) if line else None
    may_dial = is_open(now, installation.policy.hours)
    asking = Asking.read(connection, agent, now, line_id=line_id, may_dial=may_dial)
    tried: set[int] = set()
    while found := candidates(connection, asking, tried):
        for call_id in found:
            if _take(connection, call_id, agent, now):
                call = call_of(connection, call_id)
                if call.why is not CallKind.OUTBOUND:
                    return call
                if _may_go(installation, connection, call_id, now):
                    return call_of(connection, call_id)
        tried.update(found)
    return None


def _may_go(
    installation: Installation, connection: Connection, call_id: int, now: datetime
) -> bool:
    """Judge an outbound call once more before it is dialled. Someone who objected meanwhile is not called."""
    call = read_one(connection, select(Call).where(Call.id == call_id))
    if call.kind is not CallKind.OUTBOUND or call.touch_id is None:
        return True
    from desk.entries.outbound_calls import number_to_dial  # judges: only what a campaign asks for

    number = number_to_dial(installation, connection, call, now=now)
    connection.execute(update(Call).where(Call.id == call_id).values(number=number))
    return number is not None


def _take(connection: Connection, call_id: int, agent: str, now: datetime) -> bool:
    """Take an entry if it still waits.

    An entry that another agent is taking is skipped, without waiting for the lock. So is a call-back whose caller is
    still on our line, keying the number: that number is engaged.
    """
    values = {
        "entry": call_id,
        "who": agent,
        "at": now,
        "until": now + QUIET,
        "keyed_since": now - KEYING,
    }
    return connection.execute(_taking(), values).rowcount == 1


# Statements are made once: putting them together takes longer than running them.
@cache
def _taking() -> Update:
    at = bindparam("at", type_=UtcDateTime())
    keys = (
        Leg.call_id == Call.id,
        Leg.kind == LegKind.CITIZEN,
        Leg.state == LegState.ASKING,
        Leg.how.is_(None),
        Leg.seen_at > bindparam("keyed_since", type_=UtcDateTime()),
    )
    waits = (Call.id == bindparam("entry"), Call.state == CallState.WAITING)
    free = select(Call.id).where(*waits, ~select(Leg.id).where(*keys).exists())
    values = {
        "state": CallState.TAKEN,
        "taken_by": bindparam("who"),
        "taken_at": at,
        "lease_until": bindparam("until", type_=UtcDateTime()),
    }
    # named once more outside: else PostgreSQL may ask the inner question of every entry there is
    taking = update(Call).where(*waits, Call.id.in_(free.with_for_update(skip_locked=True)))
    return taking.values(values)


def _tidy(connection: Connection, now: datetime) -> bool:
    """Return what vanished agents had, end what callers left and open windows.

    False if there is none of it.
    """
    due = connection.execute(_anything_due(), {"now": now, "since": now - LATELY}).one()
    if due.late:
        _give_back(connection, now)
    if due.late or due.left:
        abandon_ended(connection, now=now)
    if due.late or due.opens:
        open_windows(connection, now)
    return bool(due.late or due.left or due.opens)


@cache
def _anything_due() -> Select[bool, bool, bool]:
    now = bindparam("now", type_=UtcDateTime())
    left = ended_lately(bindparam("since", type_=UtcDateTime()))
    # the first of an order, not whether there is any: to know that, PostgreSQL may read every entry that waits
    late = select(Call.id).where(*_vanished(now)).order_by(Call.lease_until).limit(1)
    opens = select(Call.id).where(*unopened(now)).order_by(Call.promised_from).limit(1)
    return select(
        late.scalar_subquery().is_not(None).label("late"),
        left.exists().label("left"),
        opens.scalar_subquery().is_not(None).label("opens"),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """The entries an agent holds after a heartbeat."""

    calls: tuple[int, ...]  # what is in this agent's hands


def keep(store: Store, agent: str, *, now: datetime, lasting: timedelta = BEAT) -> Kept:
    """Record a heartbeat of an agent's console, and renew the lease on what they hold.

    An entry that was returned meanwhile is not theirs any more, and is not in the result. A lease that lasts
    longer than a heartbeat's is an act in the entry. A mere heartbeat renews no entry in which nothing was
    done for long, unless its caller is talking now: an open page alone holds nobody for ever.
    """
    acts = lasting > BEAT
    with store.writing() as connection:
        agents.seen(connection, agent, now)
        held = (Call.taken_by == agent, Call.state == CallState.TAKEN)
        since = now - FORGOTTEN
        talks = Leg.state == LegState.TALKING
        talking = select(Leg.call_id).where(talks, Leg.call_id.is_not(None))
        alive = or_(Call.acted_at > since, Call.taken_at > since, Call.id.in_(talking))
        values = {"lease_until": now + lasting, **({"acted_at": now} if acts else {})}
        kept = update(Call).where(*held, *(() if acts else (alive,))).values(values)
        found = connection.execute(kept.returning(Call.id)).scalars()
        return Kept(tuple(sorted(found)))


def give_back(store: Store, *, now: datetime) -> int:
    """Return the entries of vanished agents to their old places in the queue. Return how many."""
    with store.writing() as connection:
        given = _give_back(connection, now)
        abandon_ended(connection, now=now)
        return given


def _give_back(connection: Connection, now: datetime) -> int:
    late = (
        select(Call.id)
        .where(*_vanished(now))
        .with_for_update(
            skip_locked=True
        )  # its agent is wrapping it up, or somebody else gives it back
    )
    values = {"state": CallState.WAITING, "taken_by": None, "taken_at": None, "lease_until": None}
    return connection.execute(update(Call).where(Call.id.in_(late)).values(values)).rowcount


def _vanished(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of entries whose agent gives no sign of life."""
    return (Call.state == CallState.TAKEN, Call.lease_until <= now, Call.id.not_in(_talking()))


def _talking() -> Select[int | None]:
    """Return the query of entries whose callers talk, or talked, with their agent."""
    spoken = or_(Leg.state == LegState.TALKING, Leg.how == LegEnd.TALKED)
    return select(Leg.call_id).where(spoken, Leg.kind == LegKind.CITIZEN, Leg.call_id.is_not(None))


def hang_up(store: Store, call_id: int, *, now: datetime) -> None:
    """Record that a caller hung up before anybody took the call.

    Raises:
        BadInput: the call does not wait: an agent has it, or it has ended.
    """
    values = {"state": CallState.ABANDONED, "wrapped_up_at": now, "disposition": GONE}
    with store.writing() as connection:
        waits = (Call.id == call_id, Call.state == CallState.WAITING)
        if not connection.execute(update(Call).where(*waits).values(values)).rowcount:
            raise BadInput(
                "does not wait",
                "an agent has it, or it has ended",
                field=Sentence("call {call_id}", call_id=call_id),
            )
