"""The funnel of one campaign, from matched people to outcomes.

Whoever was assigned stays in the denominator, also when the card came back or never left: that is the only count that
can be held against the hold-out. Every figure counts people, unless its name says touches or calls.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from campaigns.looking_back.retention import DECISIONS
from campaigns.planning.lifecycle import find
from campaigns.touches.shop_days import posted
from installation.installation import Installation
from methods.intervals import wilson
from outcomes import funnel_counts
from outcomes.funnel_counts import ByArm, DecisionCount, Span, TouchCount
from outcomes.ladders import Rung, ladder
from store.clock import local_date
from store.states import OutcomeKind, ReplyKind, TouchState
from store.tables import Arm, Removal, Wave
from suppression.reasons import Reason

_HELD = (TouchState.WITHHELD, TouchState.DROPPED, TouchState.FAILED)
_WAITING = (TouchState.PLANNED, TouchState.CLAIMED)
_SHOWN_APART = (OutcomeKind.FILED, OutcomeKind.APPOINTMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFunnel:
    """The funnel of one arm, in people."""

    arm: str
    hold_out: bool
    assigned: int
    handed_over: int  # people to whom at least one touch went out
    returned: int
    called: int
    texted: int
    came_by: int
    asked_online: int
    objected: int
    appointments: int
    filed: int
    filed_with_call: int  # on or after the day of their first call
    filed_without_call: int
    outcomes: dict[str, int]  # the other kinds: payment_arranged, debt_help, not_liable

    @property
    def filed_share(self) -> float:
        """The share of assigned people who filed."""
        return self.filed / self.assigned if self.assigned else 0.0

    @property
    def filed_interval(self) -> tuple[float, float]:
        """The share's 95 % interval (Wilson)."""
        return wilson(self.filed, self.assigned)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFunnel:
    """The funnel of one channel, in touches."""

    channel: str
    planned: int  # all that were ever planned
    waiting: int  # not gone yet
    handed_over: int  # ever went out, also those that came back; not what was recalled or lost before it was posted
    printed: int  # as the print shop tells it, also those that are further
    posted: int  # idem
    returned: int
    recalled: int  # taken out before it was posted
    unknown: int  # may have gone: somebody has to find out
    withheld: dict[str, int]  # held at delivery or dropped, by reason
    failed: dict[str, int]  # could never go, by reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The funnel of a whole campaign.

    The figures from `handed_over` on are about the people who were selected; the hold-out's own stand in `arms`.
    """

    campaign: str
    title: str
    state: str
    as_of: str  # the day of the count
    matched: int
    selected: int
    hold_out: int
    # by first reason, in the order of the rules; the hold-out is counted here too
    left_out: dict[str, int]
    touches: dict[str, int]  # by state
    # touches withheld, dropped or failed after the plan, by reason
    held_at_delivery: dict[str, int]
    waves: dict[int, int]  # people selected, by wave
    handed_over: int
    returned: int
    called: int
    calls: int
    texted: int
    came_by: int
    asked_online: int
    objected: int
    appointments: int
    filed_with_call: int
    filed_without_call: int
    arms: tuple[ArmFunnel, ...]
    channels: tuple[ChannelFunnel, ...]
    ladder: tuple[Rung, ...]  # from the bottom up
    # after removal the matched, selected and assigned people can no longer be counted
    ledger_removed_on: str | None = None

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


def funnel(installation: Installation, name: str, *, now: datetime) -> Funnel:
    """Return the funnel of a campaign, as known at `now`.

    Raises:
        BadInput: there is no campaign of that name.
    """
    with installation.store.reading() as connection:
        row = find(connection, name)
        span = Span(row.id, row.first_date, now)
        decisions = funnel_counts.decisions(connection, row.id)
        left_out = _left_out(decisions)
        arms = _arms(connection, span, decisions)
        channels, states, held = _touches(connection, row.id)
        return Funnel(
            campaign=row.name,
            title=row.title,
            state=row.state.value,
            as_of=local_date(now).isoformat(),
            matched=sum(each.people for each in decisions),
            selected=sum(each.people for each in decisions if each.selected),
            hold_out=left_out.get(Reason.HOLD_OUT.value, 0),
            left_out=left_out,
            touches=states,
            held_at_delivery=held,
            waves=_waves(connection, row.id, decisions),
            calls=funnel_counts.calls(connection, span),
            arms=arms,
            channels=channels,
            ladder=ladder(connection, span),
            ledger_removed_on=ledger_removed_on(connection, row.id),
            **_of_the_selected(arms),
        )


def ledger_removed_on(connection: Connection, campaign_id: int) -> str | None:
    """Return the day on which the decisions of a campaign were removed, or None."""
    query = select(Removal.removed_at).where(
        Removal.campaign_id == campaign_id, Removal.what == DECISIONS
    )
    removed = connection.execute(query).scalar_one_or_none()
    return local_date(removed).isoformat() if removed else None


def _of_the_selected(arms: tuple[ArmFunnel, ...]) -> dict[str, int]:
    names = (
        "handed_over",
        "returned",
        "called",
        "texted",
        "came_by",
        "asked_online",
        "objected",
        "appointments",
    )
    summed = (*names, "filed_with_call", "filed_without_call")
    return {name: sum(getattr(arm, name) for arm in arms if not arm.hold_out) for name in summed}


def _left_out(decisions: list[DecisionCount]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in decisions:
        if not each.selected and each.reason:
            counts[each.reason] += each.people
    return {reason.value: counts[reason.value] for reason in Reason if reason.value in counts}


def _waves(
    connection: Connection, campaign_id: int, decisions: list[DecisionCount]
) -> dict[int, int]:
    rows = connection.execute(
        select(Wave.id, Wave.number).where(Wave.campaign_id == campaign_id).order_by(Wave.number)
    )
    counts: Counter[int | None] = Counter()
    for each in decisions:
        if each.selected:
            counts[each.wave_id] += each.people
    return {row.number: counts[row.id] for row in rows if counts[row.id]}


def _touches(
    connection: Connection, campaign_id: int
) -> tuple[tuple[ChannelFunnel, ...], dict[str, int], dict[str, int]]:
    """Return the touches by channel and by state, and those held after the plan by reason."""
    rows = funnel_counts.touches(connection, campaign_id)
    states: Counter[TouchState] = Counter()
    held: Counter[str] = Counter()
    for row in rows:
        states[row.state] += row.touches
        if row.state in _HELD:
            held[row.reason or "?"] += row.touches
    channels = tuple(
        _channel(name, [row for row in rows if row.channel == name])
        for name in sorted({row.channel for row in rows})
    )
    return (
        channels,
        {state.value: states[state] for state in TouchState if state in states},
        dict(held.most_common()),
    )


def _channel(name: str, rows: Sequence[TouchCount]) -> ChannelFunnel:
    def total(*states: TouchState) -> int:
        return sum(row.touches for row in rows if row.state in states)

    def by_reason(*states: TouchState) -> dict[str, int]:
        found: Counter[str] = Counter()
        for row in rows:
            if row.state in states:
                found[row.reason or "?"] += row.touches
        return dict(found.most_common())

    by_post = name in posted()
    return ChannelFunnel(
        channel=name,
        planned=sum(row.touches for row in rows),
        waiting=total(*_WAITING),
        handed_over=sum(row.touches for row in rows if row.went_out),
        printed=total(TouchState.PRINTED, TouchState.POSTED, TouchState.RETURNED) if by_post else 0,
        posted=total(TouchState.POSTED, TouchState.RETURNED) if by_post else 0,
        returned=total(TouchState.RETURNED),
        recalled=total(TouchState.RECALLED),
        unknown=total(TouchState.UNKNOWN),
        withheld=by_reason(TouchState.WITHHELD, TouchState.DROPPED),
        failed=by_reason(TouchState.FAILED),
    )


def _arms(
    connection: Connection, span: Span, decisions: list[DecisionCount]
) -> tuple[ArmFunnel, ...]:
    """Return the funnel of each arm, over everyone assigned."""
    assigned: Counter[int | None] = Counter()
    for each in decisions:
        if each.assigned:
            assigned[each.arm_id] += each.people
    became = funnel_counts.became(connection, span)
    after_a_call = funnel_counts.filed_after_a_call(connection, span)
    counted: Mapping[str, ByArm] = {
        "handed_over": funnel_counts.reached(connection, span),
        "returned": funnel_counts.returned(connection, span),
        "called": funnel_counts.replied(connection, span, ReplyKind.CALLED),
        "texted": funnel_counts.replied(connection, span, ReplyKind.TEXTED),
        "came_by": funnel_counts.replied(connection, span, ReplyKind.COUNTER),
        "asked_online": funnel_counts.replied(connection, span, ReplyKind.WEB),
        "objected": funnel_counts.objected(connection, span),
        "appointments": funnel_counts.met(connection, span),
        "filed": became[OutcomeKind.FILED],
        "filed_with_call": after_a_call,
    }
    arms = connection.execute(
        select(Arm.id, Arm.name, Arm.hold_out)
        .where(Arm.campaign_id == span.campaign_id)
        .order_by(Arm.position)
    )
    return tuple(
        ArmFunnel(
            arm=arm.name,
            hold_out=bool(arm.hold_out),
            assigned=assigned[arm.id],
            filed_without_call=became[OutcomeKind.FILED].get(arm.id, 0)
            - after_a_call.get(arm.id, 0),
            outcomes={
                kind.value: people.get(arm.id, 0)
                for kind, people in became.items()
                if kind not in _SHOWN_APART
            },
            **{name: people.get(arm.id, 0) for name, people in counted.items()},
        )
        for arm in arms
    )
