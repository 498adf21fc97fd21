"""The page of the privacy officer with every look at a person."""

from datetime import timedelta

from fastapi import APIRouter, Response

from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import SeeingLooks, Visit
from installation.looks import ALARM, MOST, alarms, looks

router = APIRouter()
SHOWN = 200
ALARMS_FOR = timedelta(days=30)
LONGEST = 100  # characters of a reference or a name


@router.get("/looks")
def show_looks(visit: SeeingLooks) -> Response:
    """Show the latest looks at anybody, and who looked at many people."""
    return _page(visit)


@router.post("/looks")
def find_looks(visit: SeeingLooks, form: Posted) -> Response:
    """Show the looks at one person, by one colleague, or both.

    They are posted, to keep references out of addresses and logs.
    """
    return _page(visit, form.get("ref", "").strip()[:LONGEST], form.get("name", "")[:LONGEST])


def _page(visit: Visit, ref: str = "", name: str = "") -> Response:
    store, now = visit.installation.store, visit.installation.now()
    found = looks(store, ref=ref or None, name=name or None, most=SHOWN + 1)
    return page(
        visit,
        "looks.html",
        found=found[:SHOWN],
        more=len(found) > SHOWN,
        alarms=alarms(store, since=now - ALARMS_FOR),
        limits={"alarm": ALARM, "most": MOST},
        ref=ref,
        who=name,
    )
