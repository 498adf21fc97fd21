"""Answers, the single texts that somebody gets because they texted or asked for something.

An answer is rendered once, when it is written, and stored as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from channels.sms.channel import body_of
from people.numbers import PhoneNumber
from store.insert_ignore import add_new
from store.states import AnswerKind, TouchState
from store.tables import Answer, PhoneLine
from templates.texts import load

CHANNEL = "sms"
TEMPLATES: Mapping[AnswerKind, str] = {
    AnswerKind.STOPPED: "text-stopped",
    AnswerKind.HELD: "text-held",
    AnswerKind.STARTED: "text-started",
    AnswerKind.HELP: "text-help",
    AnswerKind.CALL_BACK: "text-call-back",
    AnswerKind.OUT_OF_HOURS: "text-out-of-hours",
    AnswerKind.APPOINTMENT: "text-appointment",
    AnswerKind.APPOINTMENT_MOVED: "text-appointment-moved",
    AnswerKind.APPOINTMENT_CANCELLED: "text-appointment-cancelled",
    AnswerKind.APPOINTMENT_REMINDER: "text-appointment-reminder",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """An answer to be written, with the values its template needs besides the line's number."""

    kind: AnswerKind
    e164: str
    line_id: int
    language: str  # ISO 639-1; one that the words are not written in gives Dutch
    context: Mapping[str, Any] = field(default_factory=dict)
    reply_id: int | None = None
    call_id: int | None = None
    person_id: int | None = None
    appointment_id: int | None = None


def write(connection: Connection, new: NewAnswer, *, now: datetime) -> int | None:
    """Render and store an answer, to be sent at once.

    Return its key, or None where the same answer was written before.

    Raises:
        BadInput: its words lack something.
    """
    number = connection.execute(
        select(PhoneLine.number).where(PhoneLine.id == new.line_id)
    ).scalar_one()
    line = {"line": {"number": PhoneNumber.parse(number).printed()}}
    words = load(TEMPLATES[new.kind]).render(new.language, {**line, **new.context})
    row = {
        "kind": new.kind,
        "reply_id": new.reply_id,
        "call_id": new.call_id,
        "person_id": new.person_id,
        "appointment_id": new.appointment_id,
        "e164": new.e164,
        "language": words.language,
        "body": body_of(words.parts),
        "state": TouchState.PLANNED,
        "tries": 0,
        "not_before": now,
        "written_at": now,
        "updated_at": now,
    }
    return next(
        (int(written.id) for written in add_new(connection, Answer, [row], Answer.id)), None
    )
