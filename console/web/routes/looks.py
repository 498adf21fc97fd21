"""The page of the privacy officer with every look at a person."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Response

from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import SeeingLooks, Visit
from installation.looks import ALARM, MOST, alarms, looks
from store.clock import LOCAL

router = APIRouter()
SHOWN = 200
ALARMS_FOR = timedelta(days=30)
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)  # days that a form may ask for
LONGEST = 100  # characters of a reference or a name


@router.get("/looks")
def show_looks(visit: SeeingLooks) -> Response:
    """Show the latest looks at anybody, and who looked at many people."""
    return _page(visit)


@router.post("/looks")
def find_looks(visit: SeeingLooks, form: Posted) -> Response:
    """Show the looks at one person, by one colleague, between two days, or all of these.

    They are posted, to keep references out of addresses and logs.
    """
    ref, name = form.get("ref", "").strip()[:LONGEST], form.get("name", "").strip()[:LONGEST]
    return _page(visit, ref, name, _day(form, "since"), _day(form, "until"))


def _day(form: Mapping[str, str], field: str) -> date | None:
    """Return a day of the form, or None where there is none or it is no day."""
    try:
        day = date.fromisoformat(form.get(field, "").strip())
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _page(
    visit: Visit,
    ref: str = "",
    name: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Response:
    store, now = visit.installation.store, visit.installation.now()
    found = looks(
        store,
        ref=ref or None,
        name=name or None,
        since=_start(since) if since else None,
        until=_start(until + timedelta(days=1)) if until else None,
        most=SHOWN + 1,
    )
    return page(
        visit,
        "looks.html",
        found=found[:SHOWN],
        more=len(found) > SHOWN,
        alarms=alarms(store, since=now - ALARMS_FOR),
        limits={"alarm": ALARM, "most": MOST},
        ref=ref,
        who=name,
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
    )
