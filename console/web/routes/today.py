"""Today, the first page of every role, and the button that stops everything."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.password_again import Trouble, trouble_with
from console.web.reading.today import today_of
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import SeeingToday, StoppingEverything, Visit
from installation.stop_everything import LONGEST, Lifting, lift, present_stop, stop_everything
from store.errors import BadInput
from store.plain_errors import in_plain_words

router = APIRouter()


@router.get("/today")
def show_today(visit: SeeingToday) -> Response:
    """Show what is late, what waits for whom and what goes out."""
    return page(visit, "today.html", today=today_of(visit))


@router.get("/stop-everything")
def ask_to_stop(visit: StoppingEverything) -> Response:
    """Show what stopping everything does, or what it takes to lift it."""
    return _page(visit, {})


@router.post("/stop-everything")
def stop_all(visit: StoppingEverything, form: Posted) -> Response:
    """Hold the whole installation at once."""
    if trouble := trouble_with(visit, form):
        return _page(visit, form, trouble=trouble)
    installation = visit.installation
    try:
        stop_everything(
            installation.store,
            by=decider(visit),
            now=installation.now(),
            reason=form.get("reason", ""),
        )
    except BadInput as error:
        return _page(visit, form, refused=error)
    visit.notify("stopped.done")
    return RedirectResponse("/today", 303)


@router.post("/stop-everything/lift")
def lift_stop(visit: StoppingEverything, form: Posted) -> Response:
    """Lift the stop as the second of two, or ask for it as the first."""
    if trouble := trouble_with(visit, form):
        return _page(visit, form, trouble=trouble)
    installation = visit.installation
    try:
        done = lift(installation.store, by=decider(visit), now=installation.now())
    except BadInput as error:
        return _page(visit, form, refused=error)
    visit.notify("stopped.lifted" if done is Lifting.LIFTED else "stopped.asked")
    return RedirectResponse("/today", 303)


def _page(
    visit: Visit,
    form: Mapping[str, str],
    *,
    trouble: Trouble | None = None,
    refused: BadInput | None = None,
) -> Response:
    installation = visit.installation
    stop = present_stop(installation.store, now=installation.now())
    return page(
        visit,
        "stop_everything.html",
        status=400 if trouble or refused else 200,
        stop=stop,
        own=stop is not None and decider(visit).is_same(stop.asked_by or ""),
        form=form,
        longest=LONGEST,
        trouble=trouble,
        refused=in_plain_words(refused, translation_to(visit.language)) if refused else "",
    )
