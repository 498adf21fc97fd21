"""What a body's register is told of a call and of a handover: in its words and lengths, without a citizen number."""

import re
from typing import Any

from sqlalchemy import Connection, Select, Text, and_, cast, exists, func, literal, or_, select

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
UNTOLD = "und"
"""ISO 639-1 to the three letters of Klantinteracties; another language is `und`: undetermined."""
_NUMBER = re.compile(r"(?<!\d)\d(?:[ .-]?\d){7,8}(?!\d)")


def contact_key(call_id: int) -> str:
    """Return under which key of ours the contact of a call goes."""
    return f"call:{call_id}"


def task_key(handover_id: int) -> str:
    """Return under which key of ours the task of a handover goes."""
    return f"handover:{handover_id}"


def occasion_key(row: Any) -> str:
    """Return the key of the contact that a handover came out of: its call, or itself where it was made outside one."""
    return contact_key(row.call_id) if row.call_id else f"occasion:{row.id}"


def calls_to_tell(connection: Connection, register: str, after: int) -> list[Any]:
    """Return calls that were wrapped up and are not in the register yet, by key."""
    query = (
        select(
            Call.id, Call.kind, Call.taken_at, Call.received_at, Call.disposition, Call.note, Call.language,
            Reply.kind.label("came"), Campaign.title, PhoneLine.name.label("line"), Person.person_ref,
        )
        .join(PhoneLine, PhoneLine.id == Call.line_id)
        .outerjoin(Reply, Reply.id == Call.reply_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(Person, Person.id == Call.person_id)
        .where(Call.id > after, Call.state == CallState.WRAPPED_UP, Call.kind != CallKind.PREPARE)
        .where(~_told(register, _key("call:", Call.id)))
    )  # fmt: skip
    return _some(connection, query.order_by(Call.id))


def handovers_to_tell(connection: Connection, register: str, after: int) -> list[Any]:
    """Return handovers that are open and not in the register yet, each with the call in which it was made."""
    in_it = and_(
        Call.person_id == Handover.person_id,
        Call.taken_by == Handover.made_by,
        Call.taken_at <= Handover.made_at,
        or_(Call.wrapped_up_at.is_(None), Call.wrapped_up_at >= Handover.made_at),
    )
    call = select(func.max(Call.id)).where(in_it).correlate(Handover).scalar_subquery()
    query = (
        select(Handover.__table__, Person.person_ref, Person.language, call.label("call_id"))
        .join(Person, Person.id == Handover.person_id)
        .where(
            Handover.id > after,
            Handover.done_at.is_(None),
            ~_told(register, _key("handover:", Handover.id)),
        )
    )
    return _some(connection, query.order_by(Handover.id))


def _key(prefix: str, number: Any) -> Any:
    return literal(prefix, Text) + cast(number, Text)


def _told(register: str, key: Any) -> Any:
    return exists().where(
        Interaction.register == register,
        Interaction.key == key,
        Interaction.state == AttemptState.RECEIPT,
    )


def _some(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[Any]:
    return list(connection.execute(query.limit(AT_ONCE)))


def contact_of(row: Any, *, with_person: bool) -> Contact:
    """Put a call into the register's words."""
    return Contact(
        key=contact_key(row.id),
        channel=CHANNELS.get(row.came, "telefoon"),
        topic=_short(row.title or row.line, LONGEST_TOPIC),
        content=masked(row.note),
        succeeded=row.disposition not in NOBODY_SPOKEN,
        language=LANGUAGES.get(row.language or "nl", UNTOLD),
        at=row.taken_at or row.received_at,
        person=row.person_ref if with_person else None,
    )


def occasion_of(row: Any, *, with_person: bool) -> Contact:
    """Put the occasion of a handover that was made outside any call into the register's words."""
    return Contact(
        key=occasion_key(row),
        channel="intern",
        topic="Overdracht",
        content="",
        succeeded=None,
        language=LANGUAGES.get(row.language or "nl", UNTOLD),
        at=row.made_at,
        person=row.person_ref if with_person else None,
    )


def task_of(row: Any, contact: str) -> Task:
    """Put a handover into the register's words: it has no field for whom and by when, so these stand before the rest.

    Raises:
        BadInput: it does not fit. Nothing is cut off: a colleague cannot ask.
    """
    said = Instruction(
        row.to_whom, row.situation, row.asked, row.promised, row.needed, row.deadline
    )
    needed, about = masked(said.needed), masked(said.about())
    first = f"Voor {row.to_whom}, uiterlijk {row.deadline:%d-%m-%Y}."
    if len(f"{first}\n{about}") <= LONGEST_ABOUT:
        about = f"{first}\n{about}"
    elif len(f"{first} {needed}") <= LONGEST_NEEDED:
        needed = f"{first} {needed}"
    else:
        raise BadInput(
            "is too long with whom it is for and by when", "shorten it", field=task_key(row.id)
        )
    return Task(task_key(row.id), contact, needed, about)


def masked(text: str) -> str:
    """Return a text in which no citizen number stands: every digit of one becomes a star."""
    return _NUMBER.sub(lambda found: _stars(found[0]), text)


def _stars(digits: str) -> str:
    try:
        citizen_numbers.parse(digits)
    except citizen_numbers.NotACitizenNumber:
        return digits
    return re.sub(r"\d", "*", digits)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
