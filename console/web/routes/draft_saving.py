"""Save what an agent types in a call, every few seconds and on leaving the page."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, RedirectResponse

from console.web.security import LARGEST_ID, TOKEN, Posted
from console.web.sessions import TakingCalls, Visit
from console.web.words import say
from desk.entries import call_drafts
from store.clock import LOCAL
from store.errors import BadInput

router = APIRouter()


@router.post("/queue/{call_id:int}/draft")
def keep_draft(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Save the fields of a call's page. It is no sign of life, as a closing page sends it last."""
    wants_data = "application/json" in visit.request.headers.get("accept", "")
    if call_id > LARGEST_ID or not keep(visit, call_id, form):
        if wants_data:
            return JSONResponse({"said": say(visit.language, "draft.lost")}, 409)
        visit.notify("queue.not_yours")
        return RedirectResponse("/queue", 303)
    if wants_data:
        time = f"{visit.installation.now().astimezone(LOCAL):%H:%M}"
        return JSONResponse({"said": say(visit.language, "draft.saved", time=time)})
    return RedirectResponse(f"/queue/{call_id}", 303)


def keep(visit: Visit, call_id: int, form: Mapping[str, str], *, without: str = "") -> bool:
    """Save a form as this agent's draft, and say whether it was saved.

    Fields whose names begin with `without` are left out.
    """
    fields = {name: text for name, text in form.items() if name != TOKEN and text}
    if without:
        fields = {name: text for name, text in fields.items() if not name.startswith(without)}
    try:
        call_drafts.keep(
            visit.installation.store, call_id, visit.name, fields, now=visit.installation.now()
        )
    except BadInput:
        return False
    return True
