"""Campaign pages with figures, specimen cards and decisions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.audience_language.condition_sentences import said_conditions
from campaigns.delivery.rehearsing import rehearse
from campaigns.delivery.waiting_touches import what_waits
from campaigns.looking_back.card_pictures import specimen
from campaigns.looking_back.what_it_came_to import what_it_came_to
from campaigns.planning import lifecycle
from campaigns.post import stopping
from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.reading.campaigns import card_steps, plan_of
from console.web.reading.figures import Figures, figures_of
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import Deciding, SeeingCampaigns, Visit
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.states import CampaignState
from store.tables import Campaign

router = APIRouter()

DECISIONS: dict[str, Callable[..., Any]] = {
    "launch": lifecycle.launch,
    "pause": stopping.pause,
    "resume": lifecycle.resume,
    "stop": stopping.stop,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One campaign in the list."""

    overview: lifecycle.Overview
    figures: Figures


@router.get("/")
def list_campaigns(visit: SeeingCampaigns) -> Response:
    """Show every campaign with its figures."""
    listed = [
        Listed(each, figures_of(visit.installation, each.name))
        for each in lifecycle.overviews(visit.installation)
    ]
    return page(visit, "campaigns.html", campaigns=listed)


@router.get("/campaigns/{name}")
def show_campaign(visit: SeeingCampaigns, name: str) -> Response:
    """Show one campaign with its plan, figures and texts."""
    return _page(visit, name)


@router.get("/campaigns/{name}/card-{position:int}-{language}.png")
def show_card(visit: SeeingCampaigns, name: str, position: int, language: str) -> Response:
    """Show both sides of a specimen card."""
    picture = (
        specimen(visit.installation, name, position, language)
        if len(language) == len("nl")
        else None
    )
    if picture is None:
        raise HTTPException(404)
    return Response(picture, media_type="image/png")


@router.get("/campaigns/{name}/rehearsal")
def rehearse_campaign(visit: Deciding, name: str) -> Response:
    """Show what would become of every step that a campaign still has to send, on today's data."""
    plan = plan_of(visit.installation, name)
    if plan is None:
        raise HTTPException(404)
    steps = rehearse(visit.installation, name, now=visit.installation.now())
    return page(visit, "rehearsal.html", campaign=plan.campaign, steps=steps)


@router.post("/campaigns/{name}/{decision}")
def decide(visit: Deciding, form: Posted, name: str, decision: str) -> Response:
    """Launch, pause, resume or stop a campaign, recorded as signed in."""
    if decision not in DECISIONS or plan_of(visit.installation, name) is None:
        raise HTTPException(404)
    if decision == "stop" and not form.get("sure"):
        return _page(visit, name, status=400, refused=("decide.not_sure", ""))
    try:
        also = {"pull": True} if decision == "pause" and form.get("pull") else {}
        noted = DECISIONS[decision](
            visit.installation, name, by=decider(visit), now=visit.installation.now(), **also
        )
    except BadInput as error:
        why = in_plain_words(error, translation_to(visit.language))
        return _page(visit, name, status=409, refused=("decide.refused", why))
    undialled = decision == "launch" and noted is not None
    visit.notify("decide.launched_undialled" if undialled else f"decide.done_{decision}")
    return RedirectResponse(f"/campaigns/{name}", 303)


def _page(
    visit: Visit, name: str, *, status: int = 200, refused: tuple[str, str] | None = None
) -> Response:
    plan = plan_of(visit.installation, name)
    if plan is None:
        raise HTTPException(404)
    there = stopping.at_the_shop(visit.installation, name, now=visit.installation.now())
    return page(
        visit,
        "campaign.html",
        status=status,
        plan=plan,
        campaign=plan.campaign,
        spec=plan.campaign.spec,
        conditions=said_conditions(plan.campaign.conditions),
        figures=figures_of(visit.installation, name),
        cards=card_steps(plan),
        open_cards=visit.installation.policy.open_cards,
        waiting=what_waits(visit.installation, now=visit.installation.now(), campaign=name),
        came_to=what_it_came_to(visit.installation, name),
        there=there,
        decisions=possible_decisions(visit, plan.campaign, at_the_shop=there.pieces),
        own=decider(visit).is_same(plan.campaign.submitted_by),
        refused=refused,
    )


def possible_decisions(visit: Visit, campaign: Campaign, *, at_the_shop: int) -> list[str]:
    """Return the decisions that this colleague may take about a campaign now.

    What has finished can be stopped while something of it is at the print shop.
    """
    if not visit.may("decisions"):
        return []
    if campaign.state is CampaignState.FINISHED and at_the_shop:
        return ["stop"]
    return [
        decision for decision, (origins, _) in lifecycle.MOVES.items() if campaign.state in origins
    ]
