"""Approving a submitted campaign, or sending it back with remarks."""

from collections.abc import Mapping
from datetime import date, datetime, time

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.planning import lifecycle
from campaigns.touches.campaign_files import CampaignFile
from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.password_again import Trouble, trouble_with
from console.web.proof_pictures import proofs_of, write_down
from console.web.reading.approvals import approval_of
from console.web.reading.campaigns import Plan, plan_of
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import Deciding, Visit
from store.clock import LOCAL
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.states import CampaignState
from store.written_dates import weekday_and_moment
from suppression.policies import Cap

router = APIRouter()

LONGEST = 4_000  # characters of remarks
PICTURE, FILE, POSTAL = "png", "pdf", "postal.pdf"
KINDS = {PICTURE: "image/png", FILE: "application/pdf", POSTAL: "application/pdf"}


@router.get("/campaigns/{name}/approve")
def look_at_whole(visit: Deciding, name: str) -> Response:
    """Show everything that is signed for, on one page."""
    return _whole(visit, _plan(visit, name), {})


@router.get("/campaigns/{name}/proofs/{number:int}.{kind}")
def show_proof(visit: Deciding, name: str, number: int, kind: str) -> Response:
    """Show one proof as a picture or a PDF, and write the look down."""
    plan = _plan(visit, name)
    found = proofs_of(visit, name, plan.campaign.frozen_hash)
    if kind not in KINDS or not 1 <= number <= len(found):
        raise HTTPException(404)
    one = found[number - 1]
    body = {PICTURE: one.picture, FILE: one.pdf, POSTAL: one.postal}[kind]
    if body is None:
        raise HTTPException(404)
    write_down(visit, name, one)
    headers = {"content-disposition": f'inline; filename="{name}-proof-{number}.{kind}"'}
    return Response(body, media_type=KINDS[kind], headers=headers)


@router.post("/campaigns/{name}/approve/question")
def ask_before_it_counts(visit: Deciding, form: Posted, name: str) -> Response:
    """Ask the one question before an approval counts, with what it is about in numbers."""
    plan = _plan(visit, name)
    try:
        launch_at = _launch_at(form)
        _may_be_decided(visit, plan, form)
    except BadInput as error:
        return _whole(visit, plan, form, refused=error, status=409)
    return _question(visit, plan, form, launch_at)


@router.post("/campaigns/{name}/approve")
def approve(visit: Deciding, form: Posted, name: str) -> Response:
    """Approve the version that was looked at, with the password once more."""
    plan = _plan(visit, name)
    try:
        launch_at = _launch_at(form)
        _may_be_decided(visit, plan, form)
        if trouble := trouble_with(visit, form):
            return _question(visit, plan, form, launch_at, trouble)
        lifecycle.approve(
            visit.installation,
            name,
            by=decider(visit),
            now=visit.installation.now(),
            launch_at=launch_at,
            seen=form.get("seen", ""),
        )
    except BadInput as error:
        return _whole(visit, plan, form, refused=error, status=409)
    visit.notify("decide.done_approve")
    return RedirectResponse(f"/campaigns/{name}", 303)


@router.post("/campaigns/{name}/send-back")
def send_back(visit: Deciding, form: Posted, name: str) -> Response:
    """Send the campaign back with remarks, for its next version."""
    plan, remarks = _plan(visit, name), form.get("remarks", "")
    if not remarks or len(remarks) > LONGEST:
        key = "approve.remarks_long" if remarks else "approve.remarks_empty"
        return _whole(visit, plan, form, trouble={"remarks": key}, status=400)
    try:
        _is_as_seen(plan, form)
        lifecycle.send_back(
            visit.installation,
            name,
            by=decider(visit),
            now=visit.installation.now(),
            remarks=remarks,
        )
    except BadInput as error:
        return _whole(visit, plan, form, refused=error, status=409)
    visit.notify("approve.sent_back")
    return RedirectResponse(f"/campaigns/{name}", 303)


def _plan(visit: Visit, name: str) -> Plan:
    plan = plan_of(visit.installation, name)
    if plan is None:
        raise HTTPException(404)
    return plan


def _may_be_decided(visit: Visit, plan: Plan, form: Mapping[str, str]) -> None:
    """Refuse what `approve` would refuse, before the question is asked.

    Raises:
        BadInput: it is one's own, it is decided already, or it is another version than the one that was shown.
    """
    if decider(visit).is_same(plan.campaign.submitted_by):
        raise BadInput("you submitted this campaign yourself", "somebody else must approve it")
    _is_as_seen(plan, form)


def _is_as_seen(plan: Plan, form: Mapping[str, str]) -> None:
    if plan.campaign.state is not CampaignState.SUBMITTED:
        raise BadInput("somebody has decided about this campaign already", "look at it again below")
    if form.get("seen", "") != plan.campaign.frozen_hash:
        raise BadInput(
            "a new version of this campaign was submitted since this page was opened",
            "look at it again, and decide then",
        )


def _launch_at(form: Mapping[str, str]) -> datetime | None:
    """Return the moment of launching by itself, or None where somebody launches it.

    Raises:
        BadInput: the day or the time is missing or is none.
    """
    if form.get("start") != "at":
        return None
    try:
        day, at = date.fromisoformat(form.get("day", "")), time.fromisoformat(form.get("time", ""))
    except ValueError:
        raise BadInput(
            "the start has no day and time", "fill in both, or choose to start it yourself"
        ) from None
    return datetime.combine(day, at.replace(tzinfo=None), tzinfo=LOCAL)


def _question(
    visit: Visit,
    plan: Plan,
    form: Mapping[str, str],
    launch_at: datetime | None,
    trouble: Trouble | None = None,
) -> Response:
    return page(
        visit,
        "approve_question.html",
        status=400 if trouble else 200,
        approval=approval_of(visit.installation, plan),
        campaign=plan.campaign,
        form=form,
        starts=weekday_and_moment(launch_at, visit.language) if launch_at else "",
        trouble=trouble,
    )


def _whole(
    visit: Visit,
    plan: Plan,
    form: Mapping[str, str],
    *,
    status: int = 200,
    refused: BadInput | None = None,
    trouble: Mapping[str, str] | None = None,
) -> Response:
    campaign = plan.campaign
    return page(
        visit,
        "approve.html",
        status=status,
        approval=approval_of(visit.installation, plan),
        plan=plan,
        campaign=campaign,
        spec=campaign.spec,
        proofs=proofs_of(visit, campaign.name, campaign.frozen_hash),
        caps=_caps(visit, plan),
        open_cards=visit.installation.policy.open_cards,
        open_now=campaign.state is CampaignState.SUBMITTED,
        own=decider(visit).is_same(campaign.submitted_by),
        form=form,
        longest=LONGEST,
        refused=in_plain_words(refused, translation_to(visit.language)) if refused else "",
        trouble=dict(trouble or {}),
    )


def _caps(visit: Visit, plan: Plan) -> list[tuple[str, Cap, Cap | None]]:
    """Return the cap of each channel that is used, beside the body's own."""
    policy = visit.installation.policy
    in_force = CampaignFile.model_validate(plan.campaign.spec).all_caps(policy)
    used = dict.fromkeys(step.channel for arm in plan.arms for step in arm.steps)
    return [(each, in_force[each], policy.caps.get(each)) for each in used if each in in_force]
