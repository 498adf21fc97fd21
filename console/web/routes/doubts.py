"""Messages that may be objections, to be read and decided by a person."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.web.action_log import decider
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import ReadingDoubts, Visit
from desk.cases.objection_doubts import is_no_objection, is_objection, waiting_doubts
from desk.cases.overdue import READ_WITHIN
from store.errors import BadInput

router = APIRouter()
LONGEST = 500  # characters of what a message says
_READINGS = ("objection", "none", "call_back")


@router.get("/doubts")
def show_doubts(visit: ReadingDoubts) -> Response:
    """Show the messages that wait to be read, the oldest first."""
    return _page(visit)


@router.post("/doubts/{number:int}/read")
def read_doubt(visit: ReadingDoubts, form: Posted, number: int) -> Response:
    """Record what a message is, with what it says in the reader's words."""
    what, why = form.get("what", ""), form.get("why", "")[:LONGEST]
    if number > LARGEST_ID or what not in _READINGS or not why:
        return _page(visit, status=422, trouble="doubts.say")
    store, now, ref = visit.installation.store, visit.installation.now(), f"#{number}"
    try:
        if what == "objection":
            is_objection(store, ref, by=decider(visit), why=why, now=now)
        else:
            back = what == "call_back"
            is_no_objection(store, ref, by=decider(visit), why=why, call_back=back, now=now)
    except BadInput as error:
        no_line = error.field == "call-back"
        return _page(visit, status=409, trouble="doubts.no_line" if no_line else "doubts.gone")
    visit.notify(f"doubts.did.{what}")
    return RedirectResponse("/doubts", 303)


def _page(visit: Visit, *, status: int = 200, trouble: str = "") -> Response:
    now = visit.installation.now()
    waiting = waiting_doubts(visit.installation.store)
    late = {each.id for each in waiting if each.received_at + READ_WITHIN < now}
    return page(
        visit,
        "doubts.html",
        status=status,
        waiting=waiting,
        late=late,
        readings=_READINGS,
        trouble=trouble,
    )
