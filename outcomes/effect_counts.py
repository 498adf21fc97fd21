"""Counts behind an effect, of every group that was drawn by lot, each in one query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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

from outcomes.funnel_counts import Span, went_out
from store.states import OutcomeKind
from store.tables import Arm, Decision, Outcome, Person, Touch
from suppression.reasons import Reason

LIMIT = -1
"""Stands for the people whom the limit left out, where an arm's key stands for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who were drawn by lot into one arm, the hold-out, or beyond the limit."""

    name: str
    hold_out: bool
    share: int  # per cent that was meant; 0 beyond the limit
    people: int
    reached: int  # to whom something went out by the day of the count
    hits: Mapping[OutcomeKind, int]  # by what the registers know of everybody alike


def groups(connection: Connection, span: Span, *, until: datetime) -> list[Group]:
    """Return every group of a campaign, the arms in their order, those beyond the limit last.

    The assignment is the recorded one. Whoever was assigned stays. One person of each household was drawn, in
    every group.
    """
    people = _people(connection, span)
    hits = {kind: _hits(connection, span, kind) for kind in OutcomeKind}
    reached = _reached(connection, span, until)
    rows = connection.execute(
        select(Arm.id, Arm.name, Arm.hold_out, Arm.share)
        .where(Arm.campaign_id == span.campaign_id)
        .order_by(Arm.position)
    )
    named = [(row.id, row.name, bool(row.hold_out), row.share) for row in rows]
    if people.get(LIMIT):
        named.append((LIMIT, "limit", False, 0))
    return [
        Group(
            name=name,
            hold_out=held,
            share=share,
            people=people.get(key, 0),
            reached=reached.get(key, 0),
            hits={kind: counted.get(key, 0) for kind, counted in hits.items()},
        )
        for key, name, held, share in named
    ]


def _of_draw() -> ColumnElement[int | None]:
    """Return the group of a decision as the key of its arm, or LIMIT."""
    return case((Decision.reason == Reason.LIMIT.value, literal(LIMIT)), else_=Decision.arm_id)


def _drawn(span: Span) -> ColumnElement[bool]:
    """Match the decisions of everybody who was drawn, also those beyond the limit."""
    beyond = and_(Decision.campaign_id == span.campaign_id, Decision.reason == Reason.LIMIT.value)
    return or_(span.assigned(), beyond)


def _people(connection: Connection, span: Span) -> dict[int | None, int]:
    group = _of_draw().label("drawn")
    query = select(group, func.count()).where(_drawn(span)).group_by(group)
    return _counted(connection, query)


def _hits(connection: Connection, span: Span, kind: OutcomeKind) -> dict[int | None, int]:
    group = _of_draw().label("drawn")
    query = (
        select(group, func.count(distinct(Decision.person_id)))
        .join(Person, Person.id == Decision.person_id)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(_drawn(span), Outcome.kind == kind, *span.on_days(Outcome.happened_on))
        .group_by(group)
    )
    return _counted(connection, query)


def _reached(connection: Connection, span: Span, until: datetime) -> dict[int | None, int]:
    group = _of_draw().label("drawn")
    query = (
        select(group, func.count(distinct(Decision.person_id)))
        .join(
            Touch,
            and_(Touch.person_id == Decision.person_id, Touch.campaign_id == Decision.campaign_id),
        )
        .where(_drawn(span), went_out(), Touch.handed_over_at <= until)
        .group_by(group)
    )
    return _counted(connection, query)


def _counted(connection: Connection, query: Select[*tuple[Any, ...]]) -> dict[int | None, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
