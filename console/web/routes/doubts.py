"""Objections and messages that may be one, to be read and decided by a person."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from channels import KINDS
from console.web.action_log import decider
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import ReadingDoubts, Visit
from desk.cases.objection_doubts import is_no_objection, is_objection, waiting_doubts
from desk.cases.objection_scopes import keep_all, narrow, waiting_objections
from desk.cases.work_terms import READING
from installation.installation import Installation
from store.errors import BadInput
from store.tables import Campaign

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


@router.post("/objections/{number:int}/scope")
def record_scope(visit: ReadingDoubts, form: Posted, number: int) -> Response:
    """Record how far an objection goes, as somebody asked, with what was answered."""
    scope, why = form.get("scope", ""), form.get("why", "")[:LONGEST]
    channels = [kind for kind in KINDS if form.get(f"scope.{kind}")]
    subjects = [
        subject for subject in _subjects(visit.installation) if form.get(f"subject.{subject}")
    ]
    named = scope == "all" or (scope == "some" and (channels or subjects))
    if number > LARGEST_ID or not named or not why.strip():
        return _page(visit, status=422, trouble="objections.say")
    store, now, ref = visit.installation.store, visit.installation.now(), f"#{number}"
    try:
        if scope == "all":
            keep_all(store, ref, by=decider(visit), why=why, now=now)
        else:
            by = decider(visit)
            narrow(store, ref, channels=channels, subjects=subjects, by=by, why=why, now=now)
    except BadInput:
        return _page(visit, status=409, trouble="objections.gone")
    visit.notify("objections.did")
    return RedirectResponse("/doubts#objections", 303)


def _subjects(installation: Installation) -> list[str]:
    """Return the subjects of campaigns, by name."""
    with installation.store.reading() as connection:
        named = select(Campaign.subject).where(Campaign.subject.is_not(None)).distinct()
        return sorted(str(subject) for subject in connection.execute(named).scalars())


def _page(visit: Visit, *, status: int = 200, trouble: str = "") -> Response:
    now = visit.installation.now()
    waiting = waiting_doubts(visit.installation.store)
    objections = waiting_objections(visit.installation.store)
    closed = visit.installation.policy.hours.closed_days
    late, late_objections = (
        {each.id for each in messages if READING.late_from(each.received_at, closed) <= now}
        for messages in (waiting, objections)
    )
    return page(
        visit,
        "doubts.html",
        status=status,
        waiting=waiting,
        late=late,
        readings=_READINGS,
        objections=objections,
        late_objections=late_objections,
        channels=tuple(KINDS),
        subjects=_subjects(visit.installation),
        trouble=trouble,
    )
