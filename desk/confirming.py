"""Confirm one appointment by text, to one citizen who wants that: date, time and street, never whose office it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from campaigns.appointments import spoken
from desk.answers import NewAnswer, write
from people.numbers import PhoneNumber
from store.clock import LOCAL
from store.errors import BadInput
from store.states import AnswerKind
from store.tables import Campaign, Person, PersonNumber, PhoneLine, Reply

LONGEST_STREET = 60  # characters: with it the text still goes in two segments
WITH_A_STREET = ("counter", "support_point")


@dataclass(frozen=True, slots=True)
class TextWanted:
    """Somebody wants their appointment by text: what it says of where."""

    street: str  # with its number, and nothing more

    def __post_init__(self) -> None:
        if not self.street.strip() or len(self.street) > LONGEST_STREET or not self.street.isprintable():
            problem = "is no street" if self.street.strip() else "is missing"
            raise BadInput(problem, f"street and number, at most {LONGEST_STREET} letters", field="street")


def confirm(connection: Connection, call: Any, kind: str, at: datetime, wanted: TextWanted, *, now: datetime) -> int:
    """Write the text that confirms an appointment made in a call; return its key. It goes with the next delivery.

    To the number of the call where it can be texted, else to the first of the person's own that can be.

    Raises:
        BadInput: the appointment is nowhere to go to, or there is no number that can be texted.
    """
    if kind not in WITH_A_STREET:
        raise BadInput("is at no place to go to", "leave the text out", field="kind")
    number = _number(connection, call)
    if number is None:
        raise BadInput("there is no number that can be texted", "ask for one, or leave the text out", field="text")
    local = at.astimezone(LOCAL)
    said = {"date": spoken(local.date()), "time": f"{local:%H.%M}", "street": " ".join(wanted.street.split())}
    language = connection.execute(select(Person.language).where(Person.id == call.person_id)).scalar() or "nl"
    context = {"appointment": said, "sender": {"team": _team(connection, call)}}
    known = {"call_id": call.id, "person_id": call.person_id}
    new = NewAnswer(AnswerKind.APPOINTMENT, number, call.line_id, language, context, **known)
    return write(connection, new, now=now) or 0  # nothing else about this call can have been written before


def _number(connection: Connection, call: Any) -> str | None:
    from_number = connection.execute(select(Reply.from_number).where(Reply.id == call.reply_id)).scalar()
    for e164 in (call.number, from_number):
        if e164 and PhoneNumber.parse(e164).may_text:
            return str(e164)
    own = select(PersonNumber.e164).where(PersonNumber.person_id == call.person_id, PersonNumber.may_text)
    return connection.execute(own.order_by(PersonNumber.position).limit(1)).scalar()


def _team(connection: Connection, call: Any) -> str:
    """Return who the text is from: the team of the campaign it is about, else the line."""
    spec = connection.execute(select(Campaign.spec).where(Campaign.id == call.campaign_id)).scalar() or {}
    line = connection.execute(select(PhoneLine.name).where(PhoneLine.id == call.line_id)).scalar_one()
    return str(spec.get("sender", {}).get("team") or line)
