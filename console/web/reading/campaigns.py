"""A campaign as it was submitted, with its arms, steps, waves and texts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, SQLColumnExpression, func, select

from installation.installation import Installation
from store.mapped_rows import read_mixed
from store.tables import Arm, Campaign, Decision, FrozenText, PhoneLine, Step, Wave


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of an arm."""

    channel: str
    template: str
    delay_days: int
    condition: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmLine:
    """One arm with its share, the number of people drawn into it, and its steps."""

    name: str
    share: int  # per cent
    hold_out: bool
    people: int
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class WaveLine:
    """One wave and how many it holds."""

    number: int
    date: date
    people: int


@dataclass(frozen=True, slots=True)
class TextLine:
    """One file of words as it was approved."""

    template: str
    file: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A campaign as it was submitted."""

    campaign: Campaign
    line: PhoneLine
    arms: tuple[ArmLine, ...]
    waves: tuple[WaveLine, ...]
    texts: tuple[TextLine, ...]


def plan_of(installation: Installation, name: str) -> Plan | None:
    """Return the campaign of this name as it was submitted, or None."""
    with installation.store.reading() as connection:
        query = (
            select(Campaign, PhoneLine)
            .join(PhoneLine, PhoneLine.id == Campaign.line_id)
            .where(Campaign.name == name)
        )
        found = read_mixed(connection, query)
        if not found:
            return None
        ((campaign, line),) = found
        return Plan(
            campaign=campaign,
            line=line,
            arms=_arms(connection, campaign.id),
            waves=_waves(connection, campaign.id),
            texts=texts(connection, campaign.id),
        )


def texts(
    connection: Connection, campaign_id: int, template: str | None = None
) -> tuple[TextLine, ...]:
    """Return the approved texts of every template, or of one."""
    query = (
        select(FrozenText.template, FrozenText.file, FrozenText.source)
        .where(FrozenText.campaign_id == campaign_id)
        .order_by(FrozenText.template, FrozenText.file)
    )
    if template is not None:
        query = query.where(FrozenText.template == template)
    return tuple(TextLine(*row) for row in connection.execute(query))


def _drawn(
    connection: Connection, campaign_id: int, by: SQLColumnExpression[int | None]
) -> dict[int, int]:
    query = (
        select(by, func.count())
        .where(Decision.campaign_id == campaign_id, by.is_not(None))
        .group_by(by)
    )
    return {drawn: count for drawn, count in connection.execute(query) if drawn is not None}


def _arms(connection: Connection, campaign_id: int) -> tuple[ArmLine, ...]:
    drawn = _drawn(connection, campaign_id, Decision.arm_id)
    steps = defaultdict(list)
    for (step,) in read_mixed(
        connection,
        select(Step).where(Step.campaign_id == campaign_id).order_by(Step.arm_id, Step.position),
    ):
        steps[step.arm_id].append(
            StepLine(step.channel, step.template, step.delay_days, step.condition)
        )
    arms = select(Arm).where(Arm.campaign_id == campaign_id).order_by(Arm.position)
    return tuple(
        ArmLine(
            name=arm.name,
            share=arm.share,
            hold_out=arm.hold_out,
            people=drawn.get(arm.id, 0),
            steps=tuple(steps[arm.id]),
        )
        for (arm,) in read_mixed(connection, arms)
    )


def _waves(connection: Connection, campaign_id: int) -> tuple[WaveLine, ...]:
    drawn = _drawn(connection, campaign_id, Decision.wave_id)
    query = select(Wave.id, Wave.number, Wave.date).where(Wave.campaign_id == campaign_id)
    return tuple(
        WaveLine(number, day, drawn.get(wave_id, 0))
        for wave_id, number, day in connection.execute(query.order_by(Wave.number))
    )


def card_steps(plan: Plan) -> list[tuple[int, str]]:
    """Return the number and the arm of every step that sends a card, counted as `specimen` counts them."""
    arms = [arm.name for arm in plan.arms for step in arm.steps if step.channel == "card"]
    return list(enumerate(arms, 1))
