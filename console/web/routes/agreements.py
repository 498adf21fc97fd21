"""Agreements made in a call, such as appointments, handovers, referrals and signals.

All are part of the one form of the call's page.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from console.web.action_log import decider
from console.web.reading.calls import CallLine
from console.web.reading.follow_ups import of_person
from console.web.reading.identity import ref_of
from console.web.routes import draft_saving
from console.web.routes.calls import call_page, is_sure, not_yours, own_call, read_day
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import TakingCalls, Visit
from desk.cases import handovers, referrals, signals
from desk.queue import appointments
from store.errors import BadInput
from store.states import AppointmentState

router = APIRouter()

_Agree = Callable[[Visit, CallLine, str, Mapping[str, str]], object]
_NO_DAY = date.min  # a deadline that was left out has passed
_ENDS = ("kept", "missed", "cancelled")
_KNOWN = frozenset(
    (
        "slot",
        "overlap",
        "text",
        "kind",
        "needed",
        "deadline",
        "to_whom",
        "situation",
        "asked",
        "promised",
        "consent",
        "shared",
        "affected",
        "what",
        "cause",
        "owner",
        "situation, asked and promised",
    )
)


def _handover(visit: Visit, call: CallLine, ref: str, fields: Mapping[str, str]) -> int:
    del call
    words = {
        name: fields.get(name, "")
        for name in ("to_whom", "situation", "asked", "promised", "needed")
    }
    instruction = handovers.Instruction(
        **words, deadline=read_day(fields.get("deadline", "")) or _NO_DAY
    )
    return handovers.hand_over(
        visit.installation.store, ref, instruction, by=visit.name, now=visit.installation.now()
    )


def _referral(visit: Visit, call: CallLine, ref: str, fields: Mapping[str, str]) -> int:
    """Refer a person who agreed when asked. Without that tick there is no consent."""
    del call
    now = visit.installation.now()
    consent = referrals.Consent(fields.get("consent", ""), now) if fields.get("agreed") else None
    shared = [each for each in referrals.SHAREABLE if fields.get(each)]
    return referrals.refer(
        visit.installation.store,
        ref,
        fields.get("to_whom", ""),
        shared=shared,
        consent=consent,
        by=visit.name,
        now=now,
    )


def book_slot(
    visit: Visit, call: CallLine, ref: str, fields: Mapping[str, str]
) -> appointments.Booked:
    """Book the chosen slot, and confirm it by text if asked.

    Raises:
        BadInput: No slot was chosen, or it cannot be booked or confirmed.
    """
    text, now = bool(fields.get("text")), visit.installation.now()
    return appointments.book(
        visit.installation.store,
        _slot_of(fields),
        ref,
        by=visit.name,
        now=now,
        call_id=call.id,
        text=text,
    )


def _signal(visit: Visit, call: CallLine, ref: str, fields: Mapping[str, str]) -> int:
    del call, ref
    signal = signals.NewSignal(
        kind=fields.get("kind", ""),
        affected=fields.get("affected", ""),
        what=fields.get("what", ""),
        cause=fields.get("cause", ""),
        owner=fields.get("owner", ""),
    )
    return signals.report(
        visit.installation.store, signal, by=visit.name, now=visit.installation.now()
    )


_ACTS: dict[str, _Agree] = {
    "slot": book_slot,
    "handover": _handover,
    "referral": _referral,
    "signal": _signal,
}
_ABOUT_NOBODY = frozenset({"signal"})


@router.post("/queue/{call_id:int}/agree/{part}")
def agree(visit: TakingCalls, form: Posted, call_id: int, part: str) -> Response:
    """Book, hand over, refer or report at once, and keep the rest of the form as a draft."""
    if part not in _ACTS:
        raise HTTPException(404)
    return _agreed(
        visit, form, call_id, part=part, act=_ACTS[part], about_nobody=part in _ABOUT_NOBODY
    )


@router.post("/queue/{call_id:int}/appointments/{appointment_id:int}/{how}")
def change_appointment(
    visit: TakingCalls, form: Posted, call_id: int, appointment_id: int, how: str
) -> Response:
    """Move, cancel or end an appointment of the person this call is about."""
    if appointment_id > LARGEST_ID or how not in {"move", *_ENDS}:
        raise HTTPException(404)
    return _agreed(
        visit, form, call_id, part="slot", act=partial(_change, appointment_id, how), done=how
    )


def _change(
    appointment_id: int, how: str, visit: Visit, call: CallLine, ref: str, fields: Mapping[str, str]
) -> None:
    del ref
    own = of_person(visit.installation, call.person_id or 0)
    if appointment_id not in {each.id for each in own if each.kind == "appointment"}:
        raise HTTPException(404)
    now = visit.installation.now()
    if how == "move":
        appointments.move_to(
            visit.installation.store, appointment_id, _slot_of(fields), by=visit.name, now=now
        )
    else:
        appointments.end(
            visit.installation.store,
            appointment_id,
            AppointmentState(how),
            by=decider(visit),
            now=now,
        )


def _slot_of(fields: Mapping[str, str]) -> int:
    text = fields.get("id", "")
    if not text.isdecimal() or int(text) > LARGEST_ID:
        raise BadInput("no moment was chosen", "choose one that is free", field="slot")
    return int(text)


def _agreed(
    visit: Visit,
    form: Mapping[str, str],
    call_id: int,
    *,
    part: str,
    act: _Agree,
    about_nobody: bool = False,
    done: str = "",
) -> Response:
    call = own_call(visit, call_id)
    if call is None:
        return not_yours(visit)
    ref = (
        ref_of(visit.installation, call.person_id)
        if call.person_id and is_sure(visit, call)
        else None
    )
    if ref is None and not about_nobody:
        return call_page(visit, call, status=422, trouble="call.check_first", form=form)
    try:
        act(visit, call, ref or "", part_of(form, part))
    except BadInput as refused:
        return call_page(visit, call, status=422, trouble=trouble_of(refused), form=form)
    draft_saving.keep(visit, call_id, form, without=f"{part}.")
    visit.notify(f"agree.done_{done or part}")
    return RedirectResponse(f"/queue/{call_id}", 303)


def part_of(form: Mapping[str, str], part: str) -> dict[str, str]:
    """Return the fields of one part of the form, without the part's prefix."""
    return {
        name.removeprefix(f"{part}."): text
        for name, text in form.items()
        if name.startswith(f"{part}.")
    }


def trouble_of(refused: BadInput) -> str:
    """Return the key of the words for a refused field."""
    field = "slot" if (refused.field or "").startswith("slot ") else refused.field
    if field not in _KNOWN:
        return "agree.trouble.other"
    return f"agree.trouble.{'about' if ',' in field else field}"
