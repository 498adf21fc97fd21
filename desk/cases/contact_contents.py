"""Contacts and tasks for a body's contact register, without citizen numbers."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from channels.interactions import Contact, Task
from channels.interactions.port import LONGEST_ABOUT, LONGEST_NEEDED, LONGEST_TOPIC
from desk.cases.handovers import Instruction
from desk.entries.dispositions import NOBODY_SPOKEN
from people import citizen_numbers
from store.errors import BadInput
from store.states import AttemptState, CallKind, CallState, ReplyKind
from store.tables import Call, Campaign, Handover, Interaction, Person, PhoneLine, Reply

AT_ONCE = 500  # entries read at a time
CHANNELS = {ReplyKind.TEXTED: "sms", ReplyKind.COUNTER: "balie"}
LANGUAGES = {
    "nl": "nld",
    "en": "eng",
    "tr": "tur",
    "ar": "ara",
    "pl": "pol",
    "de": "deu",
    "fr": "fra",
    "es": "spa",
}
UNDETERMINED = "und"
"""The code of Klantinteracties (ISO 639-2) for a language that is not in `LANGUAGES`."""
_NUMBER = re.compile(r"(?<!\d)\d(?:[ .-]?\d){7,8}(?!\d)")


def contact_key(call_id: int) -> str:
    """Return our key of the contact of a call."""
    return f"call:{call_id}"


def task_key(handover_id: int) -> str:
    """Return our key of the task of a handover."""
    return f"handover:{handover_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnregisteredCall:
    """A wrapped-up call that is not in the register yet."""

    id: int
    taken_at: datetime | None
    received_at: datetime
    disposition: str | None
    note: str
    language: str | None
    reply_kind: ReplyKind | None
    campaign_title: str | None
    line: str  # its name
    person_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnregisteredHandover:
    """An open handover that is not in the register yet."""

    id: int
    call_id: int | None  # the call in which it was made
    person_ref: str
    language: str | None
    made_at: datetime
    to_whom: str
    situation: str
    asked: str
    promised: str
    needed: str
    deadline: date


def occasion_key(handover: UnregisteredHandover) -> str:
    """Return the key of the contact that a handover belongs to.

    It is the contact of its call, or a contact of its own when it was made outside a call.
    """
    if handover.call_id:
        return contact_key(handover.call_id)
    return f"occasion:{handover.id}"


def unregistered_calls(connection: Connection, register: str, after: int) -> list[UnregisteredCall]:
    """Return wrapped-up calls that are not in the register yet, in order of their keys."""
    query = (
        select(
            Call.id,
            Call.taken_at,
            Call.received_at,
            Call.disposition,
            Call.note,
            Call.language,
            Reply.kind.label("reply_kind"),
            Campaign.title.label("campaign_title"),
            PhoneLine.name.label("line"),
            Person.person_ref,
        )
        .join(PhoneLine, PhoneLine.id == Call.line_id)
        .outerjoin(Reply, Reply.id == Call.reply_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(Person, Person.id == Call.person_id)
        .where(Call.id > after, Call.state == CallState.WRAPPED_UP, Call.kind != CallKind.PREPARE)
        .where(~_is_registered(register, _key("call:", Call.id)))
        .order_by(Call.id)
        .limit(AT_ONCE)
    )
    return [UnregisteredCall(**row._asdict()) for row in connection.execute(query)]


def unregistered_handovers(
    connection: Connection, register: str, after: int
) -> list[UnregisteredHandover]:
    """Return open handovers that are not in the register yet, each with its call."""
    in_it = and_(
        Call.person_id == Handover.person_id,
        Call.taken_by == Handover.made_by,
        Call.taken_at <= Handover.made_at,
        or_(Call.wrapped_up_at.is_(None), Call.wrapped_up_at >= Handover.made_at),
    )
    call = select(func.max(Call.id)).where(in_it).correlate(Handover).scalar_subquery()
    query = (
        select(
            Handover.id,
            call.label("call_id"),
            Person.person_ref,
            Person.language,
            Handover.made_at,
            Handover.to_whom,
            Handover.situation,
            Handover.asked,
            Handover.promised,
            Handover.needed,
            Handover.deadline,
        )
        .join(Person, Person.id == Handover.person_id)
        .where(
            Handover.id > after,
            Handover.done_at.is_(None),
            ~_is_registered(register, _key("handover:", Handover.id)),
        )
        .order_by(Handover.id)
        .limit(AT_ONCE)
    )
    return [UnregisteredHandover(**row._asdict()) for row in connection.execute(query)]


def _key(prefix: str, number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    return literal(prefix, Text) + cast(number, Text)


def _is_registered(register: str, key: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        Interaction.register == register,
        Interaction.key == key,
        Interaction.state == AttemptState.RECEIPT,
    )


def contact_of(call: UnregisteredCall, *, with_person: bool) -> Contact:
    """Return the contact of a call, in the register's fields."""
    channel = CHANNELS.get(call.reply_kind) if call.reply_kind else None
    return Contact(
        key=contact_key(call.id),
        channel=channel or "telefoon",
        topic=_short(call.campaign_title or call.line, LONGEST_TOPIC),
        content=masked(call.note),
        succeeded=call.disposition not in NOBODY_SPOKEN,
        language=LANGUAGES.get(call.language or "nl", UNDETERMINED),
        at=call.taken_at or call.received_at,
        person=call.person_ref if with_person else None,
    )


def occasion_of(handover: UnregisteredHandover, *, with_person: bool) -> Contact:
    """Return the contact of a handover that was made outside any call."""
    return Contact(
        key=occasion_key(handover),
        channel="intern",
        topic="Overdracht",
        content="",
        succeeded=None,
        language=LANGUAGES.get(handover.language or "nl", UNDETERMINED),
        at=handover.made_at,
        person=handover.person_ref if with_person else None,
    )


def task_of(handover: UnregisteredHandover, contact: str) -> Task:
    """Return the task of a handover, in the register's fields.

    The register has no fields for recipient and deadline, so they are put before the text.

    Raises:
        BadInput: it is too long. Nothing is cut off, because a colleague cannot ask for the rest.
    """
    instruction = Instruction(
        to_whom=handover.to_whom,
        situation=handover.situation,
        asked=handover.asked,
        promised=handover.promised,
        needed=handover.needed,
        deadline=handover.deadline,
    )
    needed, about = masked(instruction.needed), masked(instruction.about())
    first = f"Voor {handover.to_whom}, uiterlijk {handover.deadline:%d-%m-%Y}."
    if len(f"{first}\n{about}") <= LONGEST_ABOUT:
        about = f"{first}\n{about}"
    elif len(f"{first} {needed}") <= LONGEST_NEEDED:
        needed = f"{first} {needed}"
    else:
        raise BadInput(
            "is too long once its recipient and deadline are added",
            "shorten it",
            field=task_key(handover.id),
        )
    return Task(task_key(handover.id), contact, needed, about)


def masked(text: str) -> str:
    """Return a text with every digit of a citizen number replaced by a star."""
    return _NUMBER.sub(lambda found: _stars(found[0]), text)


def _stars(digits: str) -> str:
    try:
        citizen_numbers.parse(digits)
    except citizen_numbers.NotACitizenNumber:
        return digits
    return re.sub(r"\d", "*", digits)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
