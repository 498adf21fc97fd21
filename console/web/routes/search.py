"""Find a person without a code, for a reason, and match a call to a card."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from console.web import action_log
from console.web.direct_calls import begin_talking_with
from console.web.reading.search_results import Found, found, unmatched_call
from console.web.rendering import page
from console.web.routes.calls import about_call, call_page, not_yours, own_call, read_day
from console.web.routes.cards import read_card
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import TakingCalls, Visit
from desk.cases.person_search import by_name, by_number
from desk.entries import call_matching
from desk.line.code_guesses import AGENT, may_try, note_wrong
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.audit_log import NOBODY, About, Kind, person
from store.errors import BadInput

router = APIRouter()
LONGEST = 500  # characters of a reason
HOLDS = timedelta(minutes=15)
"""How long after a search a call with the person found may begin."""


@router.post("/search")
def search(visit: TakingCalls, form: Posted) -> Response:
    """Search a person by name or number, with a reason that is logged."""
    why = form.get("why", "")[:LONGEST]
    if not why:
        return _page(visit, form, status=422, trouble="search.say_why")
    if not may_try(visit.installation.store, visit.name, AGENT, now=visit.installation.now()):
        return _page(visit, form, status=404, trouble="search.too_often")
    how = "number" if form.get("number") else "name"
    try:
        people = _people(visit, form)
    except BadInput as refused:
        return _page(visit, form, status=422, trouble=f"search.{refused.field}")
    results = found(visit.installation, people)
    for who in [person(each.person_ref) for each in results] or [NOBODY]:
        action_log.record(visit, action_log.SEARCHED, who, reason=why, how=how)
    if not results:
        note_wrong(visit.installation.store, visit.name, now=visit.installation.now())
        return _page(visit, form, status=404, trouble="search.nobody")
    return _page(visit, form, results=results)


@router.post("/search/talk")
def talk(visit: TakingCalls, form: Posted) -> Response:
    """Begin a call with a person who was just found, or match a call to them."""
    person = _just_found(visit, form)
    try:
        if form.get("call", "").isdecimal() and int(form["call"]) <= LARGEST_ID:
            call_id = int(form["call"])
            call_matching.match_to_person(
                visit.installation.store, call_id, person.person_id, by=visit.name
            )
            action_log.record(visit, action_log.MATCHED, About(Kind.CALL, call_id), how="search")
        else:
            call_id = begin_talking_with(visit.installation, person.person_id, visit.name)
    except BadInput:
        visit.notify("queue.just_gone")
        return RedirectResponse("/queue", 303)
    return RedirectResponse(f"/queue/{call_id}", 303)


@router.post("/queue/{call_id:int}/match")
def match(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Match a call to a card by its code. Wrong codes count towards the limit."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    card, trouble = read_card(visit, form.get("code", ""))
    if card is None:
        return call_page(visit, call, status=404, trouble=trouble)
    try:
        call_matching.match_to_touch(
            visit.installation.store, call_id, card.touch_id, by=visit.name
        )
    except BadInput:
        return call_page(visit, call, status=409, trouble="search.known_already")
    action_log.record(visit, action_log.FOUND_CARD, About(Kind.TOUCH, card.touch_id))
    action_log.record(visit, action_log.MATCHED, about_call(call), how="code")
    visit.notify("search.matched")
    return RedirectResponse(f"/queue/{call_id}", 303)


def _people(visit: Visit, form: Posted) -> tuple[int, ...]:
    if number := form.get("number", ""):
        try:
            return by_number(visit.installation.store, PhoneNumber.parse(number).e164)
        except NotAPhoneNumber:
            raise BadInput(
                "is not a phone number", "write it as it is dialled", field="no_number"
            ) from None
    born = read_day(form.get("born", ""))
    return by_name(
        visit.installation.store, form.get("family_name", ""), born, form.get("postcode", "")
    )


def _just_found(visit: Visit, form: Posted) -> Found:
    """Return the person of a form, if this agent found them a moment ago."""
    text = form.get("person", "")
    people = (
        found(visit.installation, [int(text)])
        if text.isdecimal() and int(text) <= LARGEST_ID
        else []
    )
    since = visit.installation.now() - HOLDS
    if not people or not action_log.count(
        visit, action_log.SEARCHED, person(people[0].person_ref), since=since
    ):
        raise HTTPException(404)
    return people[0]


def _page(
    visit: Visit,
    form: Posted,
    *,
    status: int = 200,
    results: list[Found] | None = None,
    trouble: str = "",
) -> Response:
    return page(
        visit,
        "cards.html",
        status=status,
        card=None,
        code="",
        trouble=trouble,
        asked=form,
        results=results or [],
        in_hand=unmatched_call(visit.installation, visit.name),
    )
