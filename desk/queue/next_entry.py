"""Choose the next entry for an agent among promises, callers and outbound calls.

A promise goes before callers only once it would otherwise be late (`due_by`, decision 0129).

Each line and skill has its own order in an index, and only its first few entries are read. So the choice costs the
same with a hundred entries waiting as with ten thousand (decision 0080).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain, product, starmap
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute

from desk.entries.agents import PRESENT, USUAL, trained_on
from desk.entries.queue_entries import ANY_SKILL, NOBODY_WAITS
from installation.stop_everything import everything_stopped
from store.base import UtcDateTime
from store.clock import local_date
from store.sql_functions import TextList, among
from store.states import CallState, CampaignState
from store.tables import Agent, AgentSkill, Call, Campaign, PhoneLine

PATIENCE = timedelta(minutes=3)
"""How long a caller waits for a present agent who knows them or speaks their language. Then any agent may help."""
AT_ONCE = 4
"""Lines and skills of one statement: a longer one is planned for longer than it saves."""
LOOKED_AT = 8
"""The number of entries tried in each order, since as many agents may ask at the same moment."""


Moment = datetime | BindParameter[Any]
"""A moment, or the parameter of one in a statement that is made once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The agent who asks for the next entry, with what they may be given."""

    agent: str
    lines: tuple[int, ...]
    skills: tuple[str, ...]
    others: tuple[str, ...]  # who is there too
    elsewhere: tuple[str, ...]  # languages that one of those speaks, and this agent does not
    may_dial: bool  # whether people may be called at this hour
    now: datetime

    @classmethod
    def read(
        cls,
        connection: Connection,
        agent: str,
        now: datetime,
        *,
        line_id: int | None,
        may_dial: bool,
    ) -> "Asking":
        """Read what is known of an agent, for every line or for one."""
        values = {"agent": agent, "since": now - PRESENT, "today": local_date(now)}
        found: dict[str, dict[str, str]] = {"line": {}, "skill": {}, "agent": {}}
        for what, name, value in connection.execute(_about(), values):
            found[what][name] = value
        spoken = {name: tuple(known.split(",")) for name, known in found["agent"].items()}
        mine = spoken.pop(agent, USUAL)
        lines = (line_id,) if line_id else tuple(map(int, found["line"]))
        skills = (ANY_SKILL, *sorted(found["skill"]))
        return cls(
            agent=agent,
            lines=lines,
            skills=skills,
            others=tuple(spoken),
            elsewhere=tuple(set(chain.from_iterable(spoken.values())) - set(mine)),
            may_dial=may_dial,
            now=now,
        )

    def values(self) -> dict[str, Any]:
        """Return the bind parameters of the queries below."""
        return {
            "agent": self.agent,
            "lines": list(self.lines),
            "skills": list(self.skills),
            "others": list(self.others),
            "elsewhere": list(self.elsewhere),
            "patient_since": self.now - PATIENCE,
            "now": self.now,
        }


def open_windows(connection: Connection, now: datetime) -> None:
    """Mark promised entries whose window has opened with the moment by which they must be taken.

    Each is marked once, so that later promises are not searched.
    """
    due = (
        select(Call.id)
        .where(*unopened(now))
        .with_for_update(skip_locked=True)  # somebody else is marking them
    )
    start_by = func.coalesce(Call.start_by, Call.promised_until, Call.promised_from)
    connection.execute(update(Call).where(Call.id.in_(due)).values(due_by=start_by))


def unopened(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of promised entries whose window opened, and that are not marked yet."""
    return (Call.state == CallState.WAITING, Call.due_by.is_(None), Call.promised_from <= now)


def candidates(connection: Connection, asking: Asking, tried: Collection[int] = ()) -> list[int]:
    """Return the entries to try, the best first, without those `tried` already.

    The order is promises that cannot wait, then the longest wait, then promises with time to spare, then outbound
    calls. Within each, people this agent spoke to before come first.
    """
    known = asking.values() | {"tried": list(tried)}
    others = frozenset(name for name in _WHERE_ANY if known[name])
    pairs = list(product(asking.lines, asking.skills))
    found: list[_Found] = []
    for begin in range(0, max(len(pairs), 1), AT_ONCE):
        some = pairs[begin : begin + AT_ONCE]
        asked = dict(known)
        for place, (line_id, skill) in enumerate(some):
            asked |= {f"line_{place}": line_id, f"skill_{place}": skill}
        query = _first_of(len(some), others, known=not begin, may_dial=asking.may_dial)
        found += starmap(_Found, connection.execute(query, asked))
    return list(dict.fromkeys(each.id for each in sorted(found)))


class _Found(NamedTuple):
    """An entry to try. The best of several sorts first."""

    place: int
    stranger: bool
    moment: datetime
    received_at: datetime
    id: int


_WHERE_ANY = ("others", "elsewhere", "tried")
"""Lists that are mostly empty. A statement has no condition on one that is: it would be prepared at every press."""


