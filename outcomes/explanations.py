"""Explain one person's history, with every campaign's decision and all that followed."""

from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from installation.installation import Installation
from outcomes import person_facts
from outcomes.campaign_decisions import campaign_decisions
from outcomes.person_history import (
    AppointmentMade,
    CallTaken,
    Explanation,
    ReplyReceived,
)
from outcomes.person_identity import KnownPerson, find_person, numbers_of, portrait
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallKind, ReplyKind
from store.tables import (
    Appointment,
    Call,
    Campaign,
    PhoneLine,
    Promise,
    Reply,
)


def why(installation: Installation, ref: str, *, now: datetime | None = None) -> Explanation:
    """Explain every decision about one person. Entries count as in force at `now`.

    Raises:
        BadInput: nobody of that reference was imported.
    """
    at = now or installation.now()
    with installation.store.reading() as connection:
        person = find_person(connection, ref)
        if person is None:
            raise _nobody(connection, ref)
        numbers = numbers_of(connection, person.id)
        return Explanation(
            person=portrait(connection, person, numbers),
            campaigns=campaign_decisions(connection, person),
            replies=_replies(connection, person),
            calls=_calls(connection, person.id),
            appointments=_appointments(connection, person.id),
            suppressions=person_facts.suppressions(connection, person, numbers, at),
            outcomes=person_facts.outcomes(connection, ref),
            consents=person_facts.consents(connection, ref, at),
            obligations=person_facts.obligations(connection, ref),
            answers=person_facts.answers(connection, person.id),
        )


def is_known(installation: Installation, ref: str) -> bool:
    """Say whether somebody of this reference was imported."""
    with installation.store.reading() as connection:
        return find_person(connection, ref) is not None


def _nobody(connection: Connection, ref: str) -> BadInput:
    """Return the error for an unknown reference, which may be the code of a seed."""
    # it brings the templates, which few answers need
    from campaigns.touches.seed_pieces import seed_of

    if (seed := seed_of(connection, "".join(ref.split()))) is not None:
        problem = Sentence(
            "is the code of a seed of run {run}: {addressee} is one of us",
            run=seed.run,
            addressee=seed.addressee,
        )
        return BadInput(problem, "no citizen has this code", field=ref)
    remedy = "look at the reference again, or import the people it belongs to"
    return BadInput("is not a known person", remedy, field=ref)


def _replies(connection: Connection, person: KnownPerson) -> tuple[ReplyReceived, ...]:
    rows = connection.execute(
        select(Reply.__table__, Campaign.name)
        .outerjoin(Campaign, Campaign.id == Reply.campaign_id)
        .where(
            or_(
                Reply.person_id == person.id,
                and_(Reply.person_id.is_(None), Reply.person_ref == person.person_ref),
            )
        )
        .order_by(Reply.received_at, Reply.id)
    )
    return tuple(
        ReplyReceived(
            at=row.received_at,
            kind=row.kind.value,
            campaign=row.name,
            matched_by=row.matched_by,
            objects=row.objects,
            reason=row.reason,
            text=row.text,
        )
        for row in rows
    )


def _calls(connection: Connection, person_id: int) -> tuple[CallTaken, ...]:
    asked = select(Promise.id).where(Promise.call_id == Call.id).exists().label("asked")
    rows = connection.execute(
        select(
            Call.__table__,
            PhoneLine.number,
            Campaign.name.label("campaign"),
            Reply.kind.label("reply"),
            asked,
        )
        .join(PhoneLine, PhoneLine.id == Call.line_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(Reply, Reply.id == Call.reply_id)
        .where(Call.person_id == person_id)
        .order_by(Call.received_at, Call.id)
    )
    return tuple(
        CallTaken(
            received_at=row.received_at,
            kind=row.kind.value if row.asked else _unasked(row.kind, row.reply),
            campaign=row.campaign,
            state=row.state.value,
            line=row.number,
            taken_by=row.taken_by,
            wrapped_up_at=row.wrapped_up_at,
            disposition=row.disposition,
            note=row.note,
        )
        for row in rows
    )


def _unasked(kind: CallKind, reply: ReplyKind | None) -> str:
    """Return why an entry stood in the queue for which nobody asked to be called back."""
    if kind is not CallKind.CALL_BACK or reply in {None, ReplyKind.WEB}:
        return kind.value
    return CallKind.CALL.value if reply is ReplyKind.CALLED else "reply"


def _appointments(connection: Connection, person_id: int) -> tuple[AppointmentMade, ...]:
    query = select(Appointment.at, Appointment.kind, Appointment.made_at).where(
        Appointment.person_id == person_id
    )
    return tuple(
        AppointmentMade(*row)
        for row in connection.execute(query.order_by(Appointment.at, Appointment.id))
    )
