"""The list of imports, and the findings of one of them."""

from fastapi import APIRouter, HTTPException, Response

from console.web import action_log
from console.web.reading.imports import (
    SHOWN,
    findings_of,
    import_of,
    imports,
    page_number,
    pages,
)
from console.web.rendering import page
from console.web.security import LARGEST_ID
from console.web.sessions import SeeingImports
from store.audit_log import About, Kind

router = APIRouter()


@router.get("/imports")
def list_imports(visit: SeeingImports) -> Response:
    """Show which files came in, and what was found in them."""
    number = page_number(visit.request.query_params.get("page"))
    lines, last = imports(visit.installation, number)
    return page(visit, "imports.html", imports=lines, number_of_page=number, last=last)


@router.get("/imports/{import_id:int}")
def show_import(visit: SeeingImports, import_id: int) -> Response:
    """Show the findings of one import by kind, and log the look, for they name people."""
    found = import_of(visit.installation, import_id) if import_id <= LARGEST_ID else None
    if found is None:
        raise HTTPException(404)
    asked = visit.request.query_params
    kind = asked.get("kind", "")
    if kind and kind not in found.findings:
        raise HTTPException(404)
    number = page_number(asked.get("page"))
    lines = findings_of(visit.installation, found, kind, number)
    if lines:
        action_log.record(
            visit, action_log.SAW_FINDINGS, About(Kind.IMPORT, import_id), kind=kind, page=number
        )
    count = found.findings.get(kind, 0) if kind else found.found
    return page(
        visit,
        "import.html",
        found=found,
        lines=lines,
        kind=kind,
        number_of_page=number,
        last=pages(count),
        shown=SHOWN,
    )
