"""The public pages that say why each running campaign writes to whom.

They are made from the campaign as it was approved, as the register of processing is, so that they cannot say anything
else. A campaign's name and title are for colleagues and stand on none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from console.web.public.campaign_facts import NumberedSender, running_campaigns
from console.web.public.visits import READ, WHY, public_visit
from console.web.security import LARGEST_ID
from console.web.words import Language, say
from privacy.processing_register import Processing, processing_register

router = APIRouter()
BASES = (
    "consent",
    "contract",
    "legal_obligation",
    "legitimate_interest",
    "public_task",
    "vital_interest",
)
"""Grounds of article 6 of the GDPR that are said in plain words where a campaign's file names one."""


@dataclass(frozen=True, slots=True)
class _Registered:
    """A running campaign with its entry in the register of processing."""

    campaign: NumberedSender
    processing: Processing

    def conditions(self, language: Language) -> list[str]:
        """Return whom it is for, in words."""
        said: list[Mapping[str, Any]] = list(self.processing.conditions)
        return [each["clauses"][language] for each in said]

    def basis(self, language: Language) -> str:
        """Return the legal basis, with the law's own English name of it said in the reader's language."""
        written = self.processing.legal_basis
        for each in BASES:
            name = each.replace("_", " ")
            if written.casefold().startswith(name):
                return say(language, f"public.why.basis_{each}") + written[len(name) :]
        return written

    @property
    def assessed_until(self) -> date | None:
        """The last day on which the assessment of the effects on privacy holds."""
        until = self.processing.dpia_until
        return date.fromisoformat(until) if until else None


@router.api_route(WHY, methods=READ)
def list_campaigns(request: Request) -> Response:
    """List the campaigns that run."""
    visit = public_visit(request)
    return visit.page("why.html", campaigns=running_campaigns(visit.installation))


@router.api_route(WHY + "/{number:int}", methods=READ)
def show_campaign(request: Request, number: int) -> Response:
    """Show what one running campaign sends, to whom, on what ground, and how to object."""
    visit = public_visit(request)
    running = running_campaigns(visit.installation) if number <= LARGEST_ID else []
    found = next((each for each in running if each.number == number), None)
    if found is None:
        raise HTTPException(404)
    register = {each.campaign: each for each in processing_register(visit.installation)}
    campaign = _Registered(found, register[found.campaign])
    return visit.page(
        "why_campaign.html",
        sender=found.sender,
        lines=[found.sender.line],
        processing=campaign.processing,
        basis=campaign.basis(visit.language),
        conditions=campaign.conditions(visit.language),
        assessed_until=campaign.assessed_until,
    )
