"""Requests of citizens about their own data."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import (
    Retention,
    TableData,
    citizen_words,
    identifier,
    situation,
    staff,
    technical,
)
from store.states import RequestKind, RequestOutcome


class PrivacyRequest(Table):
    """Request of a citizen for access, correction, erasure or restriction, answered within a month."""

    __tablename__ = "privacy_requests"
    __data__ = TableData("answer what a citizen asks about their own data in time", Retention.CASE)
    __table_args__ = (
        Index("ix_privacy_requests_person_id", "person_id"),
        Index("ix_privacy_requests_due", "answered_at", "due_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[RequestKind] = situation(words(RequestKind))
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))
    received_at: Mapped[datetime] = situation()
    road: Mapped[str] = situation()  # letter, call, counter, page
    asked: Mapped[str] = citizen_words(purpose="do what was asked, and not something else")
    # how it was made sure that it is their own request: an identity card at the counter
    identity: Mapped[str] = situation(purpose="give nobody else somebody's data")
    due_at: Mapped[datetime] = situation()
    extended_at: Mapped[datetime | None] = situation()
    extended_why: Mapped[str | None] = situation()
    recorded_at: Mapped[datetime] = technical()
    recorded_by: Mapped[str] = staff()
    # access only: what is to be sent, as JSON, until it was answered
    prepared: Mapped[str | None] = citizen_words(
        purpose="let a second person check what goes out", retention=Retention.SHORT_LIVED
    )
    prepared_at: Mapped[datetime | None] = situation()
    prepared_by: Mapped[str | None] = staff()
    checked_at: Mapped[datetime | None] = situation()
    checked_by: Mapped[str | None] = staff()
    answered_at: Mapped[datetime | None] = situation()
    answered_by: Mapped[str | None] = staff()
    outcome: Mapped[RequestOutcome | None] = situation(words(RequestOutcome))
    answer: Mapped[str | None] = situation()  # what was answered, in the officer's words


class DataBreach(Table):
    """Something that may be a breach of personal data, judged and reported within 72 hours."""

    __tablename__ = "data_breaches"
    __data__ = TableData(
        "report a breach of personal data in time, and account for what was not reported",
        Retention.AUDIT,
    )
    __table_args__ = (
        Index("ix_data_breaches_due", "settled_at", "due_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # the incident of wrong print that it came with
    incident_id: Mapped[int | None] = technical(ForeignKey("incidents.id"))
    what: Mapped[str] = technical()  # what happened, in a colleague's words, without names
    noticed_at: Mapped[datetime] = technical()
    due_at: Mapped[datetime] = technical()
    recorded_by: Mapped[str] = staff()
    settled_at: Mapped[datetime | None] = technical()
    settled_by: Mapped[str | None] = staff()
    reported: Mapped[bool | None] = technical()  # to the authority
    words: Mapped[str | None] = technical()  # under which number, or why it was not


class Erasure(Table):
    """Record that somebody was erased, under a pseudonym of which nobody has the key."""

    __tablename__ = "erasures"
    __data__ = TableData("prove that somebody was erased, without saying whom", Retention.AUDIT)
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    pseudonym: Mapped[str] = technical(unique=True)  # random: it leads to nobody
    # None: replayed after a backup was restored
    request_id: Mapped[int | None] = technical(ForeignKey("privacy_requests.id"))
    rows: Mapped[dict[str, Any]] = technical()  # by table: how many were emptied or removed
    erased_at: Mapped[datetime] = technical()
    erased_by: Mapped[str] = staff()


class KeptObjection(Table):
    """Objection of somebody who was erased, found again by a keyed hash when a file names them."""

    __tablename__ = "kept_objections"
    __data__ = TableData(
        "not reach somebody who objected and was erased, when a file names them again",
        Retention.SUPPRESSION,
    )
    __table_args__ = (
        Index("ix_kept_objections_key_hash", "key_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # HMAC-SHA256 over the reference or the number, under a key that is kept apart
    key_hash: Mapped[str] = technical()
    of_number: Mapped[bool] = technical()
    reason: Mapped[str] = technical()
    channel: Mapped[str | None] = technical()
    purpose: Mapped[str | None] = technical()
    subject: Mapped[str | None] = technical()
    starts_at: Mapped[datetime] = technical()
    ends_at: Mapped[datetime | None] = technical()


class ErasureKey(Table):
    """Key of the hashes of who was erased, of no use without the installation's secret."""

    __tablename__ = "erasure_keys"
    __data__ = TableData("find who was erased in a new file or a backup", Retention.SETUP)

    id: Mapped[PrimaryKey]
    wrapped: Mapped[str] = technical()  # hexadecimal, under a key derived from the secret


class ClassRemoval(Table):
    """Record of rows that were removed or emptied since the period of their class had ended."""

    __tablename__ = "class_removals"
    __data__ = TableData("prove what was removed when its period had ended", Retention.AUDIT)
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    retention: Mapped[str] = technical()  # the class
    what: Mapped[str] = technical()  # the table, or the kind of file
    emptied: Mapped[bool] = technical()  # False: removed whole
    rows: Mapped[int] = technical()
    days: Mapped[int] = technical()  # the period it had
    removed_at: Mapped[datetime] = technical()
    removed_by: Mapped[str] = staff()
