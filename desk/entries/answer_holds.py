"""Conditions under which a planned answer is not sent (too late, deceased, objected)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from desk.entries.answers import CHANNEL
from store.states import AnswerKind, AppointmentState, SuppressionScope
from store.tables import Answer, Appointment, Person, PersonNumber, Suppression
from suppression.reasons import Reason

STALE = timedelta(days=1)
"""An answer that waited longer is not sent, because it would only puzzle its reader.

A STOP is confirmed all the same.
"""
OF_APPOINTMENTS = (
    AnswerKind.APPOINTMENT,
    AnswerKind.APPOINTMENT_MOVED,
    AnswerKind.APPOINTMENT_CANCELLED,
    AnswerKind.APPOINTMENT_REMINDER,
)
ASKED_FOR = (AnswerKind.HELP, *OF_APPOINTMENTS)
"""Answers somebody asked for. Only an objection made after the request stops them."""


def too_late(now: datetime) -> ColumnElement[bool]:
    """Match answers that are of no use any more, by age or because their appointment changed."""
    # what was written before answers named their appointment knows only the call in which it was made
    by_call = and_(Answer.appointment_id.is_(None), Appointment.call_id == Answer.call_id)
    its_own = or_(Appointment.id == Answer.appointment_id, by_call)
    over = exists().where(its_own, Appointment.at <= now)
    # moved or cancelled before it was confirmed: another text tells of that, and this one would puzzle
    gone = exists().where(
        Appointment.id == Answer.appointment_id, Appointment.state != AppointmentState.AGREED
    )
    stands = Answer.kind != AnswerKind.APPOINTMENT_CANCELLED
    about_one = Answer.kind.in_(OF_APPOINTMENTS)
    # whoever said stop hears that it was heard, however late
    of_a_stop = Answer.kind.in_((AnswerKind.STOPPED, AnswerKind.HELD))
    return or_(
        and_(about_one, over),
        and_(about_one, stands, gone),
        and_(~about_one, ~of_a_stop, Answer.written_at < now - STALE),
    )


def died(now: datetime) -> ColumnElement[bool]:
    """Match answers to people who died.

    Where the person is not known, match a number that belonged to somebody who died.
    """
    reported = exists().where(
        Suppression.person_ref == Person.person_ref,
        Suppression.reason == Reason.DECEASED.value,
        *_in_force(now),
    )
    on_number = select(PersonNumber.person_id).where(PersonNumber.e164 == Answer.e164)
    is_it = or_(
        Person.id == Answer.person_id, and_(Answer.person_id.is_(None), Person.id.in_(on_number))
    )
    # a STOP is confirmed all the same where nobody knows whose number it is: somebody alive has sent it
    asks = or_(
        Answer.person_id.is_not(None), Answer.kind.not_in((AnswerKind.STOPPED, AnswerKind.HELD))
    )
    return and_(asks, exists().where(is_it, or_(Person.deceased_on.is_not(None), reported)))


def objected(now: datetime) -> ColumnElement[bool]:
    """Match answers to people or numbers that objected, except what they asked for afterwards."""
    ref = (
        select(Person.person_ref)
        .where(Person.id == Answer.person_id)
        .correlate(Answer)
        .scalar_subquery()
    )
    by_number = and_(Suppression.scope == SuppressionScope.NUMBER, Suppression.e164 == Answer.e164)
    by_person = and_(Suppression.scope == SuppressionScope.PERSON, Suppression.person_ref == ref)
    since = or_(Answer.kind.not_in(ASKED_FOR), Suppression.starts_at > Answer.written_at)
    stands = exists().where(
        Suppression.reason.in_([Reason.OBJECTION.value, Reason.OBJECTION_IN_DOUBT.value]),
        or_(by_number, by_person),
        func.coalesce(Suppression.channel, CHANNEL) == CHANNEL,
        Suppression.purpose.is_(None),
        Suppression.subject.is_(None),
        since,
        *_in_force(now),
    )
    return and_(Answer.kind.not_in((AnswerKind.STOPPED, AnswerKind.HELD)), stands)


def _in_force(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= now,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
    )
