"""Pages of one print run for a manager, with pull lists, reprints and incidents."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.post.incidents import close, incidents, open_incident
from campaigns.post.pull_lists import make_lists, pulls, want_pulls
from campaigns.post.reprints import reprint
from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.reading.print_runs import RunLine, print_runs
from console.web.reading.run_progress import reconciled
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import Deciding, SeeingPrintRuns, Visit
from store.errors import BadInput
from store.plain_errors import in_plain_words

router = APIRouter()
SHOWN = 100  # requests to pull on one page


@router.get("/print-runs/{run_id:int}")
def show_run(visit: SeeingPrintRuns, run_id: int) -> Response:
    """Show what is asked back of a run, and what can be done about it."""
    return _page(visit, _found(visit, run_id))


@router.post("/print-runs/{run_id:int}/pulls")
def make_pull_lists(visit: Deciding, form: Posted, run_id: int) -> Response:
    """Judge everybody again whose piece is at the shop, and write the pull lists."""
    del form
    run, installation = _found(visit, run_id), visit.installation
    try:
        want_pulls(installation, now=installation.now())
        make_lists(installation, now=installation.now())
    except BadInput as error:
        return _page(visit, run, refused=error)
    visit.notify("run.judged")
    return RedirectResponse(f"/print-runs/{run.id}", 303)


@router.post("/print-runs/{run_id:int}/reprint")
def print_again(visit: Deciding, form: Posted, run_id: int) -> Response:
    """Have the spoiled pieces of a run printed again, under their own numbers."""
    del form
    run, installation = _found(visit, run_id), visit.installation
    try:
        done = reprint(installation, run.key, by=decider(visit), now=installation.now())
    except BadInput as error:
        return _page(visit, run, refused=error)
    visit.notify("run.reprinted" if done.pieces else "run.nothing_to_reprint")
    return RedirectResponse(f"/print-runs/{run.id}", 303)


@router.post("/print-runs/{run_id:int}/incident")
def report_wrong_card(visit: Deciding, form: Posted, run_id: int) -> Response:
    """Freeze the campaign of a run, and ask back what is not posted."""
    run, installation = _found(visit, run_id), visit.installation
    try:
        open_incident(
            installation,
            run.name if form.get("about") == "campaign" else run.key,
            what=form.get("what", ""),
            brief=form.get("brief", ""),
            by=decider(visit),
            now=installation.now(),
        )
    except BadInput as error:
        return _page(visit, run, refused=error, form=form)
    make_lists(installation, now=installation.now())
    visit.notify("run.frozen")
    return RedirectResponse("/incidents", 303)


@router.get("/incidents")
def list_incidents(visit: SeeingPrintRuns) -> Response:
    """Show every incident, those that are open first."""
    return _incidents(visit)


@router.post("/incidents/{number:int}/close")
def close_one(visit: Deciding, form: Posted, number: int) -> Response:
    """Close an incident with how it ended, so that its campaign goes on."""
    installation = visit.installation
    if number > LARGEST_ID or not any(
        each.id == number for each in incidents(installation, everything=True)
    ):
        raise HTTPException(404)
    try:
        close(
            installation,
            number,
            why=form.get("why", ""),
            by=decider(visit),
            now=installation.now(),
        )
    except BadInput as error:
        return _incidents(visit, number, error)
    visit.notify("run.closed")
    return RedirectResponse("/incidents", 303)


def _found(visit: Visit, run_id: int) -> RunLine:
    found = print_runs(visit.installation, run_id=run_id) if run_id <= LARGEST_ID else []
    if not found:
        raise HTTPException(404)
    return found[0]


def _page(
    visit: Visit,
    run: RunLine,
    *,
    refused: BadInput | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    installation = visit.installation
    asked = pulls(installation, key=run.key, answered=True)
    return page(
        visit,
        "print_run.html",
        status=409 if refused else 200,
        run=run,
        progress=reconciled(installation, [run.id])[run.id],
        pulls=asked[:SHOWN],
        asked=len(asked),
        open=[each for each in incidents(installation) if each.campaign == run.name],
        refused=_said(visit, refused),
        form=form or {},
    )


def _incidents(visit: Visit, number: int = 0, refused: BadInput | None = None) -> Response:
    found = incidents(visit.installation, everything=True)
    return page(
        visit,
        "incidents.html",
        status=409 if refused else 200,
        incidents_found=sorted(found, key=lambda each: each.closed_at is not None),
        number_refused=number,
        refused=_said(visit, refused),
    )


def _said(visit: Visit, refused: BadInput | None) -> str:
    """Return why something was refused, without the option that the command line has for it."""
    if refused is None:
        return ""
    field = refused.field if refused.field and not refused.field.startswith("--") else None
    return in_plain_words(replace(refused, field=field), translation_to(visit.language))
