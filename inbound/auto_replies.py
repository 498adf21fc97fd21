"""Automatic replies to incoming texts (confirmed STOP, call-back promised, closed now).

A STOP is confirmed once, and the closed message goes once a day. A number gets a few answers a day at most, so that
two machines do not text each other. What the provider confirms by itself is not confirmed again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from desk.entries.answers import NewAnswer, write
from desk.entries.line_hours import hours_of_line
from desk.entries.queue_entries import Lines
from inbound.intents import Intent
from people.numbers import PhoneNumber
from store.clock import LOCAL, local_date
from store.states import AnswerKind, ReplyKind, SuppressionScope, TouchState
from store.tables import Answer, Call, Person, Suppression
from store.written_dates import spoken_day
from suppression.contact_hours import Hours, is_open, next_open
from suppression.policies import Policy
from suppression.reasons import Reason

if TYPE_CHECKING:
    from desk.entries.promised_windows import Window
    from inbound.reply_effects import ReplyEffects, StoredReply

FRESH = timedelta(days=1)
"""An older text gets no automatic reply, because its sender waits for nothing any more."""
FRESH_STOP = timedelta(days=7)
"""A STOP is confirmed also where it was read late, after a weekend or a failure."""
_A_DAY = timedelta(days=1)
_NEVER_LEFT = (TouchState.FAILED, TouchState.WITHHELD, TouchState.DROPPED)
_NOT_ASKED_BY_TEXT = (AnswerKind.APPOINTMENT, AnswerKind.APPOINTMENT_REMINDER)
_COUNTED = tuple(kind for kind in AnswerKind if kind not in _NOT_ASKED_BY_TEXT)
_SOON = {"nl": "zo snel we kunnen", "en": "as soon as we can"}


def write_auto_replies(
    connection: Connection,
    policy: Policy,
    stored: Sequence["StoredReply"],
    *,
    lines: Lines,
    effects: "ReplyEffects",
    now: datetime,
) -> int:
    """Write the answers to these texts, in the transaction that stores the texts. Return how many."""
    texts = [each for each in stored if _can_be_answered(each, now)]
    queued = _queued(connection, texts)
    languages = _languages(connection, texts)
    written = 0
    for each in texts:
        line_id = _line(lines, each, queued.get(each.id))
        if line_id is None:
            continue
        kind = _kind(connection, policy, each, effects, line_id=line_id, queued=each.id in queued)
        if kind is None or _enough(connection, policy, each, kind):
            continue
        answer = NewAnswer(
            kind=kind,
            e164=each.reply.e164 or "",
            line_id=line_id,
            language=_language(each, languages),
            context=_context(kind, each, effects, opens=_opens(connection, policy, line_id, each)),
            reply_id=each.id,
            person_id=each.match.person_id,
        )
        written += write(connection, answer, now=now) is not None
    return written


def _can_be_answered(each: "StoredReply", now: datetime) -> bool:
    reply = each.reply
    lasts = FRESH_STOP if reply.meaning.intent is Intent.STOP else FRESH
    fresh = reply.kind is ReplyKind.TEXTED and not reply.repeats and reply.received_at > now - lasts
    return fresh and reply.e164 is not None and PhoneNumber.parse(reply.e164).may_text


def _queued(connection: Connection, texts: Iterable["StoredReply"]) -> dict[int | None, int]:
    """Return the line in whose queue each of these replies is."""
    if not (ids := [each.id for each in texts]):
        return {}
    query = select(Call.reply_id, Call.line_id).where(Call.reply_id.in_(ids))
    return dict(connection.execute(query).all())


def _languages(
    connection: Connection, texts: Iterable["StoredReply"]
) -> dict[int | None, str | None]:
    ids = {each.match.person_id for each in texts if each.match.person_id}
    if not ids:
        return {}
    query = select(Person.id, Person.language).where(Person.id.in_(ids))
    return dict(connection.execute(query).all())


def _language(each: "StoredReply", languages: dict[int | None, str | None]) -> str:
    """Return the language of the words where it is clear, else the person's, else Dutch."""
    return each.reply.meaning.language or languages.get(each.match.person_id) or "nl"


def _line(lines: Lines, each: "StoredReply", queued: int | None) -> int | None:
    """Return the line whose number an answer gives (of the queue, else the campaign, else any)."""
    reply = each.reply
    named = queued or lines.line_for(each.match.campaign_id, reply.received_at, reply.line_id)
    return named or min(lines.by_number.values(), default=None)


def _kind(
    connection: Connection,
    policy: Policy,
    each: "StoredReply",
    effects: "ReplyEffects",
    *,
    line_id: int,
    queued: bool,
) -> AnswerKind | None:
    meaning = each.reply.meaning
    if meaning.confirmed:
        return None
    match meaning.intent:
        case Intent.STOP:
            return None if _confirmed_before(connection, each) else AnswerKind.STOPPED
        case Intent.START if each.id in effects.started_by:
            return AnswerKind.STARTED
        case Intent.HELP:
            return AnswerKind.HELP
    if each.id in effects.held:
        return None if _informed_before(connection, each) else AnswerKind.HELD
    if each.id in effects.promised:
        return AnswerKind.CALL_BACK
    return _about_a_call(connection, policy, each, line_id=line_id) if queued else None


