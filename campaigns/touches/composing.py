"""Compose messages for claimed touches from the approved texts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.orm import aliased

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_parts import Sender
from channels.codes import printed
from channels.port import Batch, Channel, Message, Refusal, RefusalKind
from people.addresses import PostalAddress
from people.names import Name
from people.numbers import PhoneNumber
from store.errors import BadInput
from store.states import TouchState
from store.tables import (
    Campaign,
    FrozenText,
    Person,
    PersonNumber,
    ResponseCode,
    RosterEntry,
    Step,
    Touch,
)
from store.written_dates import day_by_language, spoken_day
from suppression.occasions import Occasion
from suppression.usable_numbers import first_numbers
from templates.texts import FALLBACK, Template, spoken_in
from templates.word_sets import WordSet

FACTS = ("appointment_on", "appointment_at", "appointment_street")
"""The facts of an appointment: a date, a time (10.30) and a street with its number."""
Spoken = str | Mapping[Literal["nl", "en"], str]
"""A text, or the same text in each language."""

SURELY_FITS = 30
"""So many letters of a greeting fit in every layout."""
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # what is only looked at has no moment of its own


@dataclass(frozen=True, slots=True)
class Script:
    """The approved campaign and texts that the messages of one delivery share."""

    campaign: CampaignFile
    template: Template
    context: Mapping[str, Any]  # the part of the context that is the same for everyone
    words: WordSet = field(init=False, compare=False, repr=False)  # of the two

    def __post_init__(self) -> None:
        """Prepare the words, so that what is the same for everyone is rendered once."""
        object.__setattr__(self, "words", WordSet(self.template, self.context))

    @property
    def sender(self) -> dict[str, str]:
        """The sender's details for a channel, in Dutch."""
        line = self.campaign.phone_line
        details = spoken_in(self.campaign.sender.model_dump(), FALLBACK)
        return {**details, "number": line.number, "line": line.name}


class Recipient(NamedTuple):
    """A person as messages need them, with the columns of `people` of these names."""

    id: int
    initials: str
    given_name: str
    prefix: str
    family_name: str
    name_use: str
    partner_prefix: str
    partner_name: str
    noble_title: str
    partner_noble_title: str
    partner_former: bool
    gender: str
    language: str
    household_key: int | None
    street: str | None
    house_number: int | None
    house_letter: str | None
    house_addition: str | None
    house_designation: str | None
    postcode: str | None
    town: str | None
    country: str
    guardian_ref: str | None
    facts: Mapping[str, Any]


RECIPIENT = tuple(getattr(Person, name) for name in Recipient._fields)
"""The columns to select for a `Recipient`."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """One touch and its recipient. A guardian reads it in the recipient's place, if there is one."""

    touch_id: int
    code: str | None
    person: Recipient
    guardian: Recipient | None = None


def read_script(connection: Connection, campaign_id: int, step_id: int, *, today: date) -> Script:
    """Read the approved campaign and texts of one step.

    The agent's name appears only while that agent is on the roster `today`.
    """
    row = connection.execute(
        select(Campaign.spec, Campaign.line_id).where(Campaign.id == campaign_id)
    ).one()
    campaign = CampaignFile.model_validate(row.spec)
    name = connection.execute(select(Step.template).where(Step.id == step_id)).scalar_one()
    texts = connection.execute(
        select(FrozenText.file, FrozenText.source).where(
            FrozenText.campaign_id == campaign_id, FrozenText.template == name
        )
    )
    line = campaign.phone_line
    agent = (
        line.agent
        if line.agent and on_roster(connection, row.line_id, line.agent, today)
        else campaign.sender.team
    )
    template = Template.from_sources(name, {each.file: each.source for each in texts})
    return Script(campaign, template, campaign_context(campaign, agent, today))


