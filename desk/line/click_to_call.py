"""Click to call. The agent's telephone rings first, and the citizen's when the agent picks up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, select, update

from channels.port import Unavailable
from channels.voice.account import Telephone
from channels.voice.port import Call as Placed
from channels.voice.port import NotRung, Ringing
from desk.entries.outbound_calls import why_not_any_more
from desk.line.connecting import has_telephone, phone_of
from desk.line.line_lookup import caller_id
from desk.queue import call_legs
from installation.installation import Installation
from installation.stop_everything import is_everything_stopped
from people.numbers import PhoneNumber
from store.errors import BadInput
from store.mapped_rows import read_one, read_one_or_none
from store.sentences import Sentence
from store.states import CallKind, CallState, CampaignState, LegEnd, LegKind, LegState
from store.tables import Agent, Call, Campaign, Leg
from suppression.contact_hours import is_open

RINGING = timedelta(minutes=1)
"""How long an agent's telephone may ring before they may press again."""
IN_THE_BROWSER = "browser"
HOURS = "hours"
"""The field of the error for calling outside calling hours."""


class MustNotDial(BadInput):
    """The campaign's call need not, or may not, be made any more: not by hand either."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """The agent's telephone rings, or is about to."""

    leg_id: int
    sure: bool  # False: nobody knows whether it will


@dataclass(frozen=True, slots=True)
class PutThrough:
    """The number the provider calls for an agent who picked up."""

    number: str  # E.164
    caller_id: str  # E.164


def set_phone(installation: Installation, agent: str, text: str) -> str | None:
    """Set the number, or `browser`, on which an agent is called. Return it as stored.

    Raises:
        BadInput: there is no such agent, or the number may not be called.
    """
    phone = None if text.strip().lower() == IN_THE_BROWSER else _own_number(text)
    with installation.store.writing() as connection:
        if not connection.execute(
            update(Agent).where(Agent.name == agent).values(phone=phone)
        ).rowcount:
            raise BadInput(
                "is not a registered agent",
                "register them first: kaartje agent add NAME",
                field=agent,
            )
    return phone


def _own_number(text: str) -> str:
    number = PhoneNumber.parse(text)
    if not number.may_call:
        raise BadInput(number.refusals()[0], "write another number, or `browser`", field="phone")
    return number.e164


def dial(installation: Installation, call_id: int, agent: str, *, now: datetime) -> Dialling:
    """Ring an agent for an entry they took. When they pick up, the number of the entry is called.

    Raises:
        MustNotDial: it is a campaign's own call that is held, or whose person may not be called any more.
        BadInput: it is not taken by them, has no number that may be called, people may not be called now, their
            telephone rings already, or it cannot be rung.
    """
    if installation.exchange is None:
        raise BadInput("this installation has no telephone", "dial by hand", field="telephone")
    if not is_open(now, installation.policy.hours):
        raise BadInput("it is outside calling hours", "call within the hours", field=HOURS)
    _must_go_on(installation, call_id, now)
    # written before the provider is asked: an answer that is lost finds its try
    with installation.store.writing() as connection:
        placed, leg = _prepare(installation, connection, call_id, agent=agent, now=now)
    try:
        result = installation.exchange.ring(placed)
    except Unavailable as error:
        _not_rung(installation, leg, now)
        raise BadInput(
            str(error), "try again in a moment, or dial by hand", field="telephone"
        ) from error
    if isinstance(result, NotRung):
        _not_rung(installation, leg, now)
        raise BadInput(
            Sentence("your telephone cannot be rung: {why}", why=result.why),
            "see kaartje agent phone",
            field="telephone",
        )
    if isinstance(result, Ringing):
        _ringing(installation, leg.id, result.ref)
    return Dialling(leg.id, sure=isinstance(result, Ringing))


