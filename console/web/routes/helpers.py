"""Record or revoke what an agent saw of a helper's authorisation."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.web import action_log
from console.web.routes.calls import about_call, call_page, not_yours, own_call, read_day
from console.web.security import Posted
from console.web.sessions import TakingCalls, Visit
from desk.cases.authorisations import NewAuthorisation, authorise, in_call, revoke
from desk.line.code_guesses import AGENT, may_try, note_wrong
from store.errors import BadInput

router = APIRouter()
SAW, TOOK_BACK = "saw_authorisation", "revoked_authorisation"


@router.post("/queue/{call_id:int}/authorisation")
def record(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Record an authorisation. From then on the call is about that person."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    store, now = visit.installation.store, visit.installation.now()
    if not may_try(store, visit.name, AGENT, now=now):
        return call_page(visit, call, status=422, trouble="cards.too_many", form=form)
    try:
        made = authorise(store, call_id, form.get("about", ""), _read(form), by=visit.name, now=now)
    except BadInput as error:
        if error.field == "about":
            note_wrong(store, visit.name, now=now)
        return call_page(visit, call, status=422, trouble="helper.not_taken", form=form)
    action_log.record(visit, SAW, about_call(call), authorisation=made)
    return _again(visit, call_id, "helper.recorded")


def _read(form: Mapping[str, str]) -> NewAuthorisation:
    until = read_day(form.get("valid_until", ""))
    if until is None:
        raise BadInput("is not a date", "choose one", field="valid_until")
    return NewAuthorisation(
        form.get("helper", ""), form.get("organisation", ""), form.get("seen", ""), until
    )


@router.post("/queue/{call_id:int}/authorisation/revoke")
def take_back(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Revoke the authorisations of this call, which is then about no known person."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    why = form.get("why", "")
    for each in in_call(visit.installation.store, call_id):
        if why and each.revoked_at is None:
            revoke(
                visit.installation.store,
                each.id,
                by=visit.name,
                why=why[:200],
                now=visit.installation.now(),
            )
            action_log.record(visit, TOOK_BACK, about_call(call), authorisation=each.id)
    return _again(visit, call_id, "helper.revoked" if why else "helper.say_why")


def _again(visit: Visit, call_id: int, notice: str) -> Response:
    visit.notify(notice)
    return RedirectResponse(f"/queue/{call_id}", 303)
