"""The funnel of one campaign: what became of everyone, in figures that add up.

Whoever was assigned stays in the denominator, also when the card came back or never left: that is the only count that
can be held against the hold-out. Every figure counts people, unless its name says touches or calls.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, exists, func, or_, select

from campaigns.house import House
from campaigns.lifecycle import find
from outcomes.intervals import wilson
from store.clock import local_date
from store.states import OutcomeKind, ReplyKind, TouchState
from store.tables import Appointment, Arm, Call, Decision, Outcome, Person, Reply, Touch, Wave
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class ArmFunnel:
    """What became of the people assigned to one arm."""

    arm: str
    hold_out: bool
    assigned: int
    handed_over: int  # people to whom at least one touch went out
    returned: int
    called: int
    appointments: int
    filed: int
    filed_with_call: int
    filed_without_call: int

    @property
    def filed_share(self) -> float:
        """Of everyone assigned, how many filed."""
        return self.filed / self.assigned if self.assigned else 0.0

    @property
    def filed_interval(self) -> tuple[float, float]:
        """The share's 95 % interval (Wilson)."""
        return wilson(self.filed, self.assigned)


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of everyone a campaign's audience matched."""

    campaign: str
    title: str
    state: str
    as_of: str  # the day of the count
    matched: int
    selected: int
    hold_out: int
    left_out: dict[str, int]  # by first reason, in the order of the rules; the hold-out is counted here too
    touches: dict[str, int]  # by state
    held_at_delivery: dict[str, int]  # touches withheld, dropped or failed after the plan, by reason
    waves: dict[int, int]  # people selected, by wave
    handed_over: int
    returned: int
    called: int
    calls: int
    texted: int
    came_by: int
    objected: int
    appointments: int
    filed_with_call: int
    filed_without_call: int
    arms: tuple[ArmFunnel, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, the shares and intervals worked out."""
        arms = [
            {
                **asdict(arm),
                "filed_share": round(arm.filed_share, 4),
                "filed_interval_95": [round(bound, 4) for bound in arm.filed_interval],
            }
            for arm in self.arms
        ]
        return {**asdict(self), "arms": arms}


def funnel(house: House, name: str, *, now: datetime) -> Funnel:
    """Count what became of a campaign.

    Raises:
        BadInput: there is no campaign of that name.
    """
    with house.store.reading() as connection:
        row = find(connection, name)
        arms = _arms(connection, row.id, row.first_date)
        replies = _replies(connection, row.id)
        left_out = _left_out(connection, row.id)
        return Funnel(
            campaign=row.name,
            title=row.title,
            state=row.state.value,
            as_of=local_date(now).isoformat(),
            matched=_count(connection, select(func.count()).where(Decision.campaign_id == row.id)),
            selected=_count(connection, select(func.count()).where(Decision.campaign_id == row.id, Decision.selected)),
            hold_out=left_out.get(Reason.HOLD_OUT.value, 0),
            left_out=left_out,
            touches=_touches(connection, row.id),
            held_at_delivery=_held(connection, row.id),
            waves=_waves(connection, row.id),
            handed_over=sum(arm.handed_over for arm in arms),
            returned=sum(arm.returned for arm in arms),
            called=sum(arm.called for arm in arms),
            calls=_count(connection, select(func.count()).where(Call.campaign_id == row.id)),
            texted=replies[ReplyKind.TEXTED],
            came_by=replies[ReplyKind.COUNTER],
            objected=_objected(connection, row.id),
            appointments=sum(arm.appointments for arm in arms),
            filed_with_call=sum(arm.filed_with_call for arm in arms),
            filed_without_call=sum(arm.filed_without_call for arm in arms if not arm.hold_out),
            arms=arms,
        )


def _count(connection: Connection, statement: Any) -> int:
    return int(connection.execute(statement).scalar_one())


def _left_out(connection: Connection, campaign_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(Decision.reason, func.count())
        .where(Decision.campaign_id == campaign_id, Decision.reason.is_not(None))
        .group_by(Decision.reason)
    )
    counts = {row[0]: int(row[1]) for row in rows}
    return {reason.value: counts[reason.value] for reason in Reason if reason.value in counts}


def _touches(connection: Connection, campaign_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(Touch.state, func.count()).where(Touch.campaign_id == campaign_id).group_by(Touch.state)
    )
    counts = {TouchState(row[0]): int(row[1]) for row in rows}
    return {state.value: counts[state] for state in TouchState if state in counts}


_HELD = (TouchState.WITHHELD, TouchState.DROPPED, TouchState.FAILED)


def _held(connection: Connection, campaign_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(func.coalesce(Touch.reason, "?"), func.count())
        .where(Touch.campaign_id == campaign_id, Touch.state.in_(_HELD))
        .group_by(Touch.reason)
        .order_by(func.count().desc(), Touch.reason)
    )
    return {row[0]: int(row[1]) for row in rows}


def _waves(connection: Connection, campaign_id: int) -> dict[int, int]:
    rows = connection.execute(
        select(Wave.number, func.count())
        .join(Decision, Decision.wave_id == Wave.id)
        .where(Wave.campaign_id == campaign_id, Decision.selected)
        .group_by(Wave.number)
        .order_by(Wave.number)
    )
    return {row[0]: int(row[1]) for row in rows}


def _replies(connection: Connection, campaign_id: int) -> dict[ReplyKind, int]:
    rows = connection.execute(
        select(Reply.kind, func.count(distinct(Reply.person_id)))
        .where(Reply.campaign_id == campaign_id, Reply.person_id.is_not(None))
        .group_by(Reply.kind)
    )
    return {**dict.fromkeys(ReplyKind, 0), **{ReplyKind(row[0]): int(row[1]) for row in rows}}


def _objected(connection: Connection, campaign_id: int) -> int:
    return _count(
        connection,
        select(func.count(distinct(Reply.person_id))).where(Reply.campaign_id == campaign_id, Reply.objects),
    )


def _arms(connection: Connection, campaign_id: int, since: Any) -> tuple[ArmFunnel, ...]:
    """Count per arm over everyone assigned: chosen, or held out; a housemate of either was not assigned."""
    touched = and_(Touch.campaign_id == campaign_id, Touch.person_id == Decision.person_id)
    went_out = exists().where(touched, Touch.handed_over_at.is_not(None))
    came_back = exists().where(touched, Touch.state == TouchState.RETURNED)
    # the card is known by its code, the caller is not: a call counts for whom the card was sent to
    called = exists().where(
        Reply.campaign_id == campaign_id, Reply.person_id == Decision.person_id, Reply.kind == ReplyKind.CALLED
    )
    agreed = exists().where(Appointment.campaign_id == campaign_id, Appointment.person_id == Decision.person_id)
    filed = exists().where(
        Outcome.person_ref == Person.person_ref, Outcome.kind == OutcomeKind.FILED, Outcome.happened_on >= since
    )
    flags = (went_out, came_back, called, agreed, filed, and_(filed, called), and_(filed, ~called))
    assigned = or_(Decision.selected, Decision.reason == Reason.HOLD_OUT.value)
    rows = connection.execute(
        select(Arm.name, Arm.hold_out, func.count(Decision.person_id), *(_people(flag) for flag in flags))
        .select_from(Arm)
        .join(Decision, and_(Decision.arm_id == Arm.id, Decision.campaign_id == campaign_id, assigned))
        .join(Person, Person.id == Decision.person_id)
        .where(Arm.campaign_id == campaign_id)
        .group_by(Arm.id, Arm.name, Arm.hold_out, Arm.position)
        .order_by(Arm.position)
    )
    return tuple(ArmFunnel(row[0], bool(row[1]), *(int(count or 0) for count in row[2:])) for row in rows)


def _people(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
