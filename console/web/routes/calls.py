"""The phone line: who waits, taking a call, making sure who it is, and wrapping it up."""

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from console.web import acting
from console.web.guarding import LARGEST_ID, Posted
from console.web.reading.calls import SHOWN, CallLine, call_of, queues
from console.web.reading.cards import card_of_touch
from console.web.reading.identity import can_compare, is_same, known
from console.web.rendering import page
from console.web.visiting import SeeingQueue, TakingCalls, Visit
from desk import connecting, dialling, queue, taking
from desk.calls import QUIET
from desk.confirming import WITH_A_STREET, TextWanted
from desk.dispositions import possible
from desk.guides import guide_for
from store.clock import parse_moment
from store.errors import BadInput
from store.states import CallState

router = APIRouter()
TRIES = 3
"""How often an agent may compare in one call; whoever does not know by then is called back on the number we have."""


class _Cannot(Exception):
    """The call cannot be wrapped up like this; `key` names the words that say why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@router.get("/queue")
def show_queue(visit: SeeingQueue) -> Response:
    """Show who waits, by line."""
    return page(visit, "queue.html", lines=queues(visit.house), shown=SHOWN)


@router.post("/queue/next")
def take_next(visit: TakingCalls, form: Posted) -> Response:
    """Take whatever should come next for this agent."""
    del form
    try:
        came = connecting.take_next(visit.house, visit.name, now=visit.house.now())
    except BadInput:
        visit.tell("line.out_of_reach")
        return RedirectResponse("/queue", 303)
    if came is None:
        visit.tell("queue.nothing_next")
        return RedirectResponse("/queue", 303)
    return _put_through(visit, came)


@router.post("/queue/{call_id:int}/take")
def take(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Take a call; of two agents who press at once, the second is told kindly."""
    del form
    _existing(visit, call_id)
    try:
        came = connecting.connect(visit.house, call_id, visit.name, now=visit.house.now())
    except BadInput as error:
        visit.tell("line.out_of_reach" if error.field == connecting.TELEPHONE else "queue.just_gone")
        return RedirectResponse("/queue", 303)
    return _put_through(visit, came)


def _put_through(visit: Visit, came: connecting.Came) -> Response:
    """Say whether the agent's telephone rings, and show the call; a caller who just hung up is told kindly."""
    match came:
        case connecting.CallerGone():
            visit.tell("line.caller_gone")
            return RedirectResponse("/queue", 303)
        case connecting.Connecting(held=held):
            visit.tell("line.ringing_with_care" if held else "line.ringing")
        case connecting.Uncertain():
            visit.tell("line.ringing_perhaps")
    return RedirectResponse(f"/queue/{came.call.id}", 303)


