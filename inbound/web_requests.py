"""Requests from the public pages (call-back, appointment, objection).

They are stored like a call or a text, as a reply and an entry in the queue. A form that was sent twice is one
request. A code identifies a card, never a visitor, so nothing about the card's person is disclosed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b

from sqlalchemy import Connection, Select, insert, or_, select

from desk.entries.promised_windows import Window
from desk.entries.queue_entries import ANY_SKILL, Lines, NewCall
from desk.queue.appointments import Booked, book_by_card, booked_in
from inbound.intents import Intent, Meaning
from inbound.replies import postal_channels, store_replies
from inbound.reply_effects import StoredReply, apply_effects
from inbound.reply_matching import CODE, HELPER, Match, match
from inbound.reply_rows import ReadReply
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.states import (
    AppointmentState,
    CampaignState,
    PromiseState,
    ReplyKind,
    SuppressionScope,
)
from store.tables import (
    AgentSkill,
    Appointment,
    Call,
    Campaign,
    Import,
    Person,
    Promise,
    Reply,
    Suppression,
    Touch,
)

PAGE = "web"
HELPERS = "helpers"
"""The skill of agents who talk with volunteers, councils and legal-aid desks."""
_GO_ON = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.FINISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """A validated request from a public page."""

    key: str  # of the form: sent twice, it is one request
    line_id: int | None  # whose queue it enters where the card names none that is open
    text: str  # what was asked, in words for the desk
    language: str  # ISO 639-1, of the page
    code: str | None = None  # of the card in hand
    number: str | None = None  # E.164: to call back on. It serves this call only
    window: Window | None = None  # when
    objects: bool = False
    helper: bool = False  # asks for somebody else


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """The keys of a stored request."""

    reply_id: int
    call_id: int | None  # in the queue
    promised: Window | None  # None: as soon as we can


def take_request(installation: Installation, asked: WebRequest, *, now: datetime) -> StoredRequest:
    """Store a call-back request or an objection, with all its effects in one transaction."""
    with installation.store.writing() as connection:
        lines = Lines.read(connection)
        stored, reply_id = _store(installation, connection, asked, lines=lines, now=now)
        if stored:
            hours = installation.policy.hours
            apply_effects(connection, stored, lines, hours=hours, now=now)
        return _stored(connection, reply_id)


def _stored(connection: Connection, reply_id: int) -> StoredRequest:
    """Return what was asked, with the window that was promised for it, also where it is asked twice."""
    query = (
        select(Call.id, Promise.begins, Promise.ends)
        .outerjoin(Promise, (Promise.call_id == Call.id) & (Promise.state == PromiseState.OPEN))
        .where(Call.reply_id == reply_id)
    )
    row = connection.execute(query).first()
    if row is None:
        return StoredRequest(reply_id, None, None)
    promised = Window(row.begins, row.ends) if row.begins and row.ends else None
    return StoredRequest(reply_id, row.id, promised)


def make_appointment(
    installation: Installation, asked: WebRequest, slot_id: int, *, now: datetime
) -> Booked:
    """Reserve a slot for the person of a card, once per card.

    Raises:
        BadInput: no appointment can be made with this card on this page. The reason stays here: it would tell of
            somebody. Or the slot is full or past (`field` begins with "slot").
    """
    with installation.store.writing() as connection:
        lines = Lines.read(connection)
        stored, reply_id = _store(installation, connection, asked, lines=lines, now=now)
        if not stored:
            if again := booked_in(connection, reply_id):
                return again
            raise _by_phone()
        found = stored[0].match
        line_id = lines.line_for(found.campaign_id, now) if found.by == CODE else None
        if line_id is None or not _may_book(connection, found, now):
            raise _by_phone()
        new = NewCall(
            line_id=line_id,
            reply_id=reply_id,
            received_at=now,
            campaign_id=found.campaign_id,
            touch_id=found.touch_id,
            person_id=found.person_id,
            language=asked.language,
        )
        return book_by_card(connection, slot_id, new, now=now)


def _by_phone() -> BadInput:
    return BadInput(
        "no appointment can be made with this card on this page", "call the line", field="code"
    )


def _store(
    installation: Installation,
    connection: Connection,
    asked: WebRequest,
    *,
    lines: Lines,
    now: datetime,
) -> tuple[Sequence[StoredReply], int]:
    """Store a request. Return it where it is new, and the key of its reply."""
    reply = _reply(connection, asked, now)
    found = (
        Match(HELPER)
        if asked.helper
        else match(connection, [reply], post=postal_channels(installation))[0]
    )
    own = lines.line_for(found.campaign_id, now) if found.campaign_id else None
    reply = replace(reply, line_id=own or asked.line_id)
    stored = store_replies(connection, [reply], [found], _import_of_today(connection, now))
    known = connection.execute(select(Reply.id).where(Reply.reply_key == reply.key)).scalar_one()
    return stored, int(known)


def _reply(connection: Connection, asked: WebRequest, now: datetime) -> ReadReply:
    key = blake2b(f"{PAGE}\x1f{asked.key}".encode(), digest_size=16).hexdigest()
    intent = Intent.STOP if asked.objects else Intent.TALK
    meaning = Meaning(
        intent=intent,
        calls=not asked.objects,
        window=asked.window,
        number=asked.number,
        language=asked.language,
    )
    return ReadReply(
        key=key,
        kind=ReplyKind.WEB,
        received_at=now,
        code=asked.code,
        e164=None,
        person_ref=None,
        text=asked.text,
        reason=None,
        objects=asked.objects,
        meaning=meaning,
        skill=_skill(connection, local_date(now)) if asked.helper else None,
    )


def _skill(connection: Connection, today: date) -> str:
    """Return the helpers' skill where an agent has it today, else the general one.

    Otherwise nobody would take the helpers' calls.
    """
    counts = (AgentSkill.trained_on <= today) & or_(
        AgentSkill.until.is_(None), AgentSkill.until >= today
    )
    trained = select(AgentSkill.id).where(AgentSkill.skill == HELPERS, counts).limit(1)
    return HELPERS if connection.execute(trained).first() else ANY_SKILL


def _import_of_today(connection: Connection, now: datetime) -> int:
    """Return the import to which today's requests from the public pages belong."""
    name = f"{PAGE} {local_date(now)}"
    found = connection.execute(
        select(Import.id).where(Import.kind == PAGE, Import.file == name).limit(1)
    ).scalar()
    if found is None:
        values = {"kind": PAGE, "file": name, "sha256": "", "started_at": now, "finished_at": now}
        found = connection.execute(insert(Import).values(values).returning(Import.id)).scalar_one()
    return int(found)


def _may_book(connection: Connection, found: Match, now: datetime) -> bool:
    """Return whether an appointment can be made with this card here. Everybody else is helped by phone."""
    card = (
        select(Touch.id)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .join(Person, Person.id == Touch.person_id)
        .where(
            Touch.id == found.touch_id,
            Touch.handed_over_at.is_not(None),
            Campaign.state.in_(_GO_ON),
        )
        .where(Person.deceased_on.is_(None), Person.person_ref.not_in(_listed(now)))
        # of two who book with one card at once, one does; their replies hold the touch's key, which this leaves alone
        .with_for_update(of=Touch, key_share=True)
    )
    if connection.execute(card).first() is None:
        return False
    to_come = (Appointment.state == AppointmentState.AGREED, Appointment.at > now)
    have = select(Appointment.id).where(Appointment.person_id == found.person_id, *to_come).limit(1)
    return connection.execute(have).first() is None


def _listed(now: datetime) -> Select[str | None]:
    """Return the query of everybody who is listed as deceased or to be left alone."""
    return select(Suppression.person_ref).where(
        Suppression.scope == SuppressionScope.PERSON,
        Suppression.person_ref.is_not(None),
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= now,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
    )
