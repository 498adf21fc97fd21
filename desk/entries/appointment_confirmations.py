"""Tell one citizen who wants that of their appointment, by text: made, moved or cancelled.

It says date, time and street, and never whose office it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from campaigns.touches.appointment_facts import spoken
from desk.entries.answers import NewAnswer, write
from people.numbers import PhoneNumber
from store.clock import LOCAL
from store.errors import BadInput
from store.states import AnswerKind
from store.tables import Appointment, Call, Campaign, Person, PersonNumber, PhoneLine, Reply, Slot

LONGEST_STREET = 60  # characters: with it the text still goes in two segments
WITH_A_STREET = ("counter", "support_point")


@dataclass(frozen=True, slots=True)
class TextWanted:
    """Somebody wants their appointment by text: what it says of where."""

    street: str  # with its number, and nothing more

    def __post_init__(self) -> None:
        if (
            not self.street.strip()
            or len(self.street) > LONGEST_STREET
            or not self.street.isprintable()
        ):
            problem = "is no street" if self.street.strip() else "is missing"
            raise BadInput(
                problem, f"street and number, at most {LONGEST_STREET} letters", field="street"
            )


def confirm(
    connection: Connection, call: Any, appointment_id: int, kind: str, at: datetime, wanted: TextWanted, *,
    now: datetime,
) -> int:  # fmt: skip
    """Write the text that confirms an appointment made in a call; return its key. It goes with the next delivery.

    To the number of the call where it can be texted, else to the first of the person's own that can be.

    Raises:
        BadInput: the appointment is nowhere to go to, or there is no number that can be texted.
    """
    about = About(
        call.line_id, call.campaign_id, call.person_id, call.id, call.number, call.reply_id
    )
    return _write(connection, AnswerKind.APPOINTMENT, about, appointment_id, kind, at, wanted, now)


def tell(connection: Connection, appointment_id: int, what: AnswerKind, *, now: datetime) -> int:
    """Write the text that tells of an appointment in a slot; return its key. It goes with the next delivery.

    Raises:
        BadInput: it is nowhere to go to, its place is no street, there is no number that can be texted, or nobody can
            say from which line it would come.
    """
    columns = (
        Appointment.person_id,
        Appointment.campaign_id,
        Appointment.call_id,
        Appointment.at,
        Appointment.kind,
    )
    made = select(*columns, Slot.location).join(Slot, Slot.id == Appointment.slot_id)
    row = connection.execute(made.where(Appointment.id == appointment_id)).one()
    wanted = TextWanted(row.location)
    return _write(
        connection, what, _about(connection, row), appointment_id, row.kind, row.at, wanted, now
    )


@dataclass(frozen=True, slots=True)
class About:
    """Whom a text is for, and from which line it comes."""

    line_id: int
    campaign_id: int | None
    person_id: int
    call_id: int | None = None
    number: str | None = None  # E.164: of the call
    reply_id: int | None = None


def _about(connection: Connection, row: Any) -> About:
    call = connection.execute(select(Call.__table__).where(Call.id == row.call_id)).one_or_none()
    if call is not None:
        # the number of a call serves that call; a text of later goes to the person's own, or to the one they gave then
        return About(
            call.line_id, row.campaign_id, row.person_id, call.id, call.number, call.reply_id
        )
    lines = connection.execute(select(PhoneLine.id).order_by(PhoneLine.id).limit(2)).scalars().all()
    if len(lines) != 1:
        problem = (
            "there is no line that it could come from"
            if not lines
            else "it could come from several lines"
        )
        raise BadInput(
            problem, "name the call in which it was agreed, or leave the text out", field="text"
        )
    return About(lines[0], row.campaign_id, row.person_id)


def _write(
    connection: Connection, what: AnswerKind, about: About, appointment_id: int, kind: str, at: datetime,
    wanted: TextWanted, now: datetime,
) -> int:  # fmt: skip
    if kind not in WITH_A_STREET:
        raise BadInput("is at no place to go to", "leave the text out", field="kind")
    number = _number(connection, about)
    if number is None:
        raise BadInput(
            "there is no number that can be texted",
            "ask for one, or leave the text out",
            field="text",
        )
    local = at.astimezone(LOCAL)
    said = {
        "date": spoken(local.date()),
        "time": f"{local:%H.%M}",
        "street": " ".join(wanted.street.split()),
    }
    language = (
        connection.execute(select(Person.language).where(Person.id == about.person_id)).scalar()
        or "nl"
    )
    context = {"appointment": said, "sender": {"team": _team(connection, about)}}
    known = {
        "call_id": about.call_id,
        "person_id": about.person_id,
        "appointment_id": appointment_id,
    }
    new = NewAnswer(what, number, about.line_id, language, context, **known)
    return (
        write(connection, new, now=now) or 0
    )  # no reply is named, so nothing like it was written before


def _number(connection: Connection, call: About) -> str | None:
    from_number = connection.execute(
        select(Reply.from_number).where(Reply.id == call.reply_id)
    ).scalar()
    for e164 in (call.number, from_number):
        if e164 and PhoneNumber.parse(e164).may_text:
            return str(e164)
    own = select(PersonNumber.e164).where(
        PersonNumber.person_id == call.person_id, PersonNumber.may_text
    )
    return connection.execute(own.order_by(PersonNumber.position).limit(1)).scalar()


def _team(connection: Connection, call: About) -> str:
    """Return who the text is from: the team of the campaign it is about, else the line."""
    spec = (
        connection.execute(select(Campaign.spec).where(Campaign.id == call.campaign_id)).scalar()
        or {}
    )
    line = connection.execute(
        select(PhoneLine.name).where(PhoneLine.id == call.line_id)
    ).scalar_one()
    return str(spec.get("sender", {}).get("team") or line)
