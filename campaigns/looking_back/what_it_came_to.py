"""Money and hours of a campaign beside the plan that was signed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from campaigns.planning.lifecycle import StoredCampaign, find
from campaigns.post.hand_over import HUNDREDTHS_OF_A_CENT
from channels import KINDS
from installation.installation import Installation
from store.clock import local_date
from store.states import TouchState
from store.tables import Arm, Attempt, Call, Delivery, PrintRun, Step, Touch, Wave

Key = tuple[str, int, int]
"""Arm, wave and step, the last two counted from 1."""
_OVER = (TouchState.PLANNED, TouchState.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """One print run, as it was billed by the shop's list."""

    key: str
    on: date
    pieces: int
    cost: Decimal | None  # euros; None: no list has a price for it


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCost:
    """One step of one wave, as planned and as it came to. Amounts are euros."""

    arm: str
    wave: int
    step: int
    channel: str
    template: str
    planned: int
    lowest: Decimal
    highest: Decimal
    went: int
    still_to_go: int
    cost: Decimal | None  # None: not known
    runs: tuple[RunCost, ...]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is still to go."""
        return not self.still_to_go

    @property
    def is_as_signed(self) -> bool:
        """Whether it lies within what was signed, so far or in the end."""
        return _within(self.cost, self.lowest, self.highest, is_over=self.is_over)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameTo:
    """A campaign's money and hours, as signed and as they came to. Amounts are euros."""

    lowest: Decimal
    highest: Decimal
    budget: Decimal
    hours_low: Decimal
    hours_high: Decimal
    work: Mapping[str, Any]  # what the hours rest on, as `[work]` of the policy said
    lost: tuple[Mapping[str, Any], ...]  # people whom an arm loses to what another arm needs
    parts: tuple[Mapping[str, Any], ...]  # the money by print, postage, set-up and texts
    cost: Decimal | None  # None: of something the price is not known
    hours: Decimal  # of agents, in conversations that are wrapped up
    is_over: bool  # nothing is still to go
    lines: tuple[LineCost, ...]

    @property
    def is_as_signed(self) -> bool:
        """Whether the money lies within what was signed, so far or in the end."""
        return _within(self.cost, self.lowest, self.highest, is_over=self.is_over)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        lines = [{**asdict(line), "as_signed": line.is_as_signed} for line in self.lines]
        return {**asdict(self), "as_signed": self.is_as_signed, "lines": lines}


def _within(cost: Decimal | None, lowest: Decimal, highest: Decimal, *, is_over: bool) -> bool:
    return cost is not None and cost <= highest and (cost >= lowest or not is_over)


def what_it_came_to(installation: Installation, name: str) -> CameTo | None:
    """Return the money and hours of a campaign, or None of one whose plan was not kept.

    Raises:
        BadInput: there is no campaign of that name.
    """
    with installation.store.reading() as connection:
        campaign = find(connection, name)
        signed = campaign.signed_plan
        if not signed:
            return None
        lines = _lines(connection, campaign, signed)
        return CameTo(
            lowest=Decimal(signed["lowest"]),
            highest=Decimal(signed["highest"]),
            budget=Decimal(signed["budget"]),
            hours_low=Decimal(signed["hours_low"]),
            hours_high=Decimal(signed["hours_high"]),
            work=signed["work"],
            lost=tuple(signed["lost_to_other_arms"]),
            parts=tuple(
                {**part, "lowest": Decimal(part["lowest"]), "highest": Decimal(part["highest"])}
                for part in signed["parts"]
            ),
            cost=_total([line.cost for line in lines]),
            hours=_hours(connection, campaign.id),
            is_over=all(line.is_over for line in lines),
            lines=lines,
        )


def _total(costs: list[Decimal | None]) -> Decimal | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _lines(
    connection: Connection, campaign: StoredCampaign, signed: Mapping[str, Any]
) -> tuple[LineCost, ...]:
    went, waiting = _touches(connection, campaign.id)
    runs, texts = _runs(connection, campaign), _texts(connection, campaign.id)
    found = []
    for line in signed["lines"]:
        key = (line["arm"], line["wave"], line["step"])
        mine = tuple(runs[key])
        found.append(
            LineCost(
                arm=line["arm"],
                wave=line["wave"],
                step=line["step"],
                channel=line["channel"],
                template=line["template"],
                planned=line["pieces"],
                lowest=Decimal(line["lowest"]),
                highest=Decimal(line["highest"]),
                went=went[key],
                still_to_go=waiting[key],
                cost=_cost(line, mine, texts[key], went[key]),
                runs=mine,
            )
        )
    return tuple(found)


