"""Why: every decision about one person, and its reason."""

from fastapi import APIRouter, Response

from console.web import acting
from console.web.guarding import Posted
from console.web.rendering import page
from console.web.visiting import AskingWhy
from outcomes.explaining import why
from store.errors import BadInput

router = APIRouter()
LONGEST_REF = 200


@router.get("/why")
def ask_for_reference(visit: AskingWhy) -> Response:
    """Show the form. The reference is posted, so that it stands in no address and no log."""
    return page(visit, "why.html", found=None, unknown=False)


@router.post("/why")
def explain(visit: AskingWhy, form: Posted) -> Response:
    """Explain every decision about one person; each look-up is written down, and so is one that found nobody."""
    ref = form.get("ref", "")[:LONGEST_REF]
    try:
        found = why(visit.house, ref, now=visit.house.now())
    except BadInput:
        # what was typed is nobody's reference: it may be a citizen's number, so it is kept nowhere
        acting.record(visit, acting.LOOKED_UP, "person:?")
        return page(visit, "why.html", status=404, found=None, unknown=True)
    acting.record(visit, acting.LOOKED_UP, f"person:{found.person.person_ref}")
    return page(visit, "why.html", found=found, unknown=False)
