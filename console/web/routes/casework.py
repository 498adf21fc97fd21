"""Case pages, opened by the owner or with a reason, given to a colleague and closed."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from console.web import action_log
from console.web.action_log import decider
from console.web.reading.cases import CaseLine, case_line, is_asked, whole_case
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import FollowingUp, Visit
from desk.cases import cases
from desk.cases.signals import DECISIONS, WAITS_FOR
from desk.entries.agents import agents
from installation.looks import OPENED_CASE, TooManyLooks, note_counted
from store.audit_log import About, Kind
from store.clock import local_date
from store.errors import BadInput

router = APIRouter()
OPEN_FOR = timedelta(hours=1)
"""How long a case stays open to a colleague who gave a reason."""
LONGEST = 500  # characters of a reason


@router.get("/cases/{case_id:int}")
def show_case(visit: FollowingUp, case_id: int) -> Response:
    """Show a case to its owner and to colleagues with a handover in it. Others give a reason first."""
    return _page(visit, _existing(visit, case_id))


@router.post("/cases/{case_id:int}/open")
def open_case(visit: FollowingUp, form: Posted, case_id: int) -> Response:
    """Open a colleague's case with a reason, which is logged."""
    line = _existing(visit, case_id)
    why = form.get("why", "")[:LONGEST]
    try:
        note_counted(
            visit.installation.store,
            decider(visit),
            OPENED_CASE,
            _about(line),
            reason=why,
            now=visit.installation.now(),
        )
    except TooManyLooks:
        return _page(visit, line, status=429, trouble="why.too_many")
    except BadInput:
        return _page(visit, line, status=422, trouble="case.say_why")
    return RedirectResponse(f"/cases/{line.id}", 303)


@router.post("/cases/{case_id:int}/give")
def give_case(visit: FollowingUp, form: Posted, case_id: int) -> Response:
    """Give a case to another agent."""
    line = _opened(visit, case_id)
    to_whom = form.get("owner", "")
    if to_whom not in _colleagues(visit):
        return _page(visit, line, status=422, trouble="case.say_whom")
    cases.give(
        visit.installation.store, line.id, to_whom, by=decider(visit), now=visit.installation.now()
    )
    action_log.record(visit, action_log.GAVE_CASE, _about(line), to=to_whom)
    visit.notify("case.given")
    return RedirectResponse("/follow-ups", 303)


@router.post("/cases/{case_id:int}/close")
def close_case(visit: FollowingUp, form: Posted, case_id: int) -> Response:
    """Close a case with nothing open in it."""
    line = _opened(visit, case_id)
    why = form.get("why", "")[:LONGEST]
    try:
        cases.close(
            visit.installation.store, line.id, by=visit.name, why=why, now=visit.installation.now()
        )
    except BadInput:
        return _page(visit, line, status=422, trouble="case.still_open" if why else "case.say_why")
    visit.notify("case.closed")
    return RedirectResponse(f"/cases/{line.id}", 303)


def _existing(visit: Visit, case_id: int) -> CaseLine:
    line = case_line(visit.installation, case_id) if case_id <= LARGEST_ID else None
    if line is None:
        raise HTTPException(404)
    return line


def _opened(visit: Visit, case_id: int) -> CaseLine:
    line = _existing(visit, case_id)
    if not _may_open(visit, line):
        raise HTTPException(403)
    return line


def _may_open(visit: Visit, line: CaseLine) -> bool:
    if line.owner == visit.name or is_asked(visit.installation, line.id, visit.name):
        return True
    since = visit.installation.now() - OPEN_FOR
    return action_log.count(visit, OPENED_CASE, _about(line), since=since) > 0


def _page(visit: Visit, line: CaseLine, *, status: int = 200, trouble: str = "") -> Response:
    """Show a case if this colleague may open it, and log that they did."""
    case = whole_case(visit.installation, line) if _may_open(visit, line) else None
    if case:
        action_log.record(visit, action_log.SAW_CASE, _about(line))
    return page(
        visit,
        "case.html",
        status=status,
        line=line,
        case=case,
        colleagues=_colleagues(visit),
        decisions=DECISIONS,
        waits_for=WAITS_FOR,
        everybody=False,
        trouble=trouble,
    )


def _colleagues(visit: Visit) -> list[str]:
    return [
        each.name
        for each in agents(visit.installation.store, today=local_date(visit.installation.now()))
    ]


def _about(line: CaseLine) -> About:
    return About(Kind.CASE, line.id)
