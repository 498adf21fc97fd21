"""The last page of a draft: what is wrong, what it would do, and submitting it."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from campaigns.drafts import drafts
from campaigns.drafts.document_edits import fingerprint, value_at
from campaigns.planning.plans import Plan, plan
from campaigns.planning.submitting import submit
from campaigns.touches.campaign_reading import CampaignText
from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.draft_problems import problems_of
from console.web.draft_questions import QUESTIONS
from console.web.rendering import page
from console.web.routes.drafts import found
from console.web.security import Posted
from console.web.sessions import Making, Visit
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.sentences import translated
from store.states import CampaignState
from store.tables import Campaign, Person

router = APIRouter()
_QUICK = 20_000
"""People with whom a plan is a matter of a second."""


@router.get("/drafts/{draft_id:int}/check")
def check_draft(visit: Making, draft_id: int) -> Response:
    """Show what is wrong with a draft, or else everything that it would do."""
    return _page(visit, found(visit, draft_id))


@router.post("/drafts/{draft_id:int}/submit")
def submit_draft(visit: Making, form: Posted, draft_id: int) -> Response:
    """Submit a draft as it was shown, under the name of who is signed in."""
    draft = found(visit, draft_id)
    name = str(value_at(draft.document, ("campaign",)))
    if draft.submitted_as or _is_there(visit, draft, name):
        return _submitted(visit, draft, draft.submitted_as or name)
    if form.get("was") != _shown(draft):
        return _page(visit, draft, refused="making.changed_shown", status=409)
    if not form.get("sure"):
        return _page(visit, draft, refused="making.submit_not_sure", status=400)
    try:
        submit(
            visit.installation,
            CampaignText("", draft.source),
            by=decider(visit),
            now=visit.installation.now(),
        )
    except BadInput as error:
        why = in_plain_words(error, translation_to(visit.language))
        return _page(visit, draft, refused="making.refused", why=why, status=409)
    return _submitted(visit, draft, name)


def _submitted(visit: Visit, draft: drafts.Draft, name: str) -> Response:
    drafts.close(visit.installation, draft.id, name)
    visit.notify("making.submitted")
    return RedirectResponse(f"/campaigns/{name}", 303)


def _is_there(visit: Visit, draft: drafts.Draft, name: str) -> bool:
    """Return whether this draft was submitted already, by a press whose answer got lost."""
    with visit.installation.store.reading() as connection:
        source = connection.execute(
            select(Campaign.source).where(
                Campaign.name == name, Campaign.state != CampaignState.SENT_BACK
            )
        ).scalar_one_or_none()
    return source is not None and source == draft.source


def _is_slow(visit: Visit) -> bool:
    """Return whether a plan takes so long that it is only made when somebody asks for it."""
    if visit.request.query_params.get("plan"):
        return False
    with visit.installation.store.reading() as connection:
        many = select(Person.id).offset(_QUICK).limit(1)
        return connection.execute(many).first() is not None


def _shown(draft: drafts.Draft) -> str:
    return fingerprint(draft.source, [()])


def _page(
    visit: Visit, draft: drafts.Draft, *, refused: str = "", why: str = "", status: int = 200
) -> Response:
    problems = problems_of(visit, draft)
    made: Plan | None = None
    waits = not problems and not refused and _is_slow(visit)
    if not problems and not waits:
        try:
            made = plan(
                visit.installation, CampaignText("", draft.source), now=visit.installation.now()
            )
        except BadInput as error:
            refused, why = "making.refused", in_plain_words(error, translation_to(visit.language))
    document = draft.document
    return page(
        visit,
        "draft_check.html",
        status=status,
        draft=draft,
        document=document,
        title=str(value_at(document, ("title",)) or "…"),
        question="check",
        questions=list(QUESTIONS),
        problems=problems,
        waits=waits,
        plan=made,
        warnings=[translated(each, translation_to(visit.language)) for each in made.warnings]
        if made
        else [],
        refused=refused,
        why_refused=why,
        was=_shown(draft),
    )
