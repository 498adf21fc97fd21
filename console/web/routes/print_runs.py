"""The list of print runs, and downloads of their files."""

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse

from console.web import action_log
from console.web.reading.print_runs import SHOWN, Gone, file_of, print_runs
from console.web.reading.run_progress import reconciled
from console.web.rendering import page
from console.web.security import LARGEST_ID
from console.web.sessions import SeeingPrintRuns
from store.audit_log import About, Kind

router = APIRouter()


@router.get("/print-runs")
def list_print_runs(visit: SeeingPrintRuns) -> Response:
    """Show the print runs and their files."""
    runs = print_runs(visit.installation)
    progress = reconciled(visit.installation, [run.id for run in runs])
    return page(visit, "print_runs.html", runs=runs, reconciled=progress, shown=SHOWN)


@router.get("/print-runs/{run_id:int}/{name}")
def download(visit: SeeingPrintRuns, run_id: int, name: str) -> Response:
    """Return one file as it was made, and log the download."""
    if run_id > LARGEST_ID or "\0" in name:
        raise HTTPException(404)
    try:
        found = file_of(visit.installation, run_id, name)
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
