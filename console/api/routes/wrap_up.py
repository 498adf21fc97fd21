"""Wrapping up a call, also where somebody else than the person is on the line."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field, model_validator
from sqlalchemy import select

from console.api.authentication import TakingCalls
from console.api.current_call import InHand, in_hand
from console.api.idempotency import post_once
from console.api.problems import Refused
from console.api.schemas import Day, IdInPath, Key, Moment, Name, Note, Shape
from console.web import action_log
from desk.cases.bereavement import Deceased, report_death
from desk.cases.call_consequences import Promise, Scope
from desk.entries.appointment_confirmations import TextWanted
from desk.entries.dispositions import Disposition
from desk.entries.identity import is_somebody_else, stays_about
from desk.queue.wrap_up import NewAppointment, wrap_up
from store.tables import Campaign

router = APIRouter(tags=["calls"])


class AgreedAppointment(Shape):
    """A moment of help that was agreed outside of the slots."""

    kind: Literal["counter", "video", "phone", "support_point"]
    at: Moment
    text_street: Note = Field(
        default="", description="They want it by text: the street and number that it says."
    )


class AgreedPromise(Shape):
    """The window in which we said we would call back."""

    begins: Moment
    ends: Moment


class AgreedScope(Shape):
    """A scope of an objection that is less than everything."""

    channels: list[Literal["card", "sms", "call", "letter"]] = Field(default=[], max_length=4)
    subjects: list[Name] = Field(default=[], max_length=20)


class NewWrapUp(Shape):
    """The outcome of a call. At most one thing is agreed in it."""

    disposition: Disposition
    note: Note = Field(default="", description="For a colleague.")
    appointment: AgreedAppointment | None = None
    promise: AgreedPromise | None = None
    scope: AgreedScope | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "NewWrapUp":
        if sum(each is not None for each in (self.appointment, self.promise, self.scope)) > 1:
            raise ValueError("name an appointment, a promise or a scope, not more than one")
        return self


class WrapUp(Shape):
    """A call that was wrapped up."""

    call_id: Key
    disposition: Disposition


class NewBereavement(Shape):
    """A death that a relative reports. Without a name it is the person of this card."""

    family_name: Name | None = None
    born: Day | None = None
    postcode: Name | None = None

    @model_validator(mode="after")
    def _all_or_nothing(self) -> "NewBereavement":
        if len({each is None for each in (self.family_name, self.born, self.postcode)}) > 1:
            raise ValueError("name all three: family name, date of birth and postcode; or none")
        return self


class Done(Shape):
    """Confirmation that it was done, without who it was about."""

    call_id: Key
    done: Literal[True] = True


@post_once(router, "/calls/{call_id}/wrap-up")
def wrap_up_call(caller: TakingCalls, call_id: IdInPath, ended: NewWrapUp) -> WrapUp:
    """Record the outcome of a call in your hands. An objection holds at once, on every channel."""
    call = in_hand(caller, call_id)
    agreed, text = _agreed(call, ended)
    _forget_whom(call, ended.disposition)
    wrap_up(
        caller.installation.store,
        call_id,
        by=caller.decider(),
        disposition=ended.disposition,
        note=ended.note,
        now=caller.now(),
        agreed=agreed,
        text=text,
    )
    return WrapUp(call_id=call_id, disposition=ended.disposition)


def _forget_whom(call: InHand, came: Disposition) -> None:
    """Detach the call from the person after a check that failed.

    Nothing joins the case of whom the card was for, neither the note nor the contact.
    """
    unsure = not stays_about(came, sure=call.is_sure(), differed=call.differed())
    if call.row.person_id is not None and unsure:
        is_somebody_else(call.caller.installation.store, call.row.id, by=call.caller.name)
        call.caller.record(action_log.SOMEBODY_ELSE, call.about, how="the check failed")


def _agreed(
    call: InHand, ended: NewWrapUp
) -> tuple[NewAppointment | Promise | Scope | None, TextWanted | None]:
    if ended.promise:
        hours = call.caller.installation.policy.hours
        return Promise(ended.promise.begins, ended.promise.ends, hours), None
    if ended.scope:
        _check_subjects(call, ended.scope)
        return Scope(tuple(ended.scope.channels), tuple(ended.scope.subjects)), None
    if not ended.appointment:
        return None, None
    if not call.is_sure():
        raise Refused(
            status=409, kind="not-checked", detail=f"check the identity in call {call.row.id} first"
        )
    if ended.appointment.at <= call.caller.now():
        raise Refused(
            status=422, kind="not-taken", detail="this moment has passed; agree on a later one"
        )
    text = TextWanted(ended.appointment.text_street) if ended.appointment.text_street else None
    return NewAppointment(ended.appointment.kind, ended.appointment.at), text


def _check_subjects(call: InHand, scope: AgreedScope) -> None:
    """Refuse a subject that no campaign has, before the call is closed."""
    with call.caller.installation.store.reading() as connection:
        known = {
            subject for subject in connection.execute(select(Campaign.subject)).scalars() if subject
        }
    if strange := sorted(set(scope.subjects) - known):
        raise Refused(
            status=422,
            kind="not-taken",
            detail=f"no campaign is about {strange[0][:60]!r}; subjects: {', '.join(sorted(known))}",
        )


@post_once(router, "/calls/{call_id}/other-callers")
def note_other_caller(caller: TakingCalls, call_id: IdInPath) -> Done:
    """Record that the caller is not whom the card was for. From now on the call is about nobody."""
    call = in_hand(caller, call_id)
    is_somebody_else(caller.installation.store, call_id, by=caller.name)
    caller.record(action_log.SOMEBODY_ELSE, call.about)
    return Done(call_id=call_id)


@post_once(router, "/calls/{call_id}/bereavements")
def note_bereavement(caller: TakingCalls, call_id: IdInPath, death: NewBereavement) -> Done:
    """Hold everything for somebody who died, on every channel, at once. No code and no check is asked for."""
    call = in_hand(caller, call_id)
    who = None
    if death.family_name and death.born and death.postcode:
        who = Deceased(death.family_name, death.born, death.postcode)
    report_death(caller.installation.store, call_id, who, by=caller.name, now=caller.now())
    caller.record(action_log.DEATH_REPORTED, call.about)
    return Done(call_id=call_id)
