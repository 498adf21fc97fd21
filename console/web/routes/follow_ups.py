"""Pages of open follow-ups, and their ends."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from console.web.action_log import decider
from console.web.reading.follow_ups import follow_ups_page
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import FollowingUp, TakingCalls, Visit
from desk.cases import handovers, referrals, signals
from desk.entries.care_policy import agreements
from desk.queue import appointments
from desk.queue.calendar_files import calendar_file
from store.errors import BadInput
from store.states import AppointmentState

router = APIRouter()
LONGEST = 2_000  # characters of what was done

_End = Callable[[Visit, int, Mapping[str, str]], object]


def _note(form: Mapping[str, str]) -> str:
    return form.get("said", "")[:LONGEST]


def _done(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    handovers.done(
        visit.installation.store,
        number,
        by=visit.name,
        outcome=_note(form),
        now=visit.installation.now(),
    )


def _received(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    referrals.receive(
        visit.installation.store,
        number,
        _note(form),
        by=decider(visit),
        now=visit.installation.now(),
    )


def _ended(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    referrals.end(
        visit.installation.store,
        number,
        _note(form),
        by=decider(visit),
        now=visit.installation.now(),
    )


def _kept(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    del form
    appointments.end(
        visit.installation.store,
        number,
        AppointmentState.KEPT,
        by=decider(visit),
        now=visit.installation.now(),
    )


def _missed(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    del form
    appointments.end(
        visit.installation.store,
        number,
        AppointmentState.MISSED,
        by=decider(visit),
        now=visit.installation.now(),
    )


def _cancelled(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    del form
    appointments.end(
        visit.installation.store,
        number,
        AppointmentState.CANCELLED,
        by=decider(visit),
        now=visit.installation.now(),
    )


def _waits(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    event = form.get("what", "")
    signals.wait_for(
        visit.installation.store, number, event, by=decider(visit), now=visit.installation.now()
    )


def _decided(visit: Visit, number: int, form: Mapping[str, str]) -> None:
    decision = form.get("decision", "")
    signals.decide(
        visit.installation.store,
        number,
        decision,
        why=_note(form),
        by=visit.name,
        now=visit.installation.now(),
    )


ENDS: dict[tuple[str, str], _End] = {
    ("handover", "done"): _done,
    ("referral", "received"): _received,
    ("referral", "ended"): _ended,
    ("appointment", "kept"): _kept,
    ("appointment", "missed"): _missed,
    ("appointment", "cancelled"): _cancelled,
    ("signal", "waits"): _waits,
    ("signal", "decided"): _decided,
}


@router.get("/follow-ups")
def show_follow_ups(visit: FollowingUp) -> Response:
    """Show open follow-ups of this colleague or of everybody, overdue first."""
    return _page(visit, everybody=visit.request.query_params.get("show") == "all")


@router.post("/follow-ups/{kind}/{number:int}/{how}")
def end_follow_up(visit: FollowingUp, form: Posted, kind: str, number: int, how: str) -> Response:
    """End a follow-up, or record its progress."""
    act = ENDS.get((kind, how))
    if act is None or number > LARGEST_ID:
        raise HTTPException(404)
    everybody = form.get("show") == "all"
    try:
        act(visit, number, form)
    except BadInput:
        return _page(visit, everybody=everybody, status=422, trouble=f"follow.trouble.{how}")
    visit.notify(f"follow.did.{how}")
    back = form.get("back", "")
    if back.isdecimal():
        return RedirectResponse(f"/cases/{back}", 303)
    return RedirectResponse("/follow-ups?show=all" if everybody else "/follow-ups", 303)


def _page(visit: Visit, *, everybody: bool, status: int = 200, trouble: str = "") -> Response:
    asked = visit.request.query_params
    kind, whose = asked.get("kind", ""), asked.get("whose", "")
    if whose not in agreements().teams:
        whose = ""
    number = int(asked["page"]) if asked.get("page", "").isdecimal() else 1
    found = follow_ups_page(
        visit.installation,
        owner=whose or (None if everybody else visit.name),
        kind=kind,
        number=min(number, LARGEST_ID),
    )
    decided = signals.unseen_changes(
        visit.installation.store, visit.name, now=visit.installation.now()
    )
    return page(
        visit,
        "follow_ups.html",
        status=status,
        everybody=everybody,
        found=found.shown,
        follow_ups=found,
        kind=kind,
        whose=whose,
        teams={name: said[visit.language] for name, said in agreements().teams.items()},
        decided_signals=decided,
        decisions=signals.DECISIONS,
        waits_for=signals.WAITS_FOR,
        trouble=trouble,
        case=None,
    )


@router.get("/appointments/{number:int}/calendar.ics")
def calendar(visit: TakingCalls, number: int) -> Response:
    """Return an appointment as an iCalendar file without its subject or person."""
    domain = (
        visit.installation.settings.public_url.removeprefix("https://").split("/")[0]
        or "kaartje.invalid"
    )
    text = calendar_file(
        visit.installation.store,
        min(number, LARGEST_ID),
        domain=domain,
        language=visit.language,
        now=visit.installation.now(),
    )
    if text is None:
        raise HTTPException(404)
    headers = {"content-disposition": f'attachment; filename="appointment-{number}.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)
