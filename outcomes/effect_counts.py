"""Counts behind an effect, of every group that was drawn by lot, each in one query."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
)

from methods.clusters import Cluster
from outcomes.funnel_counts import Span, counting, went_out
from store.states import OutcomeKind
from store.tables import Arm, Decision, Outcome, Person, Touch, Wave
from suppression.reasons import Reason

LIMIT = -1
"""Stands for the people whom the limit left out, where an arm's key stands for the others."""
LATER = -2
"""Stands for the people of waves that were still to go, idem."""
NAMES = {LIMIT: "limit", LATER: "later-waves"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One stratum of one group."""

    people: int
    hits: Mapping[OutcomeKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who were drawn by lot into one arm, the hold-out, beyond the limit, or a later wave."""

    key: int
    name: str
    hold_out: bool
    share: int  # per cent that was meant; 0 beyond the limit and of later waves
    reached: int  # to whom something went out by the day of the count
    cells: Mapping[int, Cell]  # by stratum, 0 where the draw had none

    @property
    def people(self) -> int:
        """Everybody who was drawn into it."""
        return sum(cell.people for cell in self.cells.values())

    @property
    def hits(self) -> Mapping[OutcomeKind, int]:
        """By what the registers know of everybody alike, in people."""
        return {kind: sum(cell.hits[kind] for cell in self.cells.values()) for kind in OutcomeKind}

    def cell(self, stratum: int, kind: OutcomeKind) -> tuple[int, int]:
        """Return the hits and the people of one stratum."""
        found = self.cells.get(stratum)
        return (found.hits[kind], found.people) if found else (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How the people of a campaign are counted, by the group that they were drawn into.

    Attributes:
        span: The campaign, from its first day to the end of the day of the count.
        until: The moment that the day of the count ends.
        later: Waves after this day are counted as a group of their own; None: with their arm.
    """

    span: Span
    until: datetime
    later: date | None = None

    def group(self) -> ColumnElement[int | None]:
        """Return the group of a decision, as the key of its arm, LIMIT or LATER."""
        beyond = (Decision.reason == Reason.LIMIT.value, literal(LIMIT))
        if self.later is None:
            return case(beyond, else_=Decision.arm_id)
        still_to_go = Decision.wave_id.in_(
            select(Wave.id).where(Wave.campaign_id == self.span.campaign_id, Wave.date > self.later)
        )
        return case(beyond, (still_to_go, literal(LATER)), else_=Decision.arm_id)

    def drawn(self) -> ColumnElement[bool]:
        """Match the decisions of everybody who was drawn, also those beyond the limit."""
        mine = Decision.campaign_id == self.span.campaign_id
        return or_(self.span.assigned(), and_(mine, Decision.reason == Reason.LIMIT.value))


def groups(connection: Connection, draw: Draw) -> list[Group]:
    """Return every group of a campaign, the arms in their order, those left out last.

    The assignment is the recorded one. Whoever was assigned stays. One person of each household was drawn, in
    every group.
    """
    people = _people(connection, draw)
    hits = {kind: _hits(connection, draw, kind) for kind in OutcomeKind}
    reached = _reached(connection, draw)
    rows = connection.execute(
        select(Arm.id, Arm.name, Arm.hold_out, Arm.share)
        .where(Arm.campaign_id == draw.span.campaign_id)
        .order_by(Arm.position)
    )
    named = [(row.id, row.name, bool(row.hold_out), row.share) for row in rows]
    left_out = {key for key, _ in people} & NAMES.keys()
    named.extend((key, NAMES[key], False, 0) for key in sorted(left_out, reverse=True))
    return [
        Group(
            key=key,
            name=name,
            hold_out=held,
            share=share,
            reached=reached.get(key, 0),
            cells={
                stratum: Cell(
                    many, {kind: counted.get((key, stratum), 0) for kind, counted in hits.items()}
                )
                for (group, stratum), many in sorted(people.items(), key=_in_order)
                if group == key
            },
        )
        for key, name, held, share in named
    ]


_Counts = dict[tuple[int, int], int]


def _in_order(counted: tuple[tuple[int | None, int], int]) -> tuple[int, int]:
    (group, stratum), _ = counted
    return group or 0, stratum


def _stratum() -> ColumnElement[int]:
    return func.coalesce(Decision.stratum, 0)


def _people(connection: Connection, draw: Draw) -> _Counts:
    group, stratum = draw.group().label("drawn"), _stratum().label("of_stratum")
    query = select(group, stratum, func.count()).where(draw.drawn()).group_by(group, stratum)
    return _counted(connection, query)


def _hits(connection: Connection, draw: Draw, kind: OutcomeKind) -> _Counts:
    group, stratum = draw.group().label("drawn"), _stratum().label("of_stratum")
    query = (
        select(group, stratum, func.count(distinct(Decision.person_id)))
        .join(Person, Person.id == Decision.person_id)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(draw.drawn(), *counting(draw.span, kind))
        .group_by(group, stratum)
    )
    return _counted(connection, query)


def _reached(connection: Connection, draw: Draw) -> dict[int | None, int]:
    group = draw.group().label("drawn")
    query = (
        select(group, func.count(distinct(Decision.person_id)))
        .join(
            Touch,
            and_(Touch.person_id == Decision.person_id, Touch.campaign_id == Decision.campaign_id),
        )
        .where(draw.drawn(), went_out(), Touch.handed_over_at <= draw.until)
        .group_by(group)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def matched(connection: Connection, campaign_id: int) -> int:
    """Count everybody whom the audience of a campaign matched, also those who were left out."""
    query = select(func.count()).select_from(Decision).where(Decision.campaign_id == campaign_id)
    return connection.execute(query).scalar_one()


def others(connection: Connection, draw: Draw) -> dict[int | None, int]:
    """Count the people of each group to whom another campaign sent something meanwhile."""
    group = draw.group().label("drawn")
    query = (
        select(group, func.count(distinct(Decision.person_id)))
        .join(
            Touch,
            and_(Touch.person_id == Decision.person_id, Touch.campaign_id != Decision.campaign_id),
        )
        .where(
            draw.drawn(),
            went_out(),
            Touch.handed_over_at >= draw.span.since,
            Touch.handed_over_at <= draw.until,
        )
        .group_by(group)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def days(connection: Connection, draw: Draw, kind: OutcomeKind) -> dict[int | None, Counter[date]]:
    """Count the people of each group by the day on which they first had an outcome."""
    group = draw.group().label("drawn")
    first = func.min(Outcome.happened_on).label("first")
    people = (
        select(group, Decision.person_id, first)
        .join(Person, Person.id == Decision.person_id)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(draw.drawn(), *counting(draw.span, kind))
        .group_by(group, Decision.person_id)
        .subquery()
    )
    query = select(people.c.drawn, people.c.first, func.count()).group_by(
        people.c.drawn, people.c.first
    )
    found: dict[int | None, Counter[date]] = defaultdict(Counter)
    for key, day, many in connection.execute(query):
        found[key][day] += many
    return found


def clusters(
    connection: Connection, draw: Draw, kind: OutcomeKind
) -> dict[int | None, list[Cluster]]:
    """Return the clusters of more than one person of each group: their stratum, people and hits."""
    group, stratum = draw.group().label("drawn"), _stratum().label("of_stratum")
    with_outcome = (
        select(Outcome.id)
        .join(Person, Person.person_ref == Outcome.person_ref)
        .where(Person.id == Decision.person_id, *counting(draw.span, kind))
        .exists()
    )
    query = (
        select(
            group,
            func.min(stratum),
            func.count(),
            func.sum(case((with_outcome, 1), else_=0)),
        )
        .where(draw.drawn(), Decision.cluster.is_not(None))
        .group_by(group, Decision.cluster)
        .having(func.count() > 1)
    )
    found: dict[int | None, list[Cluster]] = defaultdict(list)
    for key, of, people, hits in connection.execute(query):
        found[key].append((int(of), int(people), int(hits)))
    return {key: sorted(each) for key, each in found.items()}


def _counted(connection: Connection, query: Select[*tuple[Any, ...]]) -> _Counts:
    return {(row[0], int(row[1])): row[2] for row in connection.execute(query)}
