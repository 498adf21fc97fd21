"""Explain every decision about one person.

The reference is posted, to keep it out of addresses and logs.
"""

from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from console.web import action_log
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import AskingWhy
from console.web.words import language_of
from outcomes.explanations import why
from outcomes.spoken_person import spoken_person
from store.audit_log import person
from store.errors import BadInput

router = APIRouter()
LONGEST_REF = 100


@router.get("/why")
def ask(visit: AskingWhy) -> Response:
    """Show the form."""
    return page(visit, "why.html", found=None, ref="", trouble="")


@router.post("/why")
def explain(visit: AskingWhy, form: Posted) -> Response:
    """Show every decision about one person, and log the look-up.

    On `Accept: application/json` the answer is the document of `kaartje why --json`.
    """
    wants_data = "application/json" in visit.request.headers.get("accept", "")
    ref = form.get("ref", "").strip()[:LONGEST_REF]
    try:
        found = why(visit.installation, ref)
    except BadInput:
        if wants_data:
            return JSONResponse(
                {"title": "there is no person with that reference", "status": 404}, 404
            )
        return page(visit, "why.html", status=404, found=None, ref=ref, trouble="why.unknown")
    action_log.record(visit, action_log.LOOKED_UP, person(ref))
    if wants_data:
        return JSONResponse(jsonable_encoder(found.as_data()))
    said = spoken_person(found, language_of(visit.request.session.get("language")))
    return page(visit, "why.html", found=found, said=said, ref=ref, trouble="")
