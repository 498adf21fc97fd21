"""Campaigns and their funnels, read only.

People decide about a campaign in the console.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import Caller, SeeingCampaigns
from console.api.pagination import Asked, Page, asked, page_of
from console.api.problems import Refused
from console.api.schemas import Day, NameInPath, Shape
from outcomes.funnels import funnel
from store.mapped_rows import read_all, read_one_or_none
from store.states import CampaignState
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


def _existing(caller: Caller, name: str) -> Row:
    with caller.installation.store.reading() as connection:
        row = read_one_or_none(connection, select(Row).where(Row.name == name))
    if row is None:
        raise Refused(status=404, kind="not-found", detail="there is no campaign of that name")
    return row
