"""Accounts, tokens and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from store.base import BigInt, PrimaryKey, Ref, Table, words
from store.column_classes import Retention, TableData, identifier, situation, staff, technical
from store.states import Road, Role


class Account(Table):
    """A local account of the console."""

    __tablename__ = "accounts"
    __data__ = TableData(
        "let a colleague sign in with the rights of their role", Retention.STAFF_ACCOUNT
    )

    __table_args__ = (Index("uq_accounts_subject", "subject", unique=True),)

    name: Mapped[str] = staff(primary_key=True)
    role: Mapped[Role] = staff(words(Role))
    password_hash: Mapped[str] = staff(purpose="check a password without keeping it")  # argon2id
    active: Mapped[bool] = staff()
    created_at: Mapped[datetime] = staff()
    subject: Mapped[str | None] = staff(purpose="know who signs in by the organisation's provider")
    display_name: Mapped[str | None] = staff(purpose="call a colleague by their name on pages")
    second_factor: Mapped[str | None] = technical()  # the salt of an app's secret
    second_factor_step: Mapped[int | None] = technical(BigInt)  # of the code used last


class AuditEntry(Table):
    """One entry of the audit log. Append only."""

    __tablename__ = "audit_log"
    __data__ = TableData("show who did or looked at what, about whom and why", Retention.AUDIT)
    __table_args__ = (
        Index("ix_audit_log_about", "about"),
        Index("ix_audit_log_person_ref", "person_ref"),
        Index("ix_audit_log_actor", "actor", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    at: Mapped[datetime] = staff()
    actor: Mapped[str] = staff()  # under the name they sign in with, or that `--as` gave
    # None: from before roads were written down, by `--as` or by a desk page
    road: Mapped[Road | None] = technical(words(Road))
    action: Mapped[str] = situation()
    about: Mapped[str] = technical()  # campaign:cards, call:12, person
    person_ref: Mapped[str | None] = identifier(Ref)
    reason: Mapped[str | None] = situation()
    detail: Mapped[dict[str, Any]] = situation()


class ApiToken(Table):
    """Token of another system, of which only a keyed hash is kept."""

    __tablename__ = "api_tokens"
    __data__ = TableData(
        "let another system in under a name and a role, and end that", Retention.STAFF_ACCOUNT
    )
    __table_args__ = (Index("ix_api_tokens_name", "name"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    name: Mapped[str] = staff()  # who acts: what is done with it is written down under this name
    role: Mapped[Role] = staff(words(Role))
    token_hash: Mapped[str] = staff(unique=True)
    made_at: Mapped[datetime] = technical()
    made_by: Mapped[str] = staff()
    expires_at: Mapped[datetime] = technical()
    revoked_at: Mapped[datetime | None] = technical()
    revoked_by: Mapped[str | None] = staff()


class PersonalToken(Table):
    """Token by which a colleague is signed in on the command line, of which only a keyed hash is kept."""

    __tablename__ = "personal_tokens"
    __data__ = TableData(
        "let a colleague decide on the command line under their own name", Retention.STAFF_ACCOUNT
    )
    __table_args__ = (Index("ix_personal_tokens_name", "name"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    name: Mapped[str] = staff()  # of the account
    token_hash: Mapped[str] = staff(unique=True)
    commands: Mapped[list[Any]] = technical()  # nouns it may be used for; none: all of them
    made_at: Mapped[datetime] = technical()
    expires_at: Mapped[datetime] = technical()
    revoked_at: Mapped[datetime | None] = technical()


class ApiAnswer(Table):
    """Stored response to a request of another system, by its idempotency key."""

    __tablename__ = "api_answers"
    __data__ = TableData(
        "answer a repeated request with the stored response", Retention.SHORT_LIVED
    )
    __table_args__ = (
        UniqueConstraint("caller", "key"),
        Index("ix_api_answers_asked_at", "asked_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    caller: Mapped[str] = staff()
    key: Mapped[str] = technical()  # the Idempotency-Key
    asked: Mapped[str] = technical()  # a keyed hash over the method, the path and the body
    asked_at: Mapped[datetime] = technical()
    status: Mapped[int | None] = technical()  # None: begun, and nobody knows how it ended
    answer: Mapped[dict[str, Any] | None] = technical()  # nothing of a person
