"""Who may sign in, and the record of what people decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
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
