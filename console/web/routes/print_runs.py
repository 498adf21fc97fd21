"""The list of print runs, and downloads of their files."""

from collections import defaultdict
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse, RedirectResponse

from campaigns.post.discrepancies import accept, differences
from campaigns.post.proof_signing import sign
from console.catalogues import translation_to
from console.web import action_log
from console.web.action_log import decider
from console.web.permissions import Area
from console.web.post.shop_runs import beside_file, shop_run
from console.web.reading.print_runs import SHOWN, FileLine, Gone, file_of, print_runs
from console.web.reading.run_progress import reconciled
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import AnsweringForTheShop, Deciding, SeeingPrintRuns, Visit
from store.audit_log import About, Kind
from store.errors import BadInput
from store.plain_errors import in_plain_words

router = APIRouter()


@router.get("/print-runs")
def list_print_runs(visit: SeeingPrintRuns) -> Response:
    """Show the print runs and their files."""
    return _page(visit)


@router.post("/print-runs/{run_id:int}/sign")
def sign_proof(visit: Deciding, form: Posted, run_id: int) -> Response:
    """Sign the press proof of a run, so that the shop may print it."""
    del form
    installation = visit.installation
    try:
        sign(installation, _key(visit, run_id), by=decider(visit), now=installation.now())
    except BadInput as error:
        return _page(visit, refused=error)
    visit.notify("print_runs.signed")
    return RedirectResponse("/print-runs", 303)


@router.post("/print-runs/{run_id:int}/accept")
def accept_difference(visit: Deciding, form: Posted, run_id: int) -> Response:
    """Accept a difference of a run with a reason."""
    number, installation = form.get("number", ""), visit.installation
    if not number.isdecimal() or int(number[:20]) > LARGEST_ID:
        raise HTTPException(404)
    try:
        accept(
            installation,
            _key(visit, run_id),
            int(number[:20]),
            by=decider(visit),
            why=form.get("why", ""),
            now=installation.now(),
        )
    except BadInput as error:
        return _page(visit, refused=error)
    visit.notify("print_runs.accepted")
    return RedirectResponse("/print-runs", 303)


def _key(visit: Visit, run_id: int) -> str:
    found = next((run for run in print_runs(visit.installation) if run.id == run_id), None)
    if found is None:
        raise HTTPException(404)
    return found.key


def _page(visit: Visit, refused: BadInput | None = None) -> Response:
    runs = print_runs(visit.installation)
    open_ones = defaultdict(list)
    for each in differences(visit.installation):
        open_ones[each.run].append(each)
    return page(
        visit,
        "print_runs.html",
        status=409 if refused else 200,
        runs=runs,
        reconciled=reconciled(visit.installation, [run.id for run in runs]),
        differences=open_ones,
        refused=in_plain_words(refused, translation_to(visit.language)) if refused else "",
        shown=SHOWN,
    )


@router.get("/print-runs/{run_id:int}/{name}")
def download(visit: AnsweringForTheShop, run_id: int, name: str) -> Response:
    """Return one file as it was made, and log the download."""
    if run_id > LARGEST_ID or "\0" in name or not _is_theirs(visit, run_id):
        raise HTTPException(404)
    try:
        found = file_of(visit.installation, run_id, name) or _beside(visit, run_id, name)
    except Gone:
        return page(visit, "errors/gone.html", status=410)
    if found is None:
        raise HTTPException(404)
    line, path = found
    action_log.record(
        visit,
        action_log.DOWNLOADED,
        About(Kind.PRINT_RUN, run_id),
        file=line.name,
        sha256=line.sha256,
    )
    return FileResponse(path, filename=line.name, content_disposition_type="attachment")


def _is_theirs(visit: Visit, run_id: int) -> bool:
    """Say whether a run is there for this colleague. The shop has none that is still with us."""
    return visit.may(Area.PRINT_RUNS) or shop_run(visit.installation, run_id) is not None


def _beside(visit: Visit, run_id: int, name: str) -> tuple[FileLine, Path] | None:
    run = shop_run(visit.installation, run_id)
    return beside_file(visit.installation, run, name) if run else None
