"""Campaigns, and what became of everyone, in figures. Read only: a campaign is decided by people, in the console."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import Caller, SeeingCampaigns
from console.api.pagination import Asked, Page, asked, page_of
from console.api.problems import Refused
from console.api.schemas import Day, NameInPath, Shape
from outcomes.funnels import funnel
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
    """What became of the people assigned to one arm."""

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
    """What became of everyone. Every figure counts people."""

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
    """Tell which campaigns there are, by name."""
    with caller.installation.store.reading() as connection:
        rows: list[Any] = list(connection.execute(select(Row.__table__)))
    return page_of(page, rows, lambda row: (row.name,), _told)


@router.get("/campaigns/{name}")
def show_campaign(caller: SeeingCampaigns, name: NameInPath) -> Campaign:
    """Tell of one campaign."""
    return _told(_existing(caller, name))


@router.get("/campaigns/{name}/funnel")
def show_funnel(caller: SeeingCampaigns, name: NameInPath) -> Funnel:
    """Tell what became of everyone, as known now."""
    _existing(caller, name)
    told = funnel(caller.installation, name, now=caller.now()).as_data()
    arms = [Arm(**{field: arm[field] for field in Arm.model_fields}) for arm in told["arms"]]
    return Funnel(**{field: told[field] for field in Funnel.model_fields} | {"arms": arms})


def _existing(caller: Caller, name: str) -> Any:
    with caller.installation.store.reading() as connection:
        row = connection.execute(select(Row.__table__).where(Row.name == name)).one_or_none()
    if row is None:
        raise Refused(status=404, kind="not-found", detail="there is no campaign of that name")
    return row


def _told(row: Any) -> Campaign:
    return Campaign(**{name: getattr(row, name) for name in Campaign.model_fields})
