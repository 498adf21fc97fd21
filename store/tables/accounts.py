"""Who may sign in, and the record of what people decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import Role


class Account(Table):
    """A local account of the console."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role))
    password_hash: Mapped[str]  # argon2id
    active: Mapped[bool]
    created_at: Mapped[datetime]


class Act(Table):
    """One decision of one person: who, what, when, and whether they had signed in. Append only."""

    __tablename__ = "acts"
    __table_args__ = (Index("ix_acts_subject", "subject"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    at: Mapped[datetime]
    who: Mapped[str]
    signed_in: Mapped[bool]
    what: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class ApiToken(Table):
    """What another system shows to come in: only a keyed hash is kept, so that nobody reads it here."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_name", "name"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    name: Mapped[str]  # who acts: what is done with it is written down under this name
    role: Mapped[Role] = mapped_column(words(Role))
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class ApiAnswer(Table):
    """What a system asked once, and what we answered: asked again under the same key, it hears the same."""

    __tablename__ = "api_answers"
    __table_args__ = (
        UniqueConstraint("caller", "key"),
        Index("ix_api_answers_asked_at", "asked_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    caller: Mapped[str]
    key: Mapped[str]  # the Idempotency-Key
    asked: Mapped[str]  # a keyed hash over the method, the path and the body
    asked_at: Mapped[datetime]
    status: Mapped[int | None]  # None: begun, and nobody knows how it ended
    answer: Mapped[dict[str, Any] | None]  # nothing of a person
