"""Campaigns and their funnels, read only.

People decide about a campaign in the console.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import Caller, SeeingCampaigns, SeeingStatistics
from console.api.pagination import Asked, Page, asked, page_of
from console.api.problems import Refused
from console.api.schemas import Day, NameInPath, Shape
from console.catalogues import LANGUAGES, translation_to
from methods.sequential_boundaries import Kind
from outcomes.effect_looks import record_look
from outcomes.effect_results import known_effect
from outcomes.effect_words import said
from outcomes.effects import Verdict, Why
from outcomes.funnels import funnel
from store.clock import local_date
from store.mapped_rows import read_all, read_one_or_none
from store.sentences import translated
from store.states import CampaignState, OutcomeKind
from store.tables import Campaign as Row

router = APIRouter(tags=["campaigns"])


class Campaign(Shape):
    """One campaign."""

    name: str
    title: str
    purpose: str
    state: CampaignState
    line_open_until: Day


class Arm(Shape):
    """The people assigned to one arm, and how far they came."""

    arm: str
    hold_out: bool
    assigned: int
    handed_over: int = Field(description="People to whom at least one touch went out.")
    called: int
    appointments: int
    filed: int
    filed_share: float
    filed_interval_95: list[float] = Field(description="Wilson.")


class Funnel(Shape):
    """The funnel of one campaign. Every figure counts people."""

    campaign: str
    title: str
    state: str
    as_of: Day
    matched: int
    selected: int
    hold_out: int
    left_out: dict[str, int] = Field(description="By first reason.")
    handed_over: int
    returned: int
    called: int
    texted: int
    came_by: int
    objected: int
    appointments: int
    filed_with_call: int
    filed_without_call: int
    arms: list[Arm]
    ledger_removed_on: Day | None = Field(
        description="Since then nobody can count who was matched or selected."
    )


class GroupShare(Shape):
    """How many of a group's people had an outcome."""

    group: str
    people: int
    reached: int
    hits: int
    share: float | None
    low: float = Field(description="The lower end of Wilson's 95 % interval.")
    high: float


class Difference(Shape):
    """An arm against its control, in percentage points."""

    arm: str
    difference: float
    low: float = Field(description="The lower end of Newcombe's 95 % interval.")
    high: float
    p_value: float = Field(description="Of the draw.")
    p_corrected: float = Field(description="For several arms (Holm).")


class OfOutcome(Shape):
    """One outcome in every group."""

    kind: OutcomeKind
    control: GroupShare | None
    arms: list[GroupShare]
    differences: list[Difference]


class Registered(Shape):
    """The pre-registration of a trial, signed before anything went out."""

    population: str
    outcome: OutcomeKind
    counted_from: Day
    looks: list[Day] = Field(description="The verdict is about the last.")
    boundaries: Kind
    test: str
    control: str | None
    strata: dict[str, str]
    subgroups: list[str]
    stopping: str
    hold_out_until: Day | None


class OfReached(Shape):
    """The effect on somebody whom the draw reached, in percentage points."""

    arm: str
    reached: float = Field(description="Share of the arm, less that of the control.")
    difference: float
    low: float
    high: float


class OfSubgroup(Shape):
    """An arm against its control within a registered subgroup, in percentage points."""

    subgroup: str
    within: bool = Field(description="Or among the others.")
    arm: str
    people: int
    control_people: int
    difference: float
    low: float
    high: float


class OfWait(Shape):
    """Days until the outcome from the first day of the campaign."""

    group: str
    mean: float = Field(description="Who waits longer counts as the whole period.")
    low: float
    high: float
    curve: list[tuple[int, float]] = Field(description="The share that still waits after a day.")


class OfPrice(Shape):
    """The price of one more person helped."""

    arm: str
    more: float
    euros: float | None
    euros_low: float | None
    euros_high: float | None = Field(description="Null: the effect may be nought.")
    hours: float | None


class Effect(Shape):
    """The effect of a campaign, as it is known of one day."""

    campaign: str
    title: str
    first_date: Day
    as_of: Day
    outcome: OutcomeKind
    counted_until: Day = Field(description="Earlier where later waves are the control.")
    verdict: Verdict
    why: Why | None = Field(description="Why it cannot be said.")
    control: str | None = Field(
        description="hold-out, limit (the people beyond it) or later-waves."
    )
    look: int | None = Field(description="Which planned look; null: it was not planned.")
    z: float = Field(description="The critical value of this look.")
    deviations: list[str] = Field(description="From what was signed.")
    assignment_hash: str | None
    seed: int | None
    approved_hash: str | None
    sample_ratio_p: float | None
    matched: int = Field(description="Whom the audience matched, before anybody was left out.")
    said: dict[str, list[str]] = Field(
        description="What we know, how sure, and what we do not know, by language."
    )
    registered: Registered | None = Field(description="What was fixed before it went out.")
    outcomes: list[OfOutcome]
    per_reached: list[OfReached] = Field(description="The complier effect.")
    subgroups: list[OfSubgroup] = Field(description="They differ by chance too.")
    waits: list[OfWait]
    other_campaigns: dict[str, int] = Field(
        description="People of each group to whom another one sent something."
    )
    price: OfPrice | None = Field(description="Of one more person, where an effect was shown.")
    break_even: GroupShare | None = Field(
        description="What must have happened anyway for the effect to be nought."
    )


AsOf = Annotated[Day | None, Query(alias="asOf", description="Left out: today.")]


@router.get("/campaigns")
def list_campaigns(
    caller: SeeingCampaigns, page: Annotated[Asked, Depends(asked)]
) -> Page[Campaign]:
    """List the campaigns, by name."""
    with caller.installation.store.reading() as connection:
        rows = read_all(connection, select(Row))
    return page_of(page, rows, lambda row: (row.name,), Campaign.model_validate)


@router.get("/campaigns/{name}")
def show_campaign(caller: SeeingCampaigns, name: NameInPath) -> Campaign:
    """Return one campaign."""
    return Campaign.model_validate(_existing(caller, name))


@router.get("/campaigns/{name}/funnel")
def show_funnel(caller: SeeingCampaigns, name: NameInPath) -> Funnel:
    """Return the funnel of a campaign, as known now."""
    _existing(caller, name)
    counted = funnel(caller.installation, name, now=caller.now()).as_data()
    arms = [Arm(**{field: arm[field] for field in Arm.model_fields}) for arm in counted["arms"]]
    return Funnel(**{field: counted[field] for field in Funnel.model_fields} | {"arms": arms})


@router.get("/campaigns/{name}/effect")
def show_effect(caller: SeeingStatistics, name: NameInPath, as_of: AsOf = None) -> Effect:
    """Return whether a campaign helped, as `kaartje effect --json`."""
    _existing(caller, name)
    now = caller.now()
    day = as_of or local_date(now)
    found = known_effect(caller.installation, name, as_of=day, now=now).effect
    record_look(caller.installation, found, by=caller.decider(), now=now)
    spoken = {
        language: [translated(line, translation_to(language)) for line in said(found).lines()]
        for language in LANGUAGES
    }
    data = {"said": spoken, **found.as_data()}
    return Effect.model_validate({field: data[field] for field in Effect.model_fields})


def _existing(caller: Caller, name: str) -> Row:
    with caller.installation.store.reading() as connection:
        row = read_one_or_none(connection, select(Row).where(Row.name == name))
    if row is None:
        raise Refused(status=404, kind="not-found", detail="there is no campaign of that name")
    return row
