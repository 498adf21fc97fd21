"""Events of providers, and answers to people who texted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import (
    Retention,
    TableData,
    citizen_words,
    contact,
    identifier,
    situation,
    technical,
)
from store.states import AnswerKind, EventOutcome, TouchState


class ProviderEvent(Table):
    """Event of a provider as it came, stored once, with the result of applying it."""

    __tablename__ = "provider_events"
    __data__ = TableData(
        "apply each receipt and each text of a provider once", Retention.PROVIDER_EVENT
    )
    __table_args__ = (
        Index("ix_provider_events_provider_ref", "provider_ref"),
        Index("ix_provider_events_touch_id", "touch_id"),
        Index("ix_provider_events_outcome", "outcome"),
        Index("ix_provider_events_answer_id", "answer_id"),
        Index("ix_provider_events_reply_id", "reply_id"),
        Index("ix_provider_events_error_code", "error_code", "received_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # provider, reference and state, or a hash over the whole
    event_key: Mapped[str] = technical(unique=True)
    provider: Mapped[str] = technical()
    kind: Mapped[str] = situation()  # receipt, text, voice
    provider_ref: Mapped[str | None] = technical()
    # in our word; one that we do not know, as the provider said it
    status: Mapped[str | None] = situation()
    error_code: Mapped[str | None] = technical()
    attempt: Mapped[str | None] = technical()  # the key of our try, as the signed address named it
    touch_id: Mapped[int | None] = technical(ForeignKey("touches.id"))
    answer_id: Mapped[int | None] = technical(ForeignKey("answers.id"))
    reply_id: Mapped[int | None] = technical(ForeignKey("replies.id"))
    raw: Mapped[dict[str, Any]] = citizen_words(
        purpose="show what the provider sent, when it is disputed"
    )
    received_at: Mapped[datetime] = technical()
    outcome: Mapped[EventOutcome | None] = technical(words(EventOutcome))  # None: not looked at yet
    applied_at: Mapped[datetime | None] = technical()


class Answer(Table):
    """Text to one number outside any campaign, sent once because somebody texted or asked."""

    __tablename__ = "answers"
    __data__ = TableData(
        "answer somebody who texted or asked, at most once", Retention.CONVERSATION
    )
    __table_args__ = (
        UniqueConstraint("reply_id", "kind"),
        Index("ix_answers_state", "state"),
        Index("ix_answers_e164", "e164"),
        Index("ix_answers_person_id", "person_id"),
        Index("ix_answers_provider_ref", "provider_ref"),
        Index("ix_answers_key", "key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[AnswerKind] = situation(words(AnswerKind))
    reply_id: Mapped[int | None] = technical(ForeignKey("replies.id"))
    call_id: Mapped[int | None] = technical(ForeignKey("calls.id"))
    # None: nobody knows whose number it is
    person_id: Mapped[int | None] = identifier(ForeignKey("people.id"))
    appointment_id: Mapped[int | None] = technical()  # of `appointments`: the one it tells of
    e164: Mapped[str] = contact(purpose="send the answer to the number it was asked from")
    language: Mapped[str] = situation()
    body: Mapped[str] = citizen_words(purpose="know exactly what was said")
    state: Mapped[TouchState] = situation(words(TouchState))
    # of the batch in which it was last tried; never used again
    key: Mapped[str | None] = technical()
    tries: Mapped[int] = technical(default=0)
    provider_ref: Mapped[str | None] = technical()
    error_code: Mapped[str | None] = technical()
    detail: Mapped[str | None] = technical()
    cost: Mapped[int | None] = technical()  # hundredths of a euro cent
    not_before: Mapped[datetime] = situation()
    # when the provider was last asked how far it is
    asked_at: Mapped[datetime | None] = technical()
    written_at: Mapped[datetime] = technical()
    handed_over_at: Mapped[datetime | None] = situation()
    updated_at: Mapped[datetime] = technical()
