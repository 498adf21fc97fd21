"""Call pages of the phone line, from taking a call to checking who it is."""

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.looking_back.card_pictures import card_as_sent
from channels import KINDS
from console.web import action_log
from console.web.reading.agreement_results import ended_of
from console.web.reading.calls import CallLine, call_of, is_connected, subject_of_campaign
from console.web.reading.cards import card_of_touch
from console.web.reading.follow_ups import of_person
from console.web.reading.identity import can_compare, is_same, known, sent_to
from console.web.rendering import page
from console.web.routes import draft_saving
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import TakingCalls, Visit
from desk.cases import handovers, referrals, signals
from desk.cases.authorisations import in_call, may_discuss
from desk.entries import call_drafts
from desk.entries.call_guides import guide_for
from desk.entries.care_policy import agreements
from desk.entries.colleagues import colleagues
from desk.entries.dispositions import possible
from desk.entries.outbound_calls import why_not_any_more
from desk.entries.person_returns import returns_of
from desk.entries.queue_entries import QUIET
from desk.line import click_to_call, connecting
from desk.queue import appointment_slots, queues, taking
from desk.queue.in_hand import HAND
from desk.queue.wrap_up import KINDS_OF_HELP, LONGEST_NOTE
from store.audit_log import About, Kind
from store.clock import local_date
from store.errors import BadInput
from store.states import CallKind, CallState

router = APIRouter()
SLOTS_SHOWN = 60
_CHOICES = {
    "kinds": KINDS_OF_HELP,
    "note": LONGEST_NOTE,
    "needed": handovers.LONGEST_NEEDED,
    "about": handovers.LONGEST_ABOUT,
    "heads": len(
        handovers.Instruction(
            to_whom="-", situation="-", asked="-", promised="-", needed="-", deadline=date.max
        ).about()
    )
    - len("---"),
    "to_whom": referrals.TO_WHOM,
    "shareable": referrals.SHAREABLE,
    "affected": signals.AFFECTED,
    "channels": tuple(KINDS),
}
"""Choices and length limits of the form, as the desk defines them."""
TRIES = 3
"""How often an agent may compare in one call. After that we call back on the number we have."""


@router.post("/queue/next")
def take_next(visit: TakingCalls, form: Posted) -> Response:
    """Take the next call of the queue for this agent."""
    del form
    try:
        result = connecting.take_next(visit.installation, visit.name, now=visit.installation.now())
    except BadInput as error:
        visit.notify(_refused(error, "line.out_of_reach"))
        return RedirectResponse("/queue", 303)
    if result is None:
        visit.notify("queue.nothing_next")
        return RedirectResponse("/queue", 303)
    return _put_through(visit, result)


