"""Calls in the caller's hands, their guide and the identity check.

Nothing of the person is answered before the check.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select

from channels.codes import read_code
from console.api.authentication import Caller, TakingCalls
from console.api.current_call import InHand, in_hand
from console.api.idempotency import post_once
from console.api.problems import Refused
from console.api.routes.people import Known, known_of
from console.api.schemas import Day, IdInPath, Key, Moment, Name, Note, Shape
from console.web import action_log
from console.web.direct_calls import talk_about
from console.web.reading.cards import card_of, is_seed
from console.web.reading.identity import can_compare, is_same
from desk.entries.call_guides import guide_for
from desk.entries.dispositions import Disposition, possible
from desk.entries.outbound_calls import why_not_any_more
from desk.entries.person_returns import returns_of
from desk.line.code_guesses import AGENT, may_try, note_wrong
from store.audit_log import About, Kind
from store.errors import BadInput
from store.states import CallKind, CallState
from store.tables import Campaign, PhoneLine, Reply
from suppression.reasons import Reason

router = APIRouter(tags=["calls"])


class CardInHand(Shape):
    """Somebody is on the line now, and reads the code from a card."""

    code: Name = Field(description="As they read it out.", examples=["4829 1305 77"])


class Begun(Shape):
    """The call of somebody who is on the line now, in your hands."""

    call_id: Key


class CallInHand(Shape):
    """A call in the hands of who asks."""

    id: Key
    state: CallState
    why: CallKind
    line: str
    campaign: str | None
    received_at: Moment
    promised_from: Moment | None
    promised_until: Moment | None
    number_to_dial: str | None = Field(
        description="E.164: theirs; of a campaign's call it is from our records."
    )
    can_compare: bool = Field(
        description="Whether a date of birth and a postcode can be compared; if not, say how."
    )
    tries_left: int = Field(description="How often may still be compared in this call.")
    checked: bool = Field(description="Whether the identity was checked in this very call.")
    dispositions: list[Disposition] = Field(description="What may come of it.")
    not_any_more: Reason | None = Field(
        description="Why a call that a campaign asked for need not be made any more."
    )
    person: Known | None = Field(
        description="Null until the identity was checked in this very call."
    )


class Guide(Shape):
    """A guide for the conversation, in order."""

    version: str
    language: str
    campaign: str | None
    open_until: Day | None
    at_once: list["GuideSign"] = Field(description="Signs of danger: these come before everything.")
    steps: list["GuideStep"]
    checklist: list[str] = Field(description="In the order in which it must be done.")
    explanations: list["Explained"] = Field(description="Words of the letters, said plainly.")
    signs: list["GuideSign"]


class GuideStep(Shape):
    """One step of the conversation."""

    title: str
    words: str
    prompts: list[str]


class Explained(Shape):
    """A word that a letter uses, said plainly."""

    title: str
    words: str


class GuideSign(Shape):
    """A sign of deeper trouble, and where to help somebody to."""

    words: str
    refer: str | None
    number: str | None = Field(description="Of the help line.", examples=["113"])


class NewIdentityCheck(Shape):
    """The date of birth and postcode that the person says.

    Where the register knows too little to compare, how the agent made sure.
    """

    born: Day | None = None
    postcode: Note = Field(default="", examples=["1234 AB"])
    how: Note = Field(default="", description="Only where `canCompare` is false.")


class IdentityCheck(Shape):
    """The result of a comparison, without anything of the person."""

    result: Literal["same", "differs"]
    tries_left: int


@post_once(router, "/calls")
def begin_call(caller: TakingCalls, card: CardInHand) -> Begun:
    """Take the call of somebody who holds a card and is on the line now. Wrong codes are counted (429).

    Where you have a call in your hands of which nobody knows what it is about, the card is that call's.
    """
    talking = talk_about(caller.installation, _touch_of(caller, card.code), caller.name)
    if talking.matched:
        caller.record(action_log.MATCHED, About(Kind.CALL, talking.call_id), how="code")
    return Begun(call_id=talking.call_id)


def _touch_of(caller: Caller, text: str) -> int:
    """Return the touch of a code. Wrong codes are counted, so that nobody finds cards by trying."""
    store, now = caller.installation.store, caller.now()
    if not may_try(store, caller.name, AGENT, now=now):
        wait = {"retry-after": str(int(AGENT.within.total_seconds()))}
        raise Refused(
            status=429,
            kind="too-many-codes",
            detail="many codes were tried that are on no card; wait a while",
            headers=wait,
        )
    try:
        card = card_of(caller.installation, code := read_code(text))
    except BadInput:
        card, code = None, ""
    if card is None and code and is_seed(caller.installation, code):
        raise Refused(
            status=422,
            kind="not-taken",
            detail="this code is on a colleague's piece, and no citizen's",
        )
    if card is None:
        note_wrong(store, caller.name, now=now)
        raise Refused(
            status=422, kind="no-such-code", detail="this code is on no card; read it out once more"
        )
    caller.record(action_log.FOUND_CARD, About(Kind.TOUCH, card.touch_id))
    return card.touch_id


@router.get("/calls/{call_id}")
def show_call(caller: TakingCalls, call_id: IdInPath) -> CallInHand:
    """Return a call in your hands, with who it is only after the check."""
    call = in_hand(caller, call_id)
    row, sure = call.row, call.is_sure()
    about = select(PhoneLine.number, Campaign.name, Reply.from_number)
    about = about.select_from(PhoneLine).outerjoin(Campaign, Campaign.id == row.campaign_id)
    with caller.installation.store.reading() as connection:
        names = connection.execute(
            about.outerjoin(Reply, Reply.id == row.reply_id).where(PhoneLine.id == row.line_id)
        ).one()
    return CallInHand(
        id=row.id,
        state=row.state,
        why=row.kind,
        line=names.number,
        campaign=names.name,
        received_at=row.received_at,
        promised_from=row.promised_from,
        promised_until=row.promised_until,
        number_to_dial=row.number or names.from_number,
        can_compare=row.person_id is not None and can_compare(caller.installation, row.person_id),
        tries_left=call.tries_left(),
        checked=sure,
        dispositions=list(possible(row.kind)),
        not_any_more=why_not_any_more(caller.installation, call_id=row.id, now=caller.now()),
        person=known_of(caller, row.person_id) if sure and row.person_id else None,
    )


@router.get("/calls/{call_id}/guide")
def show_guide(
    caller: TakingCalls,
    call_id: IdInPath,
    language: Annotated[Literal["nl", "en"], Query(description="Of the agent.")] = "nl",
) -> Guide:
    """Return the guide for a call in your hands.

    After the identity check its checklist follows what the person filed.
    """
    call = in_hand(caller, call_id)
    person_id = call.row.person_id if call.is_sure() else None
    at = guide_for(
        caller.installation.store,
        call.row.id,
        agent=caller.name,
        language=language,
        now=caller.now(),
        returns=returns_of(caller.installation.store, person_id) if person_id else (),
    )
    return Guide(
        version=at.guide.version,
        language=at.guide.language,
        campaign=at.campaign,
        open_until=at.open_until,
        at_once=[GuideSign.model_validate(sign) for sign in at.guide.at_once],
        steps=[
            GuideStep(title=step.title, words=step.words, prompts=list(step.prompts))
            for step in at.guide.steps
        ],
        checklist=[fact.words for fact in at.guide.checklist],
        explanations=[
            Explained(title=each.title, words=each.words) for each in at.guide.explanations
        ],
        signs=[GuideSign.model_validate(sign) for sign in at.guide.signs],
    )


@post_once(router, "/calls/{call_id}/identity-checks")
def check_identity(caller: TakingCalls, call_id: IdInPath, said: NewIdentityCheck) -> IdentityCheck:
    """Compare what the caller says with what the register knows. Every comparison is written down."""
    return _compare(in_hand(caller, call_id), said)


def _compare(call: InHand, said: NewIdentityCheck) -> IdentityCheck:
    caller, person_id = call.caller, call.row.person_id
    if person_id is None:
        raise Refused(
            status=409,
            kind="nobody",
            detail="this call is about nobody: help with general questions",
        )
    if call.tries_left() == 0:
        raise Refused(
            status=409,
            kind="no-tries-left",
            detail="three did not fit: help with general questions, with the same guide",
        )
    if not can_compare(caller.installation, person_id):
        if not said.how.strip():
            raise Refused(
                status=422,
                kind="say-how",
                detail="the register knows too little to compare: say how you made sure",
            )
        caller.record(action_log.CHECKED_IDENTITY, call.about, how=said.how.strip())
    elif is_same(caller.installation, person_id, said.born, said.postcode):
        caller.record(action_log.CHECKED_IDENTITY, call.about, how="date of birth and postcode")
    else:
        caller.record(action_log.IDENTITY_DIFFERED, call.about)
        return IdentityCheck(result="differs", tries_left=call.tries_left())
    return IdentityCheck(result="same", tries_left=call.tries_left())
