"""Confirm appointments by text, when they are made, moved or cancelled.

The text gives date, time and street, and never the name of the office.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from campaigns.touches.composing import Spoken
from desk.entries.answers import NewAnswer, write
from people.numbers import PhoneNumber
from store.clock import LOCAL
from store.errors import BadInput
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import AnswerKind
from store.tables import Appointment, Call, Campaign, Person, PersonNumber, PhoneLine, Reply, Slot
from store.written_dates import spoken_day

LONGEST_STREET = 60  # characters: with it the text still goes in two segments
WITH_A_STREET = ("counter", "support_point")


@dataclass(frozen=True, slots=True)
class TextWanted:
    """The citizen wants the appointment by text. Holds the place that the text names."""

    street: str  # with its number, and nothing more

    def __post_init__(self) -> None:
        if (
            not self.street.strip()
            or len(self.street) > LONGEST_STREET
            or not self.street.isprintable()
        ):
            problem = "is not a street" if self.street.strip() else "is missing"
            raise BadInput(
                problem,
                Sentence(
                    "street and number, at most {longest_street} letters",
                    longest_street=LONGEST_STREET,
                ),
                field="street",
            )


@dataclass(frozen=True, slots=True)
class Appointed:
    """The appointment that a text is about."""

    id: int
    kind: str
    at: datetime


def confirm(
    connection: Connection, call: Call, made: Appointed, wanted: TextWanted, *, now: datetime
) -> int:
    """Write the text that confirms an appointment made in a call. Return the key of the answer.

    It goes to the number of the call where that can be texted, else to the person's first number that can be.

    Raises:
        BadInput: the appointment is not at an address, or there is no number that can be texted.
    """
    about = About(
        line_id=call.line_id,
        campaign_id=call.campaign_id,
        person_id=call.person_id,
        call_id=call.id,
        number=call.number,
        reply_id=call.reply_id,
    )
    return _write(connection, AnswerKind.APPOINTMENT, about, made=made, wanted=wanted, now=now)


def notify(
    connection: Connection, appointment_id: int, message: AnswerKind, *, now: datetime
) -> int:
    """Write the text about an appointment in a slot. Return the key of the answer.

    Raises:
        BadInput: it is not at an address, its place is not a street, there is no number that can be texted, or
            the line it would come from is not known.
    """
    query = (
        select(
            Appointment.person_id,
            Appointment.campaign_id,
            Appointment.call_id,
            Appointment.kind,
            Appointment.at,
            Slot.location,
        )
        .join(Slot, Slot.id == Appointment.slot_id)
        .where(Appointment.id == appointment_id)
    )
    person_id, campaign_id, call_id, kind, at, street = connection.execute(query).one()
    about = _about(connection, call_id, campaign_id=campaign_id, person_id=person_id)
    made = Appointed(appointment_id, kind, at)
    return _write(connection, message, about, made=made, wanted=TextWanted(street), now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The recipient of a text, and the line it comes from."""

    line_id: int
    campaign_id: int | None
    person_id: int | None
    call_id: int | None = None
    number: str | None = None  # E.164: of the call
    reply_id: int | None = None


def _about(
    connection: Connection, call_id: int | None, *, campaign_id: int | None, person_id: int
) -> About:
    call = read_one_or_none(connection, select(Call).where(Call.id == call_id))
    if call is not None:
        # the number of a call serves that call; a text of later goes to the person's own, or to the one they gave then
        return About(
            line_id=call.line_id,
            campaign_id=campaign_id,
            person_id=person_id,
            call_id=call.id,
            number=call.number,
            reply_id=call.reply_id,
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
    return About(line_id=lines[0], campaign_id=campaign_id, person_id=person_id)


def _write(
    connection: Connection,
    message: AnswerKind,
    about: About,
    *,
    made: Appointed,
    wanted: TextWanted,
    now: datetime,
) -> int:
    if made.kind not in WITH_A_STREET:
        raise BadInput("is not an appointment at an address", "leave the text out", field="kind")
    number = _number(connection, about)
    if number is None:
        raise BadInput(
            "there is no number that can be texted",
            "ask for one, or leave the text out",
            field="text",
        )
    local = made.at.astimezone(LOCAL)
    facts = {
        "date": spoken_day(local.date()),
        "time": f"{local:%H.%M}",
        "street": " ".join(wanted.street.split()),
    }
    language = connection.execute(
        select(Person.language).where(Person.id == about.person_id)
    ).scalar()
    new = NewAnswer(
        kind=message,
        e164=number,
        line_id=about.line_id,
        language=language or "nl",
        context={"appointment": facts, "sender": {"team": _team(connection, about)}},
        call_id=about.call_id,
        person_id=about.person_id,
        appointment_id=made.id,
    )
    # no reply is named, so nothing like it was written before
    return write(connection, new, now=now) or 0


def _number(connection: Connection, about: About) -> str | None:
    from_number = connection.execute(
        select(Reply.from_number).where(Reply.id == about.reply_id)
    ).scalar()
    for e164 in (about.number, from_number):
        if e164 and PhoneNumber.parse(e164).may_text:
            return str(e164)
    own = select(PersonNumber.e164).where(
        PersonNumber.person_id == about.person_id, PersonNumber.may_text
    )
    return connection.execute(own.order_by(PersonNumber.position).limit(1)).scalar()


def _team(connection: Connection, about: About) -> Spoken:
    """Return the sender of the text, which is the campaign's team, else the line's name."""
    spec = (
        connection.execute(select(Campaign.spec).where(Campaign.id == about.campaign_id)).scalar()
        or {}
    )
    line = connection.execute(
        select(PhoneLine.name).where(PhoneLine.id == about.line_id)
    ).scalar_one()
    team: Spoken = spec.get("sender", {}).get("team") or line
    return team
