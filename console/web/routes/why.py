"""Explain every decision about one person.

The reference is posted, to keep it out of addresses and logs. An agent sees the people of their own conversations,
cases and tasks. Others give a reason.
"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from console.web.action_log import decider
from console.web.reading.own_work import own_work
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import AskingWhy, Visit
from console.web.words import language_of, say
from installation.looks import LONGEST, TooManyLooks, look_at_work, look_for_reason, refuse_look
from outcomes.explanations import is_known, why
from outcomes.spoken_person import spoken_person
from store.errors import BadInput
from store.states import Role

router = APIRouter()
LONGEST_REF = 100
_STATUSES = {"why.unknown": 404, "why.say_why": 422, "why.only_own": 403, "why.too_many": 429}


@router.get("/why")
def ask(visit: AskingWhy) -> Response:
    """Show the form."""
    return _page(visit)


@router.post("/why")
def explain(visit: AskingWhy, form: Posted) -> Response:
    """Show every decision about one person, and log the look-up before anything is shown.

    On `Accept: application/json` the answer is the document of `kaartje why --json`.
    """
    wants_data = "application/json" in visit.request.headers.get("accept", "")
    ref, reason = form.get("ref", "").strip()[:LONGEST_REF], form.get("reason", "")[:LONGEST]
    if trouble := _trouble(visit, ref, reason):
        if wants_data:
            return _problem(trouble)
        return _page(visit, status=_STATUSES[trouble], ref=ref, reason=reason, trouble=trouble)
    found = why(visit.installation, ref)
    if wants_data:
        return JSONResponse(jsonable_encoder(found.as_data()))
    said = spoken_person(found, language_of(visit.request.session.get("language")))
    return _page(visit, found=found, said=said, ref=ref)


def _trouble(visit: Visit, ref: str, reason: str) -> str:
    """Write the look down, and return the key of what stands in its way, if anything does."""
    store, by, now = visit.installation.store, decider(visit), visit.installation.now()
    known = is_known(visit.installation, ref)
    if work := own_work(visit, ref):
        look_at_work(store, by, ref, work=work, now=now)
        return ""
    if visit.role is Role.AGENT:  # whether anybody has this reference is not said either
        refuse_look(store, by, ref, known=known, now=now)
        return "why.only_own"
    try:
        look_for_reason(store, by, ref, reason=reason, known=known, now=now)
    except TooManyLooks:
        return "why.too_many"
    except BadInput:
        return "why.say_why"
    return "" if known else "why.unknown"


def _problem(trouble: str) -> Response:
    """Return what stands in the way as a problem for a program."""
    status = _STATUSES[trouble]
    return JSONResponse({"title": say("en", trouble), "status": status}, status)


def _page(visit: Visit, *, status: int = 200, **values: Any) -> Response:
    empty = {"found": None, "said": None, "ref": "", "reason": "", "trouble": ""}
    of_own = visit.role is Role.AGENT
    return page(visit, "why.html", status=status, **(empty | values), of_own=of_own)
