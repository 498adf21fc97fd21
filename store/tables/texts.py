"""Texts: what providers told us, and what we answer to whoever texted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import AnswerKind, EventOutcome, TouchState


class ProviderEvent(Table):
    """One thing a provider told us, as it came, and what became of it. Append only; told twice, it is one event."""

    __tablename__ = "provider_events"
    __table_args__ = (
        Index("ix_provider_events_provider_ref", "provider_ref"),
        Index("ix_provider_events_touch_id", "touch_id"),
        Index("ix_provider_events_outcome", "outcome"),
        Index("ix_provider_events_answer_id", "answer_id"),
        Index("ix_provider_events_error_code", "error_code", "received_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    event_key: Mapped[str] = mapped_column(
        unique=True
    )  # provider, reference and state, or a hash over the whole
    provider: Mapped[str]
    kind: Mapped[str]  # receipt, text
    provider_ref: Mapped[str | None]
    status: Mapped[str | None]  # in our word; one that we do not know, as the provider said it
    error_code: Mapped[str | None]
    attempt: Mapped[str | None]  # the key of our try, as the signed address named it
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id"))
    raw: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    outcome: Mapped[EventOutcome | None] = mapped_column(
        words(EventOutcome)
    )  # None: not looked at yet
    applied_at: Mapped[datetime | None]


class Answer(Table):
    """One text that somebody gets because they texted or asked: outside any campaign, to one number, at most once."""

    __tablename__ = "answers"
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
    kind: Mapped[AnswerKind] = mapped_column(words(AnswerKind))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id")
    )  # None: nobody knows whose number it is
    appointment_id: Mapped[int | None]  # of `appointments`: the one it tells of
    e164: Mapped[str]
    language: Mapped[str]
    body: Mapped[str]
    state: Mapped[TouchState] = mapped_column(words(TouchState))
    key: Mapped[str | None]  # of the batch in which it was last tried; never used again
    tries: Mapped[int] = mapped_column(default=0)
    provider_ref: Mapped[str | None]
    error_code: Mapped[str | None]
    detail: Mapped[str | None]
    cost: Mapped[int | None]  # hundredths of a euro cent
    not_before: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # when the provider was last asked how far it is
    written_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