@router.post("/queue/{call_id:int}/dial")
def dial(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Ring the agent, and when they pick up the number of this call: only when they press, never by itself."""
    del form
    if own_call(visit, call_id) is None:
        return not_yours(visit)
    try:
        ringing = dialling.dial(visit.house, call_id, visit.name, now=visit.house.now())
    except BadInput as error:
        visit.tell("line.cannot_dial" if error.field != dialling.HOURS else "line.not_now")
    else:
        visit.tell("line.ringing_first" if ringing.sure else "line.ringing_perhaps")
    return RedirectResponse(f"/queue/{call_id}", 303)


@router.post("/queue/{call_id:int}/put-back")
def put_back(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Put a call back at its old place in the queue."""
    del form
    _existing(visit, call_id)
    try:
        queue.put_back(visit.house.store, call_id, visit.name)
        visit.tell("queue.put_back")
    except BadInput:
        visit.tell("queue.not_yours")
    return RedirectResponse("/queue", 303)


@router.get("/queue/{call_id:int}")
def show_call(visit: TakingCalls, call_id: int) -> Response:
    """Show a call to the agent who took it."""
    call = own_call(visit, call_id)
    return call_page(visit, call) if call else not_yours(visit)


@router.post("/queue/{call_id:int}/identity")
def check_identity(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Compare what the caller says with what the register knows; every comparison is written down."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    if call.person_id is None or _tries(visit, call) >= TRIES:
        return call_page(visit, call, status=409)
    if not can_compare(visit.house, call.person_id):
        if not (how := form.get("how", "")):
            return call_page(visit, call, status=400, trouble="call.say_how")
        acting.record(visit, acting.CHECKED_IDENTITY, subject_of(call), how=how[: queue.LONGEST_NOTE])
    elif is_same(visit.house, call.person_id, read_day(form.get("born", "")), form.get("postcode", "")):
        acting.record(visit, acting.CHECKED_IDENTITY, subject_of(call), how="date of birth and postcode")
    else:
        acting.record(visit, acting.IDENTITY_DIFFERED, subject_of(call))
        return call_page(visit, call, status=422, trouble="call.differs")
    return RedirectResponse(f"/queue/{call_id}", 303)


@router.post("/queue/{call_id:int}/wrap-up")
def wrap_up(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Close a call: what came of it, a note for a colleague, and an appointment where one was made."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    now = visit.house.now()
    try:
        appointment = _appointment(visit, call, form, now)
        outcome = _disposition(call, form)
        text = _text(form, appointment)
        queue.wrap_up(visit.house.store, call_id, visit.name, outcome, form.get("note", ""), now, appointment, text)
    except _Cannot as cannot:
        return call_page(visit, call, status=422, trouble=cannot.key, form=form)
    except BadInput:
        return call_page(visit, call, status=422, trouble="call.not_taken", form=form)
    visit.tell("call.done")
    return RedirectResponse("/queue", 303)


def _existing(visit: Visit, call_id: int) -> CallLine:
    call = call_of(visit.house, call_id) if call_id <= LARGEST_ID else None
    if call is None:
        raise HTTPException(404)
    return call


def own_call(visit: Visit, call_id: int) -> CallLine | None:
    """Return a call that this agent has in hand. Asking for it is a sign of life: it stays theirs for another while."""
    call = _existing(visit, call_id)
    if call.state is not CallState.TAKEN or call.taken_by != visit.name:
        return None
    taking.keep(visit.house.store, visit.name, now=visit.house.now(), lasting=QUIET)
    return call


def not_yours(visit: Visit) -> Response:
    """Say that a colleague has this call, or nobody."""
    visit.tell("queue.not_yours")
    return RedirectResponse("/queue", 303)


def call_page(
    visit: Visit, call: CallLine, *, status: int = 200, trouble: str = "", form: Mapping[str, str] | None = None
) -> Response:
    """Show a call: who it is only after the identity was checked, the guide always."""
    sure = _is_sure(visit, call)
    return page(
        visit,
        "call.html",
        status=status,
        call=call,
        dialable=visit.house.exchange is not None and call.number is not None,
        card=card_of_touch(visit.house, call.touch_id) if call.touch_id else None,
        known=known(visit.house, call.person_id) if sure and call.person_id else None,
        comparable=call.person_id is not None and can_compare(visit.house, call.person_id),
        tries_left=TRIES - _tries(visit, call),
        guide=guide_for(visit.house.store, call.id, agent=visit.name, language=visit.language, now=visit.house.now()),
        dispositions=possible(call.why),
        kinds=queue.KINDS_OF_HELP,
        longest=queue.LONGEST_NOTE,
        trouble=trouble,
        form=form or {},
    )


def subject_of(call: CallLine) -> str:
    """Return under what is written down what was done in a call."""
    return f"call:{call.id}"


def _is_sure(visit: Visit, call: CallLine) -> bool:
    return acting.count(visit, acting.CHECKED_IDENTITY, subject_of(call), since=_taken_at(call)) > 0


def _tries(visit: Visit, call: CallLine) -> int:
    return acting.count(visit, acting.IDENTITY_DIFFERED, subject_of(call), since=_taken_at(call))


def _taken_at(call: CallLine) -> datetime:
    return call.taken_at or call.received_at


def _disposition(call: CallLine, form: Mapping[str, str]) -> queue.Disposition:
    try:
        outcome = queue.Disposition(form.get("disposition", ""))
    except ValueError:
        raise _Cannot("call.say_what_came") from None
    if outcome is queue.Disposition.OBJECTS and call.person_id is None:
        raise _Cannot("call.nobody_to_hold")
    if len(form.get("note", "")) > queue.LONGEST_NOTE:
        raise _Cannot("call.note_too_long")
    return outcome


def _appointment(visit: Visit, call: CallLine, form: Mapping[str, str], now: datetime) -> queue.NewAppointment | None:
    kind = form.get("kind", "")
    if not kind:
        return None
    if not _is_sure(visit, call):
        raise _Cannot("call.check_first")
    try:
        at = parse_moment(f"{form.get('day', '')}T{form.get('time', '')}")
    except ValueError:
        raise _Cannot("call.say_when") from None
    if at <= now:
        raise _Cannot("call.in_the_past")
    return queue.NewAppointment(kind, at)


def _text(form: Mapping[str, str], appointment: queue.NewAppointment | None) -> TextWanted | None:
    """Return what a text says of where, if the caller wants one."""
    if not form.get("text"):
        return None
    if appointment is None or appointment.kind not in WITH_A_STREET:
        raise _Cannot("call.no_text_about_it")
    try:
        return TextWanted(form.get("street", ""))
    except BadInput:
        raise _Cannot("call.say_where") from None


def read_day(text: str) -> date | None:
    """Read a day of a form; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
