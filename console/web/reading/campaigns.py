"""One campaign as it was frozen: its arms and steps, its waves, its texts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from installation.installation import Installation
from store.tables import Arm, Campaign, Decision, FrozenText, PhoneLine, Step, Wave


@dataclass(frozen=True, slots=True)
class StepLine:
    """What somebody in an arm gets."""

    channel: str
    template: str
    delay_days: int
    condition: str


@dataclass(frozen=True, slots=True)
class ArmLine:
    """One arm: its share, how many were drawn into it, and its steps."""

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


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as it was submitted."""

    row: Any  # a row of `campaigns`
    line: Any  # its row of `phone_lines`
    arms: tuple[ArmLine, ...]
    waves: tuple[WaveLine, ...]
    texts: tuple[TextLine, ...]


def plan_of(installation: Installation, name: str) -> Plan | None:
    """Return the campaign of this name as it was submitted, or None."""
    with installation.store.reading() as connection:
        row = connection.execute(
            select(Campaign.__table__).where(Campaign.name == name)
        ).one_or_none()
        if row is None:
            return None
        line = connection.execute(
            select(PhoneLine.__table__).where(PhoneLine.id == row.line_id)
        ).one()
        return Plan(
            row,
            line,
            _arms(connection, row.id),
            _waves(connection, row.id),
            texts(connection, row.id),
        )


def texts(
    connection: Connection, campaign_id: int, template: str | None = None
) -> tuple[TextLine, ...]:
    """Return the words as they were approved: of every template, or of one."""
    query = (
        select(FrozenText.template, FrozenText.file, FrozenText.source)
        .where(FrozenText.campaign_id == campaign_id)
        .order_by(FrozenText.template, FrozenText.file)
    )
    if template is not None:
        query = query.where(FrozenText.template == template)
    return tuple(TextLine(*row) for row in connection.execute(query))


def _drawn(connection: Connection, campaign_id: int, by: Any) -> dict[int, int]:
    query = (
        select(by, func.count())
        .where(Decision.campaign_id == campaign_id, by.is_not(None))
        .group_by(by)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _arms(connection: Connection, campaign_id: int) -> tuple[ArmLine, ...]:
    drawn = _drawn(connection, campaign_id, Decision.arm_id)
    steps = defaultdict(list)
    for step in connection.execute(
        select(Step.__table__)
        .where(Step.campaign_id == campaign_id)
        .order_by(Step.arm_id, Step.position)
    ):
        steps[step.arm_id].append(
            StepLine(step.channel, step.template, step.delay_days, step.condition)
        )
    rows = connection.execute(
        select(Arm.__table__).where(Arm.campaign_id == campaign_id).order_by(Arm.position)
    )
    return tuple(
        ArmLine(row.name, row.share, row.hold_out, drawn.get(row.id, 0), tuple(steps[row.id]))
        for row in rows
    )


def _waves(connection: Connection, campaign_id: int) -> tuple[WaveLine, ...]:
    drawn = _drawn(connection, campaign_id, Decision.wave_id)
    rows = connection.execute(
        select(Wave.__table__).where(Wave.campaign_id == campaign_id).order_by(Wave.number)
    )
    return tuple(WaveLine(row.number, row.date, drawn.get(row.id, 0)) for row in rows)


def card_steps(plan: Plan) -> list[tuple[int, str]]:
    """Return the number and the arm of every step that sends a card, counted as `specimen` counts them."""
    arms = [arm.name for arm in plan.arms for step in arm.steps if step.channel == "card"]
    return list(enumerate(arms, 1))
