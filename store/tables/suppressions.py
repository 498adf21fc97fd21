"""Suppressions and consents.

Both are append only, so a lift is recorded and nothing is deleted.
"""

from datetime import datetime

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Ref, Table, words
from store.column_classes import (
    Retention,
    TableData,
    citizen_words,
    contact,
    identifier,
    situation,
    staff,
    technical,
)
from store.states import ConsentKind, SuppressionScope


class Suppression(Table):
    """Reason not to reach somebody.

    It names a person by reference, so it may wait for a person yet unknown.
    """

    __tablename__ = "suppressions"
    __data__ = TableData("never reach somebody who must not be reached", Retention.SUPPRESSION)
    __table_args__ = (
        Index("ix_suppressions_person_ref", "person_ref"),
        Index("ix_suppressions_household_key", "household_key"),
        Index("ix_suppressions_e164", "e164"),
        Index("ix_suppressions_joint_hash", "joint_hash"),
        Index("uq_suppressions_entry_key", "entry_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # what makes it one entry: the same line imported twice changes nothing
    entry_key: Mapped[str] = technical()
    scope: Mapped[SuppressionScope] = situation(words(SuppressionScope))
    person_ref: Mapped[str | None] = identifier(Ref)
    household_key: Mapped[int | None] = identifier(purpose="hold everybody at an address")
    e164: Mapped[str | None] = contact(purpose="hold a number whoever uses it")
    reason: Mapped[str] = situation()  # a code of suppression.reasons: OBJECTION, SUPPRESSED, ...
    channel: Mapped[str | None] = situation()  # None: every channel
    purpose: Mapped[str | None] = situation()  # None: every purpose
    subject: Mapped[str | None] = situation()  # None: every subject
    # another body's entry about somebody it did not name
    joint_hash: Mapped[str | None] = identifier(
        purpose="hold somebody whom another body did not name"
    )
    # everything is held until a person records what was wanted
    pending: Mapped[bool] = situation(default=False, server_default=false())
    source: Mapped[str] = situation()
    note: Mapped[str] = citizen_words(purpose="show on whose word somebody is held")
    starts_at: Mapped[datetime] = situation()
    ends_at: Mapped[datetime | None] = situation()
    added_at: Mapped[datetime] = technical()
    added_by: Mapped[str] = staff()
    lifted_at: Mapped[datetime | None] = situation()
    lifted_by: Mapped[str | None] = staff()
    lifted_why: Mapped[str | None] = situation()


class Consent(Table):
    """Consent of one person or its withdrawal, of which the latest counts."""

    __tablename__ = "consents"
    __data__ = TableData("prove on whose word somebody is reached", Retention.CONSENT)
    __table_args__ = (
        Index("ix_consents_person_ref", "person_ref"),
        Index("uq_consents_entry_key", "entry_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # what makes it one word: the same line imported twice changes nothing
    entry_key: Mapped[str] = technical()
    person_ref: Mapped[str] = identifier(Ref)
    kind: Mapped[ConsentKind] = situation(words(ConsentKind))
    channel: Mapped[str | None] = situation()  # None: every channel
    purpose: Mapped[str | None] = situation()  # None: every purpose
    said_at: Mapped[datetime] = situation()
    ends_at: Mapped[datetime | None] = situation()
    source: Mapped[str] = situation()  # the form, the call, the counter
    # what was shown or read to the person when they agreed: the proof
    text_shown: Mapped[str] = situation(purpose="prove what somebody agreed to")
    added_at: Mapped[datetime] = technical()
    added_by: Mapped[str] = staff()
