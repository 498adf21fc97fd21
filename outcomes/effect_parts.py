"""Findings beside an effect, for instance of subgroups, waits, and the price of one more person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from campaigns.looking_back.what_it_came_to import CameTo
from methods.intervals import Z_95
from methods.stratified import adjusted_difference, together
from outcomes.effect_counts import Group
from store.states import OutcomeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PerReached:
    """The effect on somebody who was reached because of the draw (complier effect), in percentage points.

    It holds only if being drawn works through what was sent, and through nothing else. Source: H. S. Bloom, Accounting
    for no-shows in experimental evaluation designs (Evaluation Review, 1984).
    """

    arm: str
    reached: float  # share of the arm, less that of the control
    difference: float
    low: float
    high: float


def per_reached(
    arm: Group, control: Group, difference: tuple[float, float, float]
) -> PerReached | None:
    """Return the complier effect, or None where the draw reached nobody."""
    reached = arm.reached / arm.people - control.reached / control.people
    if reached <= 0:
        return None
    middle, low, high = (100 * each / reached for each in difference)
    return PerReached(arm=arm.name, reached=reached, difference=middle, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSubgroup:
    """An arm against its control within a subgroup, in percentage points, with its interval."""

    subgroup: str
    within: bool  # or among the others
    arm: str
    people: int
    control_people: int
    difference: float
    low: float
    high: float


def of_subgroups(
    arm: Group, control: Group, kind: OutcomeKind, *, strata: Sequence[str], wanted: Sequence[str]
) -> list[OfSubgroup]:
    """Return the difference within every registered subgroup and among the others."""
    found = []
    for name in wanted:
        bit = list(strata).index(name)
        for within in (True, False):
            inside = [
                each
                for each in sorted({*arm.cells, *control.cells})
                if bool(each >> bit & 1) is within
            ]
            tables = [(control.cell(each, kind), arm.cell(each, kind)) for each in inside]
            before = sum(control.cell(each, kind)[1] for each in inside)
            after = sum(arm.cell(each, kind)[1] for each in inside)
            if not before or not after:
                continue
            difference, low, high = adjusted_difference(together(tables))
            found.append(
                OfSubgroup(
                    subgroup=name,
                    within=within,
                    arm=arm.name,
                    people=after,
                    control_people=before,
                    difference=100 * difference,
                    low=100 * low,
                    high=100 * high,
                )
            )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a group waits for an outcome, in days from the campaign's first day."""

    group: str
    mean: float  # within the period: who waits longer counts as the whole period
    low: float
    high: float
    curve: tuple[tuple[int, float], ...]  # the share that still waits after a day


def waiting(group: Group, first: Counter[date], *, since: date, until: date) -> Wait | None:
    """Return the curve of Kaplan and Meier of a group and its restricted mean.

    Everybody is followed to the same day, so nobody is censored before it: the curve is a count, and the restricted
    mean is the mean of everybody's days. Source: P. Royston and M. K. B. Parmar, Restricted mean survival time (2013).
    """
    if not group.people:
        return None
    horizon = (until - since).days + 1
    waits = {(day - since).days: many for day, many in sorted(first.items())}
    still = group.people - sum(waits.values())
    total = sum(days * many for days, many in waits.items()) + horizon * still
    mean = total / group.people
    squares = sum(many * (days - mean) ** 2 for days, many in waits.items())
    squares += still * (horizon - mean) ** 2
    spread = Z_95 * sqrt(squares / max(1, group.people - 1) / group.people)
    curve, left = [], group.people
    for days, many in waits.items():
        left -= many
        curve.append((days, left / group.people))
    return Wait(
        group=group.name, mean=mean, low=mean - spread, high=mean + spread, curve=tuple(curve)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Price of one more person helped, in euros and hours of agents. None: it cannot be said."""

    arm: str
    more: float  # people more, by the difference
    euros: float | None
    euros_low: float | None
    euros_high: float | None  # None: the effect may be nought, so there is no upper end
    hours: float | None


def price(arm: Group, difference: tuple[float, float, float], came_to: CameTo) -> Price | None:
    """Return the price of one more person helped, or None where nobody more was helped."""
    more, least, most = (each * arm.people for each in difference)
    if more <= 0:
        return None
    costs = [line.cost for line in came_to.lines if line.arm == arm.name]
    known = [float(cost) for cost in costs if cost is not None]
    cost = sum(known) if known and len(known) == len(costs) else None
    return Price(
        arm=arm.name,
        more=more,
        euros=None if cost is None else cost / more,
        euros_low=None if cost is None or most <= 0 else cost / most,
        euros_high=None if cost is None or least <= 0 else cost / least,
        hours=float(came_to.hours) / more,
    )


def exposed(groups: Sequence[Group], others: Mapping[int | None, int]) -> dict[str, int]:
    """Return how many people of each group another campaign reached."""
    return {group.name: others.get(group.key, 0) for group in groups if group.people}
