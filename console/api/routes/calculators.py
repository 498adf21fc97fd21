"""Calculators for a plan and a trial, as `kaartje calc`."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from console.api.authentication import SeeingStatistics
from console.api.schemas import Shape
from methods import calculators
from methods.sequential_boundaries import Kind

router = APIRouter(prefix="/calc", tags=["calculators"])
Group = Annotated[str, Query(max_length=100, description="Hits and total.", examples=["60/300"])]
Share = Annotated[float, Query(description="A number from 0 to 1.", examples=[0.3])]
Length = Annotated[str, Query(max_length=40, description="A length of time.", examples=["30m"])]
Whole = Annotated[int, Query(description="A whole number.", examples=[12])]
Power = Annotated[float, Query(description="How surely a difference is found.")]


class Comparison(Shape):
    """A difference in percentage points, arm minus control."""

    difference: float
    low: float = Field(description="The lower end of Newcombe's 95 % interval.")
    high: float = Field(description="The upper end.")
    p_value: float = Field(description="Two-sided, a fraction.")


class SampleSize(Shape):
    """How many people each of two groups needs."""

    per_arm: int


class Detectable(Shape):
    """The smallest upward difference that two groups of a size can find."""

    points: float | None = Field(description="In percentage points; null: none.")


class Staffing(Shape):
    """How callers wait. Shares are fractions."""

    p_wait: float
    service_level: float
    occupancy: float
    p_abandon: float
    average_wait_s: float | None = Field(description="Seconds; null: the queue has no end.")


class Pace(Shape):
    """The busiest day after waves of cards."""

    peak_calls_per_day: float
    peak_day: int = Field(description="Days after the first wave.")


class Boundaries(Shape):
    """The critical z of every look."""

    kind: Kind
    looks: int
    z: list[float]


@router.get("/compare")
def compare(_caller: SeeingStatistics, control: Group, arm: Group) -> Comparison:
    """Compare an arm with its control."""
    found = calculators.compare(control=control, arm=arm)
    return Comparison.model_validate(found.as_data())


@router.get("/sample-size")
def size_of_trial(
    _caller: SeeingStatistics, control: Share, treated: Share, power: Power = 0.8
) -> SampleSize:
    """Return how many people each of two groups needs."""
    found = calculators.size_of_trial(control=control, treated=treated, power=power)
    return SampleSize.model_validate(found.as_data())


@router.get("/detectable")
def smallest_difference(
    _caller: SeeingStatistics, control: Share, per_arm: Annotated[Whole, Query(alias="perArm")]
) -> Detectable:
    """Return the difference that two groups of this size can find with a power of .8."""
    found = calculators.smallest_difference(control=control, per_arm=per_arm, power=0.8)
    return Detectable.model_validate(found.as_data())


@router.get("/erlang")
def staffing(
    _caller: SeeingStatistics,
    calls: Annotated[float, Query(description="Calls in the period.", examples=[100])],
    per: Length,
    handling: Length,
    agents: Whole,
    target: Length,
    patience: Annotated[str | None, Query(max_length=40, examples=["120s"])] = None,
) -> Staffing:
    """Return how callers wait with so many agents, by Erlang C, or Erlang A where they hang up."""
    found = calculators.staffing(
        calls=calls, per=per, handling=handling, agents=agents, target=target, patience=patience
    )
    return Staffing.model_validate(found.as_data())


@router.get("/pace")
def pace(
    _caller: SeeingStatistics, pieces: Whole, waves: Whole, every: Length, callers: Share
) -> Pace:
    """Return the busiest day of the line after waves of cards."""
    found = calculators.pace(pieces=pieces, waves=waves, every=every, callers=callers)
    return Pace.model_validate(found.as_data())


@router.get("/boundaries")
def critical_values(_caller: SeeingStatistics, looks: Whole, kind: Kind) -> Boundaries:
    """Return how far from nought a trial must be at each look, two-sided at 5 %."""
    found = calculators.looks_of_trial(looks=looks, kind=kind)
    return Boundaries.model_validate(found.as_data())
