"""Calls by somebody else than the person, such as a relative or a housemate."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.web import action_log
from console.web.routes.calls import about_call, call_page, not_yours, own_call, read_day
from console.web.security import Posted
from console.web.sessions import TakingCalls
from desk.cases.bereavement import Deceased, report_death
from desk.entries.identity import is_somebody_else
from store.errors import BadInput

router = APIRouter()


@router.post("/queue/{call_id:int}/bereaved")
def bereaved(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Suppress contact with a deceased person, without a code and without revealing who was found."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    who, named = (
        None,
        form.get("family_name", "") or form.get("born", "") or form.get("postcode", ""),
    )
    if named:
        born = read_day(form.get("born", ""))
        if born is None:
            return call_page(visit, call, status=422, trouble="call.bereaved_who")
        who = Deceased(form.get("family_name", ""), born, form.get("postcode", ""))
    try:
        report_death(
            visit.installation.store, call_id, who, by=visit.name, now=visit.installation.now()
        )
    except BadInput:
        return call_page(visit, call, status=422, trouble="call.bereaved_who")
    action_log.record(visit, action_log.DEATH_REPORTED, about_call(call))
    visit.notify("call.bereaved_done")
    return RedirectResponse(f"/queue/{call_id}", 303)


@router.post("/queue/{call_id:int}/somebody-else")
def somebody_else(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Note that the caller is not the person of the card. The call continues with general help."""
    del form
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    is_somebody_else(visit.installation.store, call_id, by=visit.name)
    action_log.record(visit, action_log.SOMEBODY_ELSE, about_call(call))
    visit.notify("call.somebody_else_done")
    return RedirectResponse(f"/queue/{call_id}", 303)