@router.post("/queue/{call_id:int}/take")
def take(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Take one call. Of two agents who press at once, the second sees a notice."""
    del form
    _existing(visit, call_id)
    try:
        result = connecting.connect(
            visit.installation, call_id, visit.name, now=visit.installation.now()
        )
    except BadInput as error:
        visit.notify(_refused(error, "queue.just_gone"))
        return RedirectResponse("/queue", 303)
    return _put_through(visit, result)


def _refused(error: BadInput, otherwise: str) -> str:
    """Return the notice that says why an agent does not get a call."""
    said = {connecting.TELEPHONE: "line.out_of_reach", HAND: "queue.hand_full"}
    return said.get(str(error.field), otherwise)


def _put_through(visit: Visit, result: connecting.ConnectResult) -> Response:
    """Show the call with a notice of what the telephone does, or that the caller hung up."""
    match result:
        case connecting.CallerGone():
            visit.notify("line.caller_gone")
            return RedirectResponse("/queue", 303)
        case connecting.Connecting(held=held):
            visit.notify("line.ringing_with_care" if held else "line.ringing")
        case connecting.Uncertain():
            visit.notify("line.ringing_perhaps")
    return RedirectResponse(f"/queue/{result.call.id}", 303)


@router.post("/queue/{call_id:int}/dial")
def dial(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Ring the agent and then the number of this call. Only ever on request."""
    del form
    if own_call(visit, call_id) is None:
        return not_yours(visit)
    try:
        ringing = click_to_call.dial(
            visit.installation, call_id, visit.name, now=visit.installation.now()
        )
    except click_to_call.MustNotDial:
        visit.notify("line.must_not_dial")
    except BadInput as error:
        visit.notify("line.cannot_dial" if error.field != click_to_call.HOURS else "line.not_now")
    else:
        visit.notify("line.ringing_first" if ringing.sure else "line.ringing_perhaps")
    return RedirectResponse(f"/queue/{call_id}", 303)


@router.post("/queue/{call_id:int}/put-back")
def put_back(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Put a call back at its old place in the queue."""
    del form
    _existing(visit, call_id)
    try:
        queues.put_back(visit.installation.store, call_id, visit.name)
        visit.notify("queue.put_back")
    except BadInput:
        visit.notify("queue.not_yours")
    return RedirectResponse("/queue", 303)


@router.get("/queue/{call_id:int}")
def show_call(visit: TakingCalls, call_id: int) -> Response:
    """Show a call to the agent who took it."""
    call = own_call(visit, call_id)
    return call_page(visit, call) if call else not_yours(visit)


@router.get("/queue/{call_id:int}/card-{touch_id:int}.png")
def show_card(visit: TakingCalls, call_id: int, touch_id: int) -> Response:
    """Draw the card of the person this call is about, after the check. Nothing is stored."""
    call = own_call(visit, call_id)
    if call is None or call.person_id is None or not is_sure(visit, call):
        raise HTTPException(404)
    theirs = touch_id in {sent.touch_id for sent in sent_to(visit.installation, call.person_id)}
    picture = card_as_sent(visit.installation, touch_id) if theirs else None
    if picture is None:
        raise HTTPException(404)
    return Response(picture, media_type="image/png")


@router.post("/queue/{call_id:int}/identity")
def check_identity(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Compare what the caller says with the register, and log the comparison."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    if call.person_id is None or times_differed(visit, call) >= TRIES:
        return call_page(visit, call, status=409)
    if not can_compare(visit.installation, call.person_id):
        if not (how := form.get("how", "")):
            return call_page(visit, call, status=400, trouble="call.say_how")
        action_log.record(
            visit, action_log.CHECKED_IDENTITY, about_call(call), how=how[:LONGEST_NOTE]
        )
    elif is_same(
        visit.installation, call.person_id, read_day(form.get("born", "")), form.get("postcode", "")
    ):
        action_log.record(
            visit, action_log.CHECKED_IDENTITY, about_call(call), how="date of birth and postcode"
        )
    else:
        action_log.record(visit, action_log.IDENTITY_DIFFERED, about_call(call))
        return call_page(visit, call, status=422, trouble="call.differs")
    return RedirectResponse(f"/queue/{call_id}", 303)


@router.post("/queue/{call_id:int}/prepare")
def prepare(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Show the person of an appointment to prepare, and log it. There is nobody to ask."""
    del form
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    if call.why is not CallKind.PREPARE or call.person_id is None:
        raise HTTPException(404)
    action_log.record(visit, action_log.OPENED_TO_PREPARE, about_call(call))
    return RedirectResponse(f"/queue/{call_id}", 303)


def _existing(visit: Visit, call_id: int) -> CallLine:
    call = call_of(visit.installation, call_id) if call_id <= LARGEST_ID else None
    if call is None:
        raise HTTPException(404)
    return call


def own_call(visit: Visit, call_id: int) -> CallLine | None:
    """Return a call that this agent has taken, and extend their hold on it."""
    call = _existing(visit, call_id)
    if call.state is not CallState.TAKEN or call.taken_by != visit.name:
        return None
    taking.keep(visit.installation.store, visit.name, now=visit.installation.now(), lasting=QUIET)
    return call


def not_yours(visit: Visit) -> Response:
    """Say that the call is not this agent's."""
    visit.notify("queue.not_yours")
    return RedirectResponse("/queue", 303)


def call_page(
    visit: Visit,
    call: CallLine,
    *,
    status: int = 200,
    trouble: str = "",
    form: Mapping[str, str] | None = None,
) -> Response:
    """Show a call with its guide and draft, and the person once the identity was checked.

    After a refusal, `form` is what was sent. It is shown again and kept.
    """
    sure, installation, now = is_sure(visit, call), visit.installation, visit.installation.now()
    if form:
        draft_saving.keep(visit, call.id, form)
    draft = call_drafts.draft_of(installation.store, call.id, visit.name)
    returns = returns_of(installation.store, call.person_id) if sure and call.person_id else ()
    ended_for = (
        why_not_any_more(installation, call_id=call.id, now=now)
        if call.why is CallKind.OUTBOUND
        else None
    )
    return page(
        visit,
        "call.html",
        status=status,
        call=call,
        ended_for=ended_for,
        dialable=installation.exchange is not None and call.number is not None and not ended_for,
        connected=is_connected(installation, call.id),
        card=card_of_touch(installation, call.touch_id) if call.touch_id else None,
        known=known(installation, call.person_id) if sure and call.person_id else None,
        comparable=call.person_id is not None and can_compare(installation, call.person_id),
        tries_left=TRIES - times_differed(visit, call),
        returns=returns,
        guide=guide_for(
            installation.store,
            call.id,
            agent=visit.name,
            language=visit.language,
            now=now,
            returns=returns,
        ),
        follow_ups=of_person(installation, call.person_id) if sure and call.person_id else [],
        ended=ended_of(installation, call.person_id) if sure and call.person_id else (),
        free=appointment_slots.open_slots(installation.store, now=now)[:SLOTS_SHOWN]
        if sure and call.person_id
        else [],
        dispositions=possible(call.why),
        trouble=trouble,
        draft=draft,
        form=draft.fields if draft else {},
        written={name.partition(".")[0] for name in draft.fields} if draft else set(),
        today=local_date(now).isoformat(),
        today_date=local_date(now),
        subject=subject_of_campaign(installation, call.id),
        choices={**_CHOICES, **_whom(visit)},
    )


def _whom(visit: Visit) -> dict[str, object]:
    """Return the colleagues and teams that a matter can be handed to."""
    with visit.installation.store.reading() as connection:
        here = colleagues(connection, local_date(visit.installation.now()))
    teams = {name: said[visit.language] for name, said in agreements().teams.items()}
    return {"people": here.people, "teams": teams}


def about_call(call: CallLine) -> About:
    """Return the call as the subject of an audit log entry."""
    return About(Kind.CALL, call.id, person_id=call.person_id)


def is_sure(visit: Visit, call: CallLine) -> bool:
    """Say whether the identity was checked in this call, and any helper may speak for them.

    To prepare an appointment there is nobody on the line. Opening it is logged instead.
    """
    proof = (
        action_log.OPENED_TO_PREPARE
        if call.why is CallKind.PREPARE
        else action_log.CHECKED_IDENTITY
    )
    checked = action_log.count(visit, proof, about_call(call), since=_taken_at(call)) > 0
    return checked and may_discuss(
        in_call(visit.installation.store, call.id), visit.installation.now()
    )


def times_differed(visit: Visit, call: CallLine) -> int:
    """Return how often the identity check failed in this call."""
    return action_log.count(
        visit, action_log.IDENTITY_DIFFERED, about_call(call), since=_taken_at(call)
    )


def _taken_at(call: CallLine) -> datetime:
    return call.taken_at or call.received_at


def read_day(text: str) -> date | None:
    """Read a date of a form, or return None if it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