def _cost(
    line: Mapping[str, Any], runs: tuple[RunCost, ...], texts: int, went: int
) -> Decimal | None:
    """Return what a line came to, or None where that is not known."""
    if KINDS[line["channel"]].reaches == "post":
        return _total([run.cost for run in runs])
    if went and not texts and Decimal(line["highest"]):
        return None  # texts went out, and the provider has not said what they cost
    return Decimal(texts) / HUNDREDTHS_OF_A_CENT


def _touches(
    connection: Connection, campaign_id: int
) -> tuple[defaultdict[Key, int], defaultdict[Key, int]]:
    """Count the touches that went out, and those that are still to go."""
    query = (
        select(
            Arm.name,
            Wave.number,
            Step.position,
            func.count(Touch.handed_over_at),
            func.count().filter(Touch.state.in_(_OVER)),
        )
        .join(Step, Step.id == Touch.step_id)
        .join(Arm, Arm.id == Step.arm_id)
        .join(Wave, Wave.id == Touch.wave_id)
        .where(Touch.campaign_id == campaign_id)
        .group_by(Arm.name, Wave.number, Step.position)
    )
    went: defaultdict[Key, int] = defaultdict(int)
    waiting: defaultdict[Key, int] = defaultdict(int)
    for arm, wave, position, gone, to_go in connection.execute(query):
        went[arm, wave, position + 1] = gone
        waiting[arm, wave, position + 1] = to_go
    return went, waiting


def _runs(connection: Connection, campaign: StoredCampaign) -> defaultdict[Key, list[RunCost]]:
    """Return the print runs that went to the shop, each with its bill.

    A run that no list prices costs what the campaign file says of a piece.
    """
    query = (
        select(
            Arm.name,
            Wave.number,
            Step.position,
            Delivery.key,
            PrintRun.handed_over_at,
            PrintRun.cards,
            PrintRun.seeds,
            PrintRun.cost,
        )
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Step, Step.id == Delivery.step_id)
        .join(Arm, Arm.id == Step.arm_id)
        .join(Wave, Wave.id == Delivery.wave_id)
        .where(Delivery.campaign_id == campaign.id, PrintRun.handed_over_at.is_not(None))
        .order_by(PrintRun.id)
    )
    prices = _own_prices(campaign)
    found: defaultdict[Key, list[RunCost]] = defaultdict(list)
    for row in connection.execute(query):
        key = (row.name, row.number, row.position + 1)
        found[key].append(
            RunCost(
                key=row.key,
                on=local_date(row.handed_over_at),
                pieces=row.cards + row.seeds,
                cost=_billed(row.cost, row.cards, prices.get((row.name, row.position))),
            )
        )
    return found


def _billed(cost: int | None, cards: int, price: Decimal | None) -> Decimal | None:
    if cost is not None:
        return Decimal(cost) / HUNDREDTHS_OF_A_CENT
    return price * cards if price else None


def _own_prices(campaign: StoredCampaign) -> dict[tuple[str, int], Decimal]:
    return {
        (arm["name"], position): Decimal(str(step.get("price", 0)))
        for arm in campaign.spec["arms"]
        for position, step in enumerate(arm["steps"])
    }


def _texts(connection: Connection, campaign_id: int) -> defaultdict[Key, int]:
    """Sum what the provider asked for texts, in hundredths of a cent."""
    query = (
        select(Arm.name, Wave.number, Step.position, func.sum(Attempt.cost))
        .join(Touch, Touch.id == Attempt.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .join(Arm, Arm.id == Step.arm_id)
        .join(Wave, Wave.id == Touch.wave_id)
        .where(Touch.campaign_id == campaign_id, Attempt.cost.is_not(None))
        .group_by(Arm.name, Wave.number, Step.position)
    )
    found: defaultdict[Key, int] = defaultdict(int)
    for arm, wave, position, cost in connection.execute(query):
        found[arm, wave, position + 1] = int(cost or 0)
    return found


def _hours(connection: Connection, campaign_id: int) -> Decimal:
    """Return the hours of conversations that are wrapped up."""
    query = select(Call.taken_at, Call.wrapped_up_at).where(
        Call.campaign_id == campaign_id,
        Call.taken_at.is_not(None),
        Call.wrapped_up_at.is_not(None),
    )
    spent = timedelta()
    for taken, wrapped_up in connection.execute(query):
        if taken is not None and wrapped_up is not None:
            spent += max(wrapped_up - taken, timedelta())
    return (Decimal(int(spent.total_seconds())) / 3600).quantize(Decimal("0.1"))