def _prepare(
    installation: Installation, connection: Connection, call_id: int, *, agent: str, now: datetime
) -> tuple[Placed, Leg]:
    query = select(Call).where(Call.id == call_id).with_for_update()
    call = read_one_or_none(connection, query)
    if call is None or call.state is not CallState.TAKEN or call.taken_by != agent:
        raise BadInput(
            "is not taken by you",
            "take it first",
            field=Sentence("call {call_id}", call_id=call_id),
        )
    if call.number is None or not PhoneNumber.parse(call.number).may_call:
        raise BadInput(
            "has no number that may be called",
            "leave an instruction for a colleague",
            field="number",
        )
    busy = (Leg.call_id == call_id, Leg.kind == LegKind.AGENT, Leg.state != LegState.ENDED)
    fresh = (Leg.state == LegState.TALKING) | (Leg.began_at > now - RINGING)
    if connection.execute(select(Leg.id).where(*busy, fresh).limit(1)).first():
        raise BadInput("your telephone rings already", "pick it up", field="telephone")
    new = call_legs.NewLeg(
        ref=f"try:{uuid4().hex}",
        kind=LegKind.AGENT,
        line_id=call.line_id,
        from_number=None,
        state=LegState.CONNECTING,
        call_id=call_id,
        agent=agent,
    )
    leg = call_legs.made(connection, new, now=now)
    telephone = Telephone.read(installation.settings.accounts)
    asks, tells = (telephone.address(f"{path}?leg={leg.id}") for path in ("out", "status"))
    shown = caller_id(connection, call.line_id)
    return Placed(
        to=phone_of(connection, agent), caller_id=shown, answer_url=asks, status_url=tells
    ), leg


def _must_go_on(installation: Installation, call_id: int, now: datetime) -> None:
    """Refuse a campaign's own call that need not, or may not, be made any more.

    A wish to be called is kept whatever came of the campaign.
    """
    held: str | Sentence | None = None
    if reason := why_not_any_more(installation, call_id=call_id, now=now):
        held = reason.as_sentence()
    with installation.store.reading() as connection:
        ours = (Call.id == call_id, Call.kind == CallKind.OUTBOUND)
        query = select(Campaign.state).join(Call, Call.campaign_id == Campaign.id).where(*ours)
        if (state := connection.execute(query).scalar()) is None:
            return
        if is_everything_stopped(connection):
            held = "everything is stopped"
        elif state is CampaignState.PAUSED:
            held = held or "its campaign is paused"
    if held:
        raise MustNotDial(held, "put the entry back", field="call")


def _not_rung(installation: Installation, leg: Leg, now: datetime) -> None:
    with installation.store.writing() as connection:
        call_legs.end(connection, leg, LegEnd.NOT_REACHED, now=now)


def _ringing(installation: Installation, leg_id: int, ref: str) -> None:
    with installation.store.writing() as connection:
        kept = connection.execute(
            select(Leg.ref).where(Leg.id == leg_id).with_for_update()
        ).scalar_one()
        if kept.startswith("try:"):  # the provider's own question may have come before its answer
            call_legs.change(connection, leg_id, ref=ref)


def rings_a_telephone(installation: Installation, leg_id: int) -> bool:
    """Return whether an agent is called on a telephone, which a voicemail may pick up."""
    with installation.store.reading() as connection:
        query = select(Leg.agent).where(Leg.id == leg_id, Leg.kind == LegKind.AGENT)
        return has_telephone(connection, connection.execute(query).scalar_one_or_none())


def picked_up(
    installation: Installation, leg_id: int, ref: str, *, now: datetime
) -> PutThrough | None:
    """Return the number to call for an agent who picked up, or None where they lost the entry."""
    with installation.store.writing() as connection:
        leg = _agents_leg(connection, leg_id)
        if leg is None or leg.state is LegState.ENDED:
            return None
        call_legs.change(connection, leg.id, ref=ref[: call_legs.LONGEST_REF])
        call = read_one(connection, select(Call).where(Call.id == leg.call_id))
        if call.state is not CallState.TAKEN or call.taken_by != leg.agent or call.number is None:
            call_legs.end(connection, leg, LegEnd.OVER, now=now)
            return None
        call_legs.move(connection, leg.id, LegState.TALKING, now=now)
        return PutThrough(call.number, caller_id(connection, call.line_id))


def dialled(installation: Installation, leg_id: int, status: str, *, now: datetime) -> bool:
    """Record how the call to a citizen ended. Return whether somebody picked up."""
    reached = status in {"completed", "answered"}
    with installation.store.writing() as connection:
        leg = _agents_leg(connection, leg_id)
        if leg is not None:
            call_legs.end(
                connection, leg, LegEnd.TALKED if reached else LegEnd.NOT_REACHED, now=now
            )
    return reached


def _agents_leg(connection: Connection, leg_id: int) -> Leg | None:
    query = select(Leg).where(Leg.id == leg_id, Leg.kind == LegKind.AGENT).with_for_update()
    return read_one_or_none(connection, query)
