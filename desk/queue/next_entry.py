"""Choose the next entry for an agent among promises, callers and outbound calls.

A promise goes before callers only once it would otherwise be late (`due_by`, decision 0129).

Each line and skill has its own order in an index, and only its first few entries are read. So the choice costs the
same with a hundred entries waiting as with ten thousand (decision 0080).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain, product
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
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

from desk.entries.agents import languages_of, present, skills_of
from desk.entries.queue_entries import ANY_SKILL, NOBODY_WAITS
from installation.stop_everything import everything_stopped
from store.base import UtcDateTime
from store.clock import local_date
from store.states import CallState, CampaignState
from store.tables import Call, Campaign, PhoneLine

PATIENCE = timedelta(minutes=3)
"""How long a caller waits for a present agent who knows them or speaks their language. Then any agent may help."""
LOOKED_AT = 8
"""The number of entries tried in each order, since as many agents may ask at the same moment."""


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
        lines = (line_id,) if line_id else tuple(connection.execute(select(PhoneLine.id)).scalars())
        skills = (ANY_SKILL, *skills_of(connection, agent, local_date(now)))
        others = {
            name: languages for name, languages in present(connection, now).items() if name != agent
        }
        spoken = set(chain.from_iterable(others.values())) - set(languages_of(connection, agent))
        return cls(
            agent=agent,
            lines=lines,
            skills=skills,
            others=tuple(others),
            elsewhere=tuple(spoken),
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
        .where(Call.state == CallState.WAITING, Call.due_by.is_(None), Call.promised_from <= now)
        .with_for_update(skip_locked=True)  # somebody else is marking them
    )
    start_by = func.coalesce(Call.start_by, Call.promised_until, Call.promised_from)
    connection.execute(update(Call).where(Call.id.in_(due)).values(due_by=start_by))


def candidates(connection: Connection, asking: Asking, tried: Collection[int] = ()) -> list[int]:
    """Return the entries to try, the best first, without those `tried` already.

    The order is promises that cannot wait, then the longest wait, then promises with time to spare, then outbound
    calls. Within each, people this agent spoke to before come first.
    """
    asked = {**asking.values(), "tried": list(tried)}
    rows = set(connection.execute(_known_to(may_dial=asking.may_dial), asked))
    for line_id, skill in product(asking.lines, asking.skills):
        values = {**asked, "line_id": line_id, "skill": skill}
        rows |= set(connection.execute(_first_of(may_dial=asking.may_dial), values))
    best = sorted(
        rows, key=lambda row: (row.place, row.stranger, row.moment, row.received_at, row.id)
    )
    return [row.id for row in best]


# Made once: putting these together takes longer than running them.
@cache
def _first_of(*, may_dial: bool) -> CompoundSelect[Any]:
    """Return the query of the first few entries of each order, for one line and skill."""
    here = and_(
        Call.line_id == bindparam("line_id", type_=BigInteger),
        Call.skill == bindparam("skill"),
        Call.state == CallState.WAITING,
    )
    since = func.coalesce(Call.promised_from, Call.received_at)
    due = and_(here, _meant_for(since))
    waits = and_(here, Call.promised_from.is_(None), _meant_for(Call.received_at))
    return _orders(due, waits, may_dial=may_dial)


@cache
def _known_to(*, may_dial: bool) -> CompoundSelect[Any]:
    """Return the query of the first entries of people this agent spoke to before.

    They have an index of their own.
    """
    mine = and_(
        Call.prefers == bindparam("agent"),
        Call.state == CallState.WAITING,
        Call.line_id.in_(bindparam("lines", expanding=True)),
        Call.skill.in_(bindparam("skills", expanding=True)),
    )
    due, waits = mine, and_(mine, Call.promised_from.is_(None))
    return _orders(due, waits, may_dial=may_dial)


def _orders(
    due: ColumnElement[bool], waits: ColumnElement[bool], *, may_dial: bool
) -> CompoundSelect[Any]:
    now = bindparam("now", type_=UtcDateTime())
    orders = [
        _first(0, Call.due_by, and_(due, Call.due_by <= now)),
        _first(1, Call.received_at, and_(waits, Call.rank == 0)),
        _first(2, Call.due_by, and_(due, Call.due_by > now, Call.promised_from.is_not(None))),
    ]
    if may_dial:
        orders.append(
            _first(3, Call.received_at, and_(waits, Call.rank == NOBODY_WAITS, _goes_on()))
        )
    return union_all(*orders)


def _first(
    place: int, moment: InstrumentedAttribute[Any], which: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Return the query of the first few entries of one order.

    A limit inside a union needs a subquery on both databases.
    """
    stranger = func.coalesce(Call.prefers != bindparam("agent"), true())
    order = (moment, Call.id) if moment is Call.received_at else (moment, Call.received_at, Call.id)
    first = (
        select(Call.id, Call.received_at, moment.label("moment"), stranger.label("stranger"))
        .where(which, Call.id.not_in(bindparam("tried", expanding=True)))
        .order_by(*order)
        .limit(LOOKED_AT)
        .subquery()
    )
    return select(
        first.c.id,
        first.c.received_at,
        first.c.moment,
        first.c.stranger,
        literal(place).label("place"),
    )


def _meant_for(since: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Match entries that need not wait for another agent who knows the person or speaks the language."""
    waited = since <= bindparam("patient_since", type_=UtcDateTime())
    elsewhere = Call.prefers.in_(bindparam("others", expanding=True))
    nobody_else = or_(Call.prefers.is_(null()), Call.prefers == bindparam("agent"), ~elsewhere)
    understood = or_(
        Call.language.is_(null()), ~Call.language.in_(bindparam("elsewhere", expanding=True))
    )
    return or_(waited, and_(nobody_else, understood))


def _goes_on() -> ColumnElement[bool]:
    """Match entries of no campaign, or of one that is neither paused nor held by a stop of everything."""
    paused = select(Campaign.id).where(
        or_(Campaign.state == CampaignState.PAUSED, everything_stopped())
    )
    return or_(Call.campaign_id.is_(None), Call.campaign_id.not_in(paused))
