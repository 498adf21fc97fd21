"""The counts behind a funnel: each one statement that the database answers in sets, by arm."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, distinct, func, or_, select

from store.clock import LOCAL, local_date
from store.states import OutcomeKind, ReplyKind, TouchState
from store.tables import Appointment, Call, Decision, Outcome, Person, Reply, Touch, Wave
from suppression.reasons import Reason

ByArm = Mapping[int | None, int]
"""How many people of each arm."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whose people, since when, until when: what a count is about."""

    campaign_id: int
    first_date: date
    now: datetime

    @property
    def since(self) -> datetime:
        """The first moment of the campaign's first date, where the citizens live."""
        return datetime.combine(self.first_date, time(), LOCAL)

    def assigned(self) -> ColumnElement[bool]:
        """Hold for everyone who was assigned: to a treatment, or to the hold-out."""
        chosen = or_(Decision.selected.is_(True), Decision.reason == Reason.HOLD_OUT.value)
        return and_(Decision.campaign_id == self.campaign_id, chosen)

    def within(self, moment: Any) -> ColumnElement[bool]:
        """Hold for what happened since the first date, and not after `now`."""
        return and_(moment >= self.since, moment <= self.now)

    def ours(self, campaign_id: Any) -> ColumnElement[bool]:
        """Hold for what belongs to this campaign, or to none: a hold-out has no touch that a reply could answer."""
        return or_(campaign_id == self.campaign_id, campaign_id.is_(None))


def decisions(connection: Connection, campaign_id: int) -> list[tuple[bool, str | None, int | None, int]]:
    """Return how many decisions there are by selected, first reason and arm."""
    columns = (Decision.selected, Decision.reason, Decision.arm_id)
    query = select(*columns, func.count()).where(Decision.campaign_id == campaign_id).group_by(*columns)
    return [(bool(row[0]), row[1], row[2], row[3]) for row in connection.execute(query)]


def touches(connection: Connection, campaign_id: int) -> list[tuple[str, TouchState, str | None, bool, int]]:
    """Return how many touches there are by channel, state, reason, and whether they ever went out."""
    went = Touch.handed_over_at.is_not(None)
    columns = (Touch.channel, Touch.state, Touch.reason, went)
    query = select(*columns, func.count()).where(Touch.campaign_id == campaign_id).group_by(*columns)
    return [(row[0], TouchState(row[1]), row[2], bool(row[3]), row[4]) for row in connection.execute(query)]


def waves(connection: Connection, campaign_id: int) -> dict[int, int]:
    """Return how many people were selected for each wave."""
    query = (
        select(Wave.number, func.count())
        .join(Decision, Decision.wave_id == Wave.id)
        .where(Decision.campaign_id == campaign_id, Decision.selected.is_(True))
        .group_by(Wave.number)
        .order_by(Wave.number)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def calls(connection: Connection, span: Span) -> int:
    """Count the calls, texts and visits that entered the queue; one person may call three times."""
    mine = (Call.campaign_id == span.campaign_id, span.within(Call.received_at))
    return connection.execute(select(func.count()).select_from(Call).where(*mine)).scalar_one()


def reached(connection: Connection, span: Span) -> ByArm:
    """Count the people to whom at least one touch went out."""
    went = and_(Touch.campaign_id == span.campaign_id, Touch.handed_over_at.is_not(None))
    return _by_arm(connection, select(Touch.person_id).where(went), span)


def returned(connection: Connection, span: Span) -> ByArm:
    """Count the people from whom a card came back."""
    back = and_(Touch.campaign_id == span.campaign_id, Touch.state == TouchState.RETURNED)
    return _by_arm(connection, select(Touch.person_id).where(back), span)


def replied(connection: Connection, span: Span, kind: ReplyKind) -> ByArm:
    """Count the people who replied in this way."""
    mine = (Reply.kind == kind, span.ours(Reply.campaign_id), span.within(Reply.received_at))
    return _by_arm(connection, select(Reply.person_id).where(*mine), span)


def objected(connection: Connection, span: Span) -> ByArm:
    """Count the people who objected: in a reply, or to an agent."""
    said = select(Reply.person_id).where(
        Reply.objects.is_(True), span.ours(Reply.campaign_id), span.within(Reply.received_at)
    )
    told = select(Call.person_id).where(
        Call.disposition == "objects", span.ours(Call.campaign_id), span.within(Call.wrapped_up_at)
    )
    return _by_arm(connection, said.union(told), span)


def met(connection: Connection, span: Span) -> ByArm:
    """Count the people with an appointment, made on the line or told by the registers."""
    made = select(Appointment.person_id).where(span.ours(Appointment.campaign_id), span.within(Appointment.made_at))
    told = _outcome_people(span, OutcomeKind.APPOINTMENT)
    return _by_arm(connection, made.union(told), span)


def became(connection: Connection, span: Span) -> Mapping[OutcomeKind, ByArm]:
    """Count the people with each kind of outcome since the campaign's first date."""
    return {kind: _by_arm(connection, _outcome_people(span, kind), span) for kind in OutcomeKind}


def filed_after_a_call(connection: Connection, span: Span) -> ByArm:
    """Count the people who filed on or after the day on which they first called."""
    first = (
        select(Reply.person_id, func.min(Reply.received_at).label("at"))
        .where(Reply.kind == ReplyKind.CALLED, span.ours(Reply.campaign_id), span.within(Reply.received_at))
        .where(Reply.person_id.is_not(None))
        .group_by(Reply.person_id)
    )
    callers = {row.person_id: local_date(row.at) for row in connection.execute(first)}
    if not callers:
        return {}
    filed = _outcome_people(span, OutcomeKind.FILED, func.max(Outcome.happened_on).label("day")).group_by(Person.id)
    days = filed.subquery()
    rows = connection.execute(
        select(Decision.arm_id, days.c.id, days.c.day)
        .join(days, days.c.id == Decision.person_id)
        .where(span.assigned())
    )
    found: dict[int | None, int] = defaultdict(int)
    for arm_id, person_id, day in rows:
        found[arm_id] += person_id in callers and day >= callers[person_id]
    return found


def _outcome_people(span: Span, kind: OutcomeKind, *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    last = local_date(span.now)
    happened = and_(Outcome.happened_on >= span.first_date, Outcome.happened_on <= last)
    if kind is OutcomeKind.APPOINTMENT:
        happened = Outcome.happened_on >= span.first_date  # one that is still to come was made already
    return (
        select(Person.id, *more)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(Outcome.kind == kind, happened)
    )


def _by_arm(connection: Connection, people: Any, span: Span) -> ByArm:
    """Count, by arm, the distinct people of a select of person ids who were assigned."""
    some = people.subquery()
    person_id = some.c[0]
    query = (
        select(Decision.arm_id, func.count(distinct(person_id)))
        .join(some, person_id == Decision.person_id)
        .where(span.assigned())
        .group_by(Decision.arm_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