def compose(
    connection: Connection,
    channel: Channel,
    script: Script,
    occasion: Occasion,
    *,
    delivery_id: int,
    sent_to: frozenset[int] | None = None,
    states: Collection[TouchState] = (TouchState.CLAIMED, TouchState.UNKNOWN),
) -> Iterator[Message | Refusal]:
    """Yield each claimed touch of a delivery as a message, or as a refusal if that fails.

    Args:
        connection: an open connection.
        channel: where the messages go.
        script: what they have in common.
        occasion: on which they were judged: a number that may not be used then is not written on a message.
        delivery_id: whose touches.
        sent_to: only these touches, where given.
        states: in which they are; what is printed again was handed over before.
    """
    statement = (
        _addressed()
        .where(Touch.delivery_id == delivery_id, Touch.state.in_(states))
        .order_by(Person.postcode, Person.house_number, Person.house_addition, Touch.id)
    )
    numbers = _numbers(connection, channel, occasion, delivery_id)
    guardians = _guardians(connection, script, delivery_id)
    for row in connection.execute(statement):
        if sent_to is None or row.touch_id in sent_to:
            whom = _read(row, guardians.get(row.id))
            yield compose_message(channel, script, whom, numbers.get(row.id))


def addressed(connection: Connection, script: Script, touch_id: int) -> Addressed:
    """Return one touch with its recipient, as known now."""
    row = connection.execute(_addressed().where(Touch.id == touch_id)).one()
    if not script.campaign.to_representative or row.guardian_ref is None:
        return _read(row, None)
    found = connection.execute(
        select(*RECIPIENT).where(Person.person_ref == row.guardian_ref)
    ).one_or_none()
    return _read(row, None if found is None else Recipient._make(found))


def _addressed() -> Select[*tuple[Any, ...]]:
    return (
        select(Touch.id.label("touch_id"), ResponseCode.code, *RECIPIENT)
        .join(Person, Person.id == Touch.person_id)
        .outerjoin(ResponseCode, ResponseCode.touch_id == Touch.id)
    )


def _read(row: Sequence[Any], guardian: Recipient | None) -> Addressed:
    """Return a row of `_addressed` as one touch, by the places of its columns."""
    touch_id, code, *columns = row
    return Addressed(touch_id, code, Recipient._make(columns), guardian)


def _guardians(connection: Connection, script: Script, delivery_id: int) -> dict[int, Recipient]:
    """Return the guardian of each ward of a delivery, where the campaign writes to guardians."""
    if not script.campaign.to_representative:
        return {}
    ward = aliased(Person)
    rows = connection.execute(
        select(ward.id.label("ward_id"), *RECIPIENT)
        .join(Touch, Touch.person_id == ward.id)
        .join(Person, Person.person_ref == ward.guardian_ref)
        .where(Touch.delivery_id == delivery_id)
    )
    return {ward_id: Recipient._make(columns) for ward_id, *columns in rows}


def _numbers(
    connection: Connection, channel: Channel, occasion: Occasion, delivery_id: int
) -> dict[int, PhoneNumber]:
    """Return the first usable number of each person of a delivery. Post needs none.

    Usable is what the judge calls so: of the kind the channel needs, still open, and their own.
    """
    if channel.reaches == "post":
        return {}
    whose = PersonNumber.person_id.in_(
        select(Touch.person_id).where(Touch.delivery_id == delivery_id)
    )
    return {
        person: PhoneNumber.parse(e164)
        for person, e164 in connection.execute(first_numbers(occasion, whose))
    }


def compose_message(
    channel: Channel, script: Script, whom: Addressed, number: PhoneNumber | None = None
) -> Message | Refusal:
    """Return one touch as a message, or the refusal that says why not.

    A text or a call goes to `number`; post goes to the address of the person, or of their guardian.
    """
    to_whom = whom.guardian or whom.person
    try:
        name = Name.of(to_whom)
        addressee, language = name.addressee(), to_whom.language or "nl"
        to, lines = _address(channel, to_whom, addressee, number)
        context = {
            "code": printed(whom.code) if whom.code else "",
            **appointment_context(whom.person.facts or {}),
        }
        made = [
            _worded(script, language, {**context, "person": person}, to=to, lines=lines, whom=whom)
            for person in _greeted(channel, name, addressee, script.template.spoken(language))
        ]
    except BadInput as refused:
        return Refusal(whom.touch_id, RefusalKind.CONTENT, "CANNOT_BE_SAID", refused.problem)
    fitting = (each for each in made if len(made) > 1 and fault_of(channel, script, each) is None)
    return next(fitting, made[0])


