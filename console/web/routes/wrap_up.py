"""The end of a call, with its result, a note and what was agreed."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from channels import KINDS
from console.web import action_log
from console.web.action_log import decider
from console.web.reading.calls import CallLine, subject_of_campaign
from console.web.reading.identity import ref_of
from console.web.routes.agreements import book_slot, part_of, trouble_of
from console.web.routes.calls import (
    about_call,
    call_page,
    is_sure,
    not_yours,
    own_call,
    times_differed,
)
from console.web.security import Posted
from console.web.sessions import TakingCalls, Visit
from desk.cases.call_consequences import Promise, Scope
from desk.entries.appointment_confirmations import WITH_A_STREET, TextWanted
from desk.entries.dispositions import Disposition
from desk.entries.identity import is_somebody_else, stays_about
from desk.queue.wrap_up import LONGEST_NOTE, NewAppointment
from desk.queue.wrap_up import wrap_up as end_entry
from store.clock import parse_agreed_moment
from store.errors import BadInput

router = APIRouter()

_UNSENT = (
    "handover.to_whom",
    "handover.situation",
    "handover.asked",
    "handover.promised",
    "handover.needed",
    "referral.to_whom",
    "signal.what",
    "signal.cause",
)
"""Fields that were filled in and not sent. They would be lost with the call."""
_TROUBLES = {
    "disposition": "call.which_appointment",
    "overlap": "agree.trouble.overlap",
    "at": "agree.trouble.at",
}
Agreed = NewAppointment | Promise | Scope


class _Cannot(Exception):
    """The call cannot be wrapped up with this form. `key` names the words that say why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@router.post("/queue/{call_id:int}/wrap-up")
def wrap_up(visit: TakingCalls, form: Posted, call_id: int) -> Response:
    """Close a call with its result, a note, and an appointment, promise or objection."""
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    now = visit.installation.now()
    try:
        outcome = _disposition(call, form)
        agreed = _agreed(visit, call, outcome, form=form, now=now)
        text = _text(form, agreed)
        form = _with_slot_booked(visit, call, form)
        _forget_whom(visit, call, outcome)
        end_entry(
            visit.installation.store,
            call_id,
            by=decider(visit),
            disposition=outcome,
            note=form.get("note", ""),
            now=now,
            agreed=agreed,
            text=text,
        )
    except _Cannot as cannot:
        return call_page(visit, call, status=422, trouble=cannot.key, form=form)
    except BadInput as refused:
        trouble = trouble_of(refused) if form.get("slot.id") else _trouble_of(refused)
        return call_page(visit, call, status=422, trouble=trouble, form=form)
    visit.notify("call.done")
    return RedirectResponse("/queue", 303)


def _trouble_of(refused: BadInput) -> str:
    """Return the key of the words that say why the desk refused."""
    return _TROUBLES.get(str(refused.field), "call.not_taken")


def _disposition(call: CallLine, form: Mapping[str, str]) -> Disposition:
    try:
        outcome = Disposition(form.get("disposition", ""))
    except ValueError:
        raise _Cannot("call.say_what_came") from None
    if outcome is Disposition.OBJECTS and call.person_id is None:
        raise _Cannot("call.nobody_to_hold")
    if len(form.get("note", "")) > LONGEST_NOTE:
        raise _Cannot("call.note_too_long")
    if any(form.get(name) for name in _UNSENT):
        raise _Cannot("call.unsent")
    return outcome


def _forget_whom(visit: Visit, call: CallLine, outcome: Disposition) -> None:
    """Detach the call from the person of the card after a failed identity check."""
    sure, differed = is_sure(visit, call), times_differed(visit, call)
    if call.person_id is not None and not stays_about(outcome, sure=sure, differed=differed):
        is_somebody_else(visit.installation.store, call.id, by=visit.name)
        action_log.record(visit, action_log.SOMEBODY_ELSE, about_call(call), how="the check failed")


def _with_slot_booked(visit: Visit, call: CallLine, form: Mapping[str, str]) -> Mapping[str, str]:
    """Book the chosen slot if it is not booked yet, and return the rest of the form."""
    if not form.get("slot.id"):
        return form
    ref = (
        ref_of(visit.installation, call.person_id)
        if call.person_id and is_sure(visit, call)
        else None
    )
    if ref is None:
        raise _Cannot("call.check_first")
    book_slot(visit, call, ref, part_of(form, "slot"))
    return {name: text for name, text in form.items() if not name.startswith("slot.")}


def _agreed(
    visit: Visit,
    call: CallLine,
    outcome: Disposition,
    *,
    form: Mapping[str, str],
    now: datetime,
) -> Agreed | None:
    """Return the one thing that was agreed, if any."""
    appointment = _appointment(visit, call, form, now)
    with_it: Agreed | None = None
    if outcome is Disposition.CALL_BACK:
        with_it = _promise(visit, form, now)
    if outcome is Disposition.OBJECTS:
        with_it = _scope(visit, call, form)
    if appointment and with_it:
        raise _Cannot("call.one_thing")
    return appointment or with_it


def _appointment(
    visit: Visit, call: CallLine, form: Mapping[str, str], now: datetime
) -> NewAppointment | None:
    kind = form.get("kind", "")
    if not kind:
        return None
    if not is_sure(visit, call):
        raise _Cannot("call.check_first")
    at = _moment(form.get("day", ""), form.get("time", ""), "call.say_when")
    if at <= now:
        raise _Cannot("call.in_the_past")
    return NewAppointment(kind, at)


def _promise(visit: Visit, form: Mapping[str, str], now: datetime) -> Promise | None:
    """Return the call-back window, or None where any time is good."""
    day = form.get("promise.day", "")
    if not day and not form.get("promise.from") and not form.get("promise.until"):
        return None
    begins = _moment(day, form.get("promise.from", ""), "call.say_window")
    ends = _moment(day, form.get("promise.until", ""), "call.say_window")
    if ends <= begins or ends <= now:
        raise _Cannot("call.say_window")
    return Promise(begins, ends, visit.installation.policy.hours)


def _scope(visit: Visit, call: CallLine, form: Mapping[str, str]) -> Scope | None:
    """Return the channels and subject of an objection, or None for everything."""
    if form.get("scope") != "some":
        return None
    channels = tuple(kind for kind in KINDS if form.get(f"scope.{kind}"))
    subject = (
        subject_of_campaign(visit.installation, call.id) if form.get("scope.subject") else None
    )
    if not channels and subject is None:
        raise _Cannot("call.say_scope")
    return Scope(channels, (subject,) if subject else ())


def _text(form: Mapping[str, str], appointment: Agreed | None) -> TextWanted | None:
    """Return the text that confirms the appointment, if the caller wants one."""
    if not form.get("text"):
        return None
    if not isinstance(appointment, NewAppointment) or appointment.kind not in WITH_A_STREET:
        raise _Cannot("call.no_text_about_it")
    try:
        return TextWanted(form.get("street", ""))
    except BadInput:
        raise _Cannot("call.say_where") from None


def _moment(day: str, time: str, otherwise: str) -> datetime:
    try:
        return parse_agreed_moment(f"{day}T{time}")
    except ValueError:
        raise _Cannot(otherwise) from None