def _about_a_call(
    connection: Connection, policy: Policy, each: "StoredReply", *, line_id: int
) -> AnswerKind | None:
    reply = each.reply
    if not is_open(reply.received_at, _hours(connection, policy, line_id, each)):
        answered_today = _answered_with(each, AnswerKind.OUT_OF_HOURS) & (
            Answer.written_at >= _midnight(reply.received_at)
        )
        wanted = policy.answers.out_of_hours and not _any(connection, answered_today)
        return AnswerKind.OUT_OF_HOURS if wanted else None
    return AnswerKind.CALL_BACK if reply.meaning.calls else None


def _confirmed_before(connection: Connection, each: "StoredReply") -> bool:
    """Return whether this number sent STOP before, and got the confirmation."""
    return _stands(connection, each, Reason.OBJECTION) and _any(
        connection, _answered_with(each, AnswerKind.STOPPED)
    )


def _informed_before(connection: Connection, each: "StoredReply") -> bool:
    """Return whether this number knows that it is held, or that it will not be reached."""
    if _confirmed_before(connection, each):
        return True
    return _stands(connection, each, Reason.OBJECTION_IN_DOUBT) and _any(
        connection, _answered_with(each, AnswerKind.HELD)
    )


def _stands(connection: Connection, each: "StoredReply", reason: Reason) -> bool:
    """Return whether an earlier message already closed this number for the reason."""
    closed = and_(
        Suppression.scope == SuppressionScope.NUMBER,
        Suppression.e164 == each.reply.e164,
        Suppression.reason == reason.value,
        Suppression.lifted_at.is_(None),
        Suppression.source != f"reply {each.id}: {each.reply.kind}",
    )
    return connection.execute(select(Suppression.id).where(closed).limit(1)).first() is not None


def _answered_with(each: "StoredReply", kind: AnswerKind) -> ColumnElement[bool]:
    return and_(
        Answer.e164 == each.reply.e164, Answer.kind == kind, Answer.state.not_in(_NEVER_LEFT)
    )


def _any(connection: Connection, which: ColumnElement[bool]) -> bool:
    return connection.execute(select(Answer.id).where(which).limit(1)).first() is not None


def _enough(connection: Connection, policy: Policy, each: "StoredReply", kind: AnswerKind) -> bool:
    """Return whether this number has had its answers of the day.

    A STOP is confirmed also after many other texts. Only a machine would send STOP and START in turn.
    """
    alike = (AnswerKind.STOPPED, AnswerKind.STARTED) if kind is AnswerKind.STOPPED else _COUNTED
    of_a_day = and_(
        Answer.e164 == each.reply.e164,
        Answer.kind.in_(alike),
        Answer.written_at > each.reply.received_at - _A_DAY,
    )
    count = connection.execute(
        select(func.count()).select_from(Answer).where(of_a_day)
    ).scalar_one()
    return count >= policy.answers.a_day


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(local_date(moment), time(0), LOCAL)


def _context(
    kind: AnswerKind, each: "StoredReply", effects: "ReplyEffects", *, opens: datetime
) -> dict[str, Any]:
    if kind is AnswerKind.CALL_BACK:
        window = effects.promised.get(each.id)
        return {"callback": {"when": window_in_words(window) if window else _SOON}}
    if kind is AnswerKind.OUT_OF_HOURS:
        return {"callback": {"when": opening_in_words(opens)}}
    return {}


def _hours(connection: Connection, policy: Policy, line_id: int, each: "StoredReply") -> Hours:
    today = local_date(each.reply.received_at)
    return hours_of_line(connection, line_id, policy.hours, today=today)


def _opens(connection: Connection, policy: Policy, line_id: int, each: "StoredReply") -> datetime:
    """Return when the line opens next."""
    return next_open(each.reply.received_at, _hours(connection, policy, line_id, each))


def window_in_words(window: "Window") -> dict[str, str]:
    """Return a window in words, in each language."""
    begins, ends = window.begins.astimezone(LOCAL), window.ends.astimezone(LOCAL)
    day = spoken_day(begins.date())
    return {
        "nl": f"{day['nl']} tussen {_dutch(begins)} en {_dutch(ends)} uur",
        "en": f"on {day['en']} between {begins:%H:%M} and {ends:%H:%M}",
    }


def opening_in_words(moment: datetime) -> dict[str, str]:
    """Return a time of opening in words, in each language."""
    opens = moment.astimezone(LOCAL)
    day = spoken_day(opens.date())
    return {
        "nl": f"{day['nl']} vanaf {_dutch(opens)} uur",
        "en": f"on {day['en']} from {opens:%H:%M}",
    }


def _dutch(moment: datetime) -> str:
    return f"{moment.hour}.{moment.minute:02}"