def _greeted(
    channel: Channel, name: Name, addressee: str, language: str
) -> Iterator[Mapping[str, str]]:
    """Yield a person as the template greets them, and in shorter words where these may not fit."""
    greetings = name.greetings(language)
    shown = (
        greetings
        if channel.reaches == "post" and len(greetings[0]) > SURELY_FITS
        else greetings[:1]
    )
    for greeting in shown:
        yield {"salutation": greeting, "addressee": addressee}


def _worded(
    script: Script,
    language: str,
    context: Mapping[str, Any],
    *,
    to: PostalAddress | PhoneNumber,
    lines: tuple[str, ...],
    whom: Addressed,
) -> Message:
    words = script.words.render(language, context)
    return Message(
        touch_id=whom.touch_id,
        to=to,
        address_lines=lines,
        words=words.parts,
        language=words.language,
        code=whom.code or "",
    )


def fault_of(channel: Channel, script: Script, message: Message) -> Refusal | None:
    """Return why a message cannot be printed as its template is laid out, or None."""
    batch = Batch(
        key="fit",
        made_at=_ANY_MOMENT,
        messages=(message,),
        layout=script.template.layout,
        sender=script.sender,
    )
    return channel.check(message, batch)


def _address(
    channel: Channel, person: Recipient, addressee: str, number: PhoneNumber | None
) -> tuple[PostalAddress | PhoneNumber, tuple[str, ...]]:
    if channel.reaches != "post":
        if number is None:
            raise BadInput("there is no number left that may be used")
        return number, ()
    address = PostalAddress.stored(person)
    if address is None:
        raise BadInput("there is no postal address any more")
    return address, (addressee, *address.lines())


def real_page(sender: Sender) -> str:
    """Return the page that says who writes and what we never ask, as it is printed."""
    url = sender.qr_url or f"https://{sender.privacy_url.removeprefix('https://')}"
    return sender.real_url or f"{urlsplit(url).netloc}/echt"


def appointment_context(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the appointment for a template, or nothing if part of it is unknown."""
    on, at, street = (facts.get(name) for name in FACTS)
    if not (on and at and street):
        return {}
    day = date.fromisoformat(str(on))
    return {
        "appointment": {
            "date": spoken_day(day),
            "time": str(at).replace(":", "."),
            "street": str(street),
        }
    }


def campaign_context(
    campaign: CampaignFile, agent: Spoken, on: date | None = None
) -> dict[str, Any]:
    """Return the part of a template's context that is the campaign's own.

    Args:
        campaign: as it was approved.
        agent: who signs; where nobody is named the team, in each language its own.
        on: the day that a letter bears; without one it is left to the preview.
    """
    line, sender = campaign.phone_line, campaign.sender
    return {
        **({"sent_on": day_by_language(on)} if on else {}),
        "agent": agent,
        "line": {
            "number": PhoneNumber.parse(line.number).printed(),
            "hours": line.hours,
            "name": line.name,
        },
        "sender": {
            **sender.model_dump(),
            "real_url": real_page(sender),
            "qr": bool(sender.qr_url),
        },
        "campaign": {"title": campaign.title},
    }


def on_roster(connection: Connection, line_id: int, first_name: str, day: date) -> bool:
    """Return whether somebody of this first name is on a line's roster on a day."""
    found = connection.execute(
        select(RosterEntry.id)
        .where(
            RosterEntry.line_id == line_id,
            func.lower(RosterEntry.first_name) == first_name.strip().lower(),
            RosterEntry.on_from <= day,
            or_(RosterEntry.on_until.is_(None), RosterEntry.on_until >= day),
        )
        .limit(1)
    )
    return found.first() is not None
