"""The page of the softphone, its access token and the provider's script."""

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse, JSONResponse

from channels.voice.browser_names import client_name
from console.web.browser_phone import PLACE, Phone
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import TakingCalls, Visit

router = APIRouter()


@router.get(PLACE)
def show_phone(visit: TakingCalls) -> Response:
    """Show the softphone in a window of its own."""
    _phone(visit)
    return page(visit, "desk_phone.html")


@router.post(f"{PLACE}/token")
def make_pass(visit: TakingCalls, form: Posted) -> Response:
    """Return an access token under which this agent's browser can be called."""
    del form
    phone, client = _phone(visit), client_name(visit.name)
    return JSONResponse(
        {
            "pass": phone.passes.make(client, now=visit.installation.now()),
            "client": client,
            "edges": phone.edges,
            "gateway": phone.gateway,
        }
    )


@router.get(f"{PLACE}/twilio.min.js")
def provider_script(visit: TakingCalls) -> Response:
    """Return the provider's script, which was downloaded at set-up."""
    return FileResponse(_phone(visit).script, media_type="text/javascript")


def _phone(visit: Visit) -> Phone:
    phone: Phone | None = visit.request.app.state.phone
    if phone is None:
        raise HTTPException(404)
    return phone
