"""Counts behind a funnel, by arm, each computed by the database in one query."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    SQLColumnExpression,
    and_,
    distinct,
    func,
    not_,
    or_,
    select,
)

from campaigns.post.discrepancies import LOST
from store.clock import LOCAL, local_date
from store.states import CallKind, OutcomeKind, ReplyKind, TouchState
from store.tables import Appointment, Call, Decision, Outcome, Person, Reply, Step, Touch
from suppression.reasons import Reason

_THEIRS = (CallKind.CALL, CallKind.CALL_BACK)

ByArm = Mapping[int | None, int]
"""Number of people by arm."""


PersonIds = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
"""A select whose first column is the id of a person."""


@dataclass(frozen=True, slots=True)
class Span:
    """The campaign and the period that a count is about."""

    campaign_id: int
    first_date: date
    now: datetime

    @property
    def since(self) -> datetime:
        """The first moment of the campaign's first date, in local time."""
        return datetime.combine(self.first_date, time(), LOCAL)

    def assigned(self) -> ColumnElement[bool]:
        """Match decisions that assigned somebody to a treatment or to the hold-out."""
        chosen = or_(Decision.selected.is_(True), Decision.reason == Reason.HOLD_OUT.value)
        return and_(Decision.campaign_id == self.campaign_id, chosen)

    def within(self, moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Match moments from the first date up to `now`."""
        return and_(moment >= self.since, moment <= self.now)

    def on_days(self, day: SQLColumnExpression[Any]) -> tuple[ColumnElement[bool], ...]:
        """Match days from the first date up to today."""
        return day >= self.first_date, day <= local_date(self.now)

    def ours(self, campaign_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Match rows of this campaign or of none.

        The hold-out has no touch that a reply could answer.
        """
        return or_(campaign_id == self.campaign_id, campaign_id.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCount:
    """Number of people with the same decision."""

    selected: bool
    reason: str | None  # the first that held
    arm_id: int | None
    wave_id: int | None
    people: int

    @property
    def assigned(self) -> bool:
        """Whether they were assigned to a treatment or the hold-out. Housemates were not."""
        return self.selected or self.reason == Reason.HOLD_OUT.value


def decisions(connection: Connection, campaign_id: int) -> list[DecisionCount]:
    """Return the decisions of a campaign, counted by what was decided."""
    columns = (Decision.selected, Decision.reason, Decision.arm_id, Decision.wave_id)
    query = (
        select(*columns, func.count().label("people"))
        .where(Decision.campaign_id == campaign_id)
        .group_by(*columns)
    )
    return [DecisionCount(**row._asdict()) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchCount:
    """Number of touches of one channel, state and reason."""

    channel: str
    state: TouchState
    reason: str | None
    went_out: bool  # ever
    touches: int


def touches(connection: Connection, campaign_id: int) -> list[TouchCount]:
    """Return the touches of a campaign, counted by channel, state, reason and whether they went out."""
    went = went_out()
    query = (
        select(
            Touch.channel,
            Touch.state,
            Touch.reason,
            went.label("went_out"),
            func.count().label("touches"),
        )
        .where(Touch.campaign_id == campaign_id)
        .group_by(Touch.channel, Touch.state, Touch.reason, went)
    )
    return [TouchCount(**row._asdict()) for row in connection.execute(query)]


def went_out() -> ColumnElement[bool]:
    """Match touches that ever went out.

    A card that was recalled or lost before it was posted reached nobody.
    """
    lost = and_(Touch.state == TouchState.FAILED, func.coalesce(Touch.reason, "") == LOST)
    return and_(Touch.handed_over_at.is_not(None), Touch.state != TouchState.RECALLED, not_(lost))


def calls(connection: Connection, span: Span) -> int:
    """Count the calls, texts and visits that entered the queue. One person may call three times.

    What we put there ourselves is none of theirs: an appointment to prepare, a person to call for a campaign.
    """
    mine = (
        Call.campaign_id == span.campaign_id,
        Call.kind.in_(_THEIRS),
        span.within(Call.received_at),
    )
    return connection.execute(select(func.count()).select_from(Call).where(*mine)).scalar_one()


def reached(connection: Connection, span: Span) -> ByArm:
    """Count the people with at least one touch that went out, by the arm of its step."""
    query = (
        select(Step.arm_id, func.count(distinct(Touch.person_id)))
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.campaign_id == span.campaign_id, went_out())
        .group_by(Step.arm_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def returned(connection: Connection, span: Span) -> ByArm:
    """Count the people from whom a card came back."""
    back = and_(Touch.campaign_id == span.campaign_id, Touch.state == TouchState.RETURNED)
    return by_arm(connection, select(Touch.person_id).where(back), span)


def replied(connection: Connection, span: Span, kind: ReplyKind) -> ByArm:
    """Count the people who replied in this way."""
    mine = (Reply.kind == kind, span.ours(Reply.campaign_id), span.within(Reply.received_at))
    return by_arm(connection, select(Reply.person_id).where(*mine), span)


def objected(connection: Connection, span: Span) -> ByArm:
    """Count the people who objected, in a reply or to an agent."""
    in_replies = select(Reply.person_id).where(
        Reply.objects.is_(True), span.ours(Reply.campaign_id), span.within(Reply.received_at)
    )
    to_agents = select(Call.person_id).where(
        Call.disposition == "objects", span.ours(Call.campaign_id), span.within(Call.wrapped_up_at)
    )
    return by_arm(connection, in_replies.union(to_agents), span)


def met(connection: Connection, span: Span) -> ByArm:
    """Count the people with an appointment, made on the line or reported by the registers."""
    made = select(Appointment.person_id).where(
        span.ours(Appointment.campaign_id), span.within(Appointment.made_at)
    )
    registered = outcome_people(span, OutcomeKind.APPOINTMENT)
    return by_arm(connection, made.union(registered), span)


def became(connection: Connection, span: Span) -> Mapping[OutcomeKind, ByArm]:
    """Count the people with each kind of outcome since the campaign's first date."""
    return {kind: by_arm(connection, outcome_people(span, kind), span) for kind in OutcomeKind}


def filed_after_a_call(connection: Connection, span: Span) -> ByArm:
    """Count the people who filed on or after the day on which they first called."""
    calls_of = (
        select(Reply.person_id, func.min(Reply.received_at).label("at"))
        .where(
            Reply.kind == ReplyKind.CALLED,
            span.ours(Reply.campaign_id),
            span.within(Reply.received_at),
        )
        .where(Reply.person_id.is_not(None))
        .group_by(Reply.person_id)
        .subquery()
    )
    query = (
        select(Decision.arm_id, calls_of.c.at, func.max(Outcome.happened_on).label("day"))
        .join(calls_of, calls_of.c.person_id == Decision.person_id)
        .join(Person, Person.id == Decision.person_id)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(span.assigned(), *counting(span, OutcomeKind.FILED))
        .group_by(Decision.arm_id, Decision.person_id, calls_of.c.at)
    )
    # the day of a call is a day where the citizens live, which neither database knows: so it is compared here
    return Counter(row.arm_id for row in connection.execute(query) if row.day >= local_date(row.at))


def outcome_people(span: Span, kind: OutcomeKind) -> Select[int]:
    """Select the people with an outcome."""
    return (
        select(Person.id)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(*counting(span, kind))
    )


def counting(span: Span, kind: OutcomeKind) -> tuple[ColumnElement[bool], ...]:
    """Match the outcomes of a kind that count: of the period, and not withdrawn by its last day."""
    stands = or_(Outcome.withdrawn_on.is_(None), Outcome.withdrawn_on > local_date(span.now))
    return Outcome.kind == kind, *span.on_days(Outcome.happened_on), stands


def by_arm(connection: Connection, people: PersonIds, span: Span) -> ByArm:
    """Count the assigned people among a select of person ids, by arm."""
    some = people.subquery()
    person_id = some.c[0]
    query = (
        select(Decision.arm_id, func.count(distinct(person_id)))
        .join(some, person_id == Decision.person_id)
        .where(span.assigned())
        .group_by(Decision.arm_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
