"""Who must not be reached, on whose word, and until when. Append only: a lift is recorded, never a deletion."""

from datetime import datetime

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Ref, Table, words
from store.states import ConsentKind, SuppressionScope


class Suppression(Table):
    """One reason not to reach somebody. It names a person by reference, so it may wait for a person yet unknown."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index("ix_suppressions_person_ref", "person_ref"),
        Index("ix_suppressions_household_key", "household_key"),
        Index("ix_suppressions_e164", "e164"),
        Index("ix_suppressions_joint_hash", "joint_hash"),
        Index("uq_suppressions_entry_key", "entry_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    entry_key: Mapped[str]  # what makes it one entry: the same line imported twice changes nothing
    scope: Mapped[SuppressionScope] = mapped_column(words(SuppressionScope))
    person_ref: Mapped[str | None] = mapped_column(Ref)
    household_key: Mapped[int | None]
    e164: Mapped[str | None]
    reason: Mapped[str]  # a code of suppression.reasons: OBJECTION, SUPPRESSED, ...
    channel: Mapped[str | None]  # None: every channel
    purpose: Mapped[str | None]  # None: every purpose
    subject: Mapped[str | None]  # None: every subject
    joint_hash: Mapped[str | None]  # another body's entry about somebody it did not name
    # everything is held until a person records what was wanted
    pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    source: Mapped[str]
    note: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_why: Mapped[str | None]


class Consent(Table):
    """One word of one person on whether we may reach them: given or withdrawn. Append only; the latest one counts."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_person_ref", "person_ref"),
        Index("uq_consents_entry_key", "entry_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    entry_key: Mapped[str]  # what makes it one word: the same line imported twice changes nothing
    person_ref: Mapped[str] = mapped_column(Ref)
    kind: Mapped[ConsentKind] = mapped_column(words(ConsentKind))
    channel: Mapped[str | None]  # None: every channel
    purpose: Mapped[str | None]  # None: every purpose
    said_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    source: Mapped[str]  # the form, the call, the counter
    text_shown: Mapped[str]  # what the person read or heard when they agreed: the proof
    added_at: Mapped[datetime]
    added_by: Mapped[str]
