"""Pieces to ourselves on a page: their addresses, and when they arrived."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.post.seed_arrivals import arrived, mail_times
from campaigns.touches.seed_addresses import add, seeds, stop
from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import Deciding, SeeingPrintRuns, Visit
from people.addresses import PostalAddress
from people.dates import NotADate, parse_day
from store.errors import BadInput
from store.plain_errors import in_plain_words

router = APIRouter()
ADDRESS = ("street", "house_number", "postcode", "town")


@router.get("/seeds")
def list_seeds(visit: SeeingPrintRuns) -> Response:
    """Show the seeds, with how long their pieces were in the mail."""
    return _page(visit)


@router.post("/seeds")
def add_seed(visit: Deciding, form: Posted) -> Response:
    """Add an address that gets a piece of every later run."""
    installation = visit.installation
    try:
        address = PostalAddress.parse(
            **{name: form.get(name, "") for name in ADDRESS},
            country=form.get("country", "") or "NL",
        )
        addressee = form.get("addressee", "")
        add(installation, addressee, address, by=decider(visit), now=installation.now())
    except BadInput as error:
        return _page(visit, "add", error, form)
    visit.notify("seeds.added")
    return RedirectResponse("/seeds", 303)


@router.post("/seeds/{number:int}/stop")
def stop_seed(visit: Deciding, form: Posted, number: int) -> Response:
    """Stop an address for later runs."""
    del form
    installation = visit.installation
    if number > LARGEST_ID or not any(each.id == number for each in seeds(installation)):
        raise HTTPException(404)
    try:
        stop(installation, number, by=decider(visit), now=installation.now())
    except BadInput as error:
        return _page(visit, "stop", error)
    visit.notify("seeds.stopped")
    return RedirectResponse("/seeds", 303)


@router.post("/seeds/arrived")
def note_arrival(visit: Deciding, form: Posted) -> Response:
    """Record that a piece to ourselves lay on the mat."""
    installation = visit.installation
    try:
        on = parse_day(form.get("on", ""), "dd-mm-yyyy")
        if on is None:
            raise NotADate("is empty", "write it as 2023-06-01")
        arrived(
            installation,
            form.get("piece", ""),
            on=on,
            note=form.get("note", ""),
            by=decider(visit),
            now=installation.now(),
        )
    except BadInput as error:
        return _page(visit, "arrived", error, form)
    visit.notify("seeds.arrived")
    return RedirectResponse("/seeds", 303)


def _page(
    visit: Visit,
    where: str = "",
    refused: BadInput | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    installation = visit.installation
    said = in_plain_words(refused, translation_to(visit.language)) if refused else ""
    return page(
        visit,
        "seeds.html",
        status=400 if refused else 200,
        seeds=seeds(installation),
        times=mail_times(installation, now=installation.now()),
        refused=(where, said),
        form=form or {},
    )