# Made once: putting these together takes longer than running them.
@cache
def _about() -> CompoundSelect[Any]:
    """Return the query of the lines, of an agent's trainings, and of who is there with their languages."""
    agent, nothing = bindparam("agent", type_=Text), literal("", Text)
    there = and_(Agent.seen_at > bindparam("since", type_=UtcDateTime()), Agent.left_on.is_(None))
    trained = trained_on(bindparam("today", type_=Date))
    return union_all(
        select(literal("line", Text), cast(PhoneLine.id, Text), nothing),
        select(literal("skill", Text), AgentSkill.skill, nothing)
        .where(AgentSkill.agent == agent, trained)
        .distinct(),
        select(literal("agent", Text), Agent.name, Agent.languages).where(
            or_(there, Agent.name == agent)
        ),
    )


@cache
def _first_of(
    pairs: int, lists: frozenset[str], *, known: bool, may_dial: bool
) -> Select[*tuple[Any, ...]]:
    """Return the query of the first few entries, for so many lines and skills.

    Entries of people this agent spoke to before have an index of their own. They are asked for where `known`.
    """
    orders = _known_to(lists, may_dial=may_dial) if known else []
    for place in range(pairs):
        here = and_(
            Call.line_id == bindparam(f"line_{place}", type_=BigInteger),
            Call.skill == bindparam(f"skill_{place}", type_=Text),
            Call.state == CallState.WAITING,
        )
        since = func.coalesce(Call.promised_from, Call.received_at)
        due = and_(here, _meant_for(since, lists))
        waits = and_(here, Call.promised_from.is_(None), _meant_for(Call.received_at, lists))
        orders += _orders(due, waits, lists, may_dial=may_dial)
    every = union_all(*orders).subquery()
    best = select(*(every.c[name] for name in _Found._fields)).order_by(*every.c)
    return best.limit(2 * LOOKED_AT)  # one may stand in two orders


def _known_to(lists: frozenset[str], *, may_dial: bool) -> list[Select[*tuple[Any, ...]]]:
    """Return the queries of the first entries of people this agent spoke to before."""
    mine = and_(
        Call.prefers == bindparam("agent"),
        Call.state == CallState.WAITING,
        Call.line_id.in_(bindparam("lines", expanding=True)),
        Call.skill.in_(bindparam("skills", expanding=True)),
    )
    due, waits = mine, and_(mine, Call.promised_from.is_(None))
    return _orders(due, waits, lists, may_dial=may_dial)


def _orders(
    due: ColumnElement[bool],
    waits: ColumnElement[bool],
    lists: frozenset[str],
    *,
    may_dial: bool,
) -> list[Select[*tuple[Any, ...]]]:
    now = bindparam("now", type_=UtcDateTime())
    with_time = and_(due, Call.due_by > now, Call.promised_from.is_not(None))
    orders = [
        _first(0, Call.due_by, and_(due, Call.due_by <= now), lists),
        _first(1, Call.received_at, and_(waits, Call.rank == 0), lists),
        _first(2, Call.due_by, with_time, lists),
    ]
    if may_dial:
        asked_for = and_(waits, Call.rank == NOBODY_WAITS, _goes_on())
        orders.append(_first(3, Call.received_at, asked_for, lists))
    return orders


def _first(
    place: int,
    moment: InstrumentedAttribute[Any],
    which: ColumnElement[bool],
    lists: frozenset[str],
) -> Select[*tuple[Any, ...]]:
    """Return the query of the first few entries of one order.

    A limit inside a union needs a subquery on both databases.
    """
    stranger = func.coalesce(Call.prefers != bindparam("agent"), true())
    order = (moment, Call.id) if moment is Call.received_at else (moment, Call.received_at, Call.id)
    tried = Call.id.in_(bindparam("tried", expanding=True)) if "tried" in lists else false()
    first = (
        select(stranger.label("stranger"), moment.label("moment"), Call.received_at, Call.id)
        .where(which, ~tried)
        .order_by(*order)
        .limit(LOOKED_AT)
        .subquery()
    )
    return select(literal(place).label("place"), *first.c)


def _meant_for(since: SQLColumnExpression[Any], lists: frozenset[str]) -> ColumnElement[bool]:
    """Match entries that need not wait for another agent who knows the person or speaks the language."""
    ours: list[ColumnElement[bool]] = []
    if "others" in lists:
        theirs = among(Call.prefers, bindparam("others", type_=TextList))
        ours.append(or_(Call.prefers.is_(null()), Call.prefers == bindparam("agent"), ~theirs))
    if "elsewhere" in lists:
        spoken = among(Call.language, bindparam("elsewhere", type_=TextList))
        ours.append(or_(Call.language.is_(null()), ~spoken))
    if not ours:
        return true()
    waited = since <= bindparam("patient_since", type_=UtcDateTime())
    return or_(waited, and_(*ours))


def _goes_on() -> ColumnElement[bool]:
    """Match entries of no campaign, or of one that is neither paused nor held by a stop of everything."""
    paused = select(Campaign.id).where(
        or_(Campaign.state == CampaignState.PAUSED, everything_stopped())
    )
    return or_(Call.campaign_id.is_(None), Call.campaign_id.not_in(paused))
