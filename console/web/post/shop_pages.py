"""The print shop's entrance: its runs, their files, and one place to answer."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.post.discrepancies import differences
from console.web.post import shop_runs
from console.web.post.answer_uploads import Taken, acknowledgement, take_content, take_upload
from console.web.post.uploaded_files import LARGEST, TextFile, why_not
from console.web.reading.print_runs import RunLine
from console.web.reading.run_progress import reconciled
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import AnsweringForTheShop, Visit
from store.clock import local_date
from store.errors import BadInput

router = APIRouter()
_STATUSES = ("pulled", "too_late")
_PIECE = "piece."


@router.get("/print-shop")
def show_entrance(visit: AnsweringForTheShop) -> Response:
    """Show the runs that the shop has, by state."""
    return _entrance(visit)


@router.post("/print-shop/answers")
def take_answers(visit: AnsweringForTheShop, upload: TextFile) -> Response:
    """Take an answer file, and show what was taken and which rows were not."""
    try:
        taken = take_upload(visit, upload)
    except BadInput as error:
        return _entrance(visit, refused=why_not(visit, error), status=400)
    return _receipt(visit, taken)


@router.get("/print-shop/{run_id:int}")
def show_run(visit: AnsweringForTheShop, run_id: int) -> Response:
    """Show one run with its files, its pull list, its differences and what was answered."""
    return _run_page(visit, _found(visit, run_id))


@router.post("/print-shop/{run_id:int}/pulls")
def acknowledge(visit: AnsweringForTheShop, form: Posted, run_id: int) -> Response:
    """Take the shop's word on the pieces that were asked back."""
    run = _found(visit, run_id)
    answers = _answered(visit, run, form)
    if not answers:
        return _run_page(visit, run, nothing=True)
    day = local_date(visit.installation.now()).isoformat()
    name = f"{run.key}-pulled.csv"
    take_content(visit, name, acknowledgement(run.key, answers, day))
    visit.notify("shop.acknowledged")
    return RedirectResponse(f"/print-shop/{run.id}", 303)


def _answered(visit: Visit, run: RunLine, form: Mapping[str, str]) -> dict[str, str]:
    """Return what the form says of each piece that is still asked back."""
    newest, every = form.get("newest", ""), form.get("all", "")
    if not newest.isdecimal() or len(newest) > len(str(LARGEST_ID)):
        return {}
    asked = shop_runs.asked_back(visit.installation, run, min(int(newest), LARGEST_ID))
    said = {piece: every or form.get(_PIECE + piece, "") for piece in asked}
    return {piece: status for piece, status in said.items() if status in _STATUSES}


def _found(visit: Visit, run_id: int) -> RunLine:
    run = shop_runs.shop_run(visit.installation, run_id) if run_id <= LARGEST_ID else None
    if run is None:
        raise HTTPException(404)
    return run


def _entrance(visit: Visit, *, refused: str = "", status: int = 200) -> Response:
    runs = shop_runs.shop_runs(visit.installation)
    numbers = [run.id for some in runs.values() for run in some]
    return page(
        visit,
        "print_shop.html",
        status=status,
        runs=runs,
        reconciled=reconciled(visit.installation, numbers),
        held=shop_runs.held_runs(visit.installation, runs),
        refused=refused,
        largest=LARGEST,
    )


def _run_page(visit: Visit, run: RunLine, *, nothing: bool = False) -> Response:
    installation = visit.installation
    return page(
        visit,
        "print_shop_run.html",
        status=400 if nothing else 200,
        run=run,
        held=bool(shop_runs.held_runs(installation, {run.state: [run]})),
        files=[*run.files, *shop_runs.beside_files(installation, run)],
        pulls=shop_runs.open_pulls(installation, run),
        progress=reconciled(installation, [run.id])[run.id],
        differences=differences(installation, key=run.key),
        answers=shop_runs.taken_answers(installation, run),
        nothing=nothing,
        refused="",
        largest=LARGEST,
    )


def _receipt(visit: Visit, taken: Taken) -> Response:
    keys = set(taken.report.runs)
    runs = [
        run
        for some in shop_runs.shop_runs(visit.installation).values()
        for run in some
        if run.key in keys
    ]
    return page(visit, "print_shop_taken.html", taken=taken, runs=runs, refused="", largest=LARGEST)
