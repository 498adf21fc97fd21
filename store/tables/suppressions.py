"""Who must not be reached, on whose word, and until when. Append only: a lift is recorded, never a deletion."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Ref, Table, words
from store.states import SuppressionScope


class Suppression(Table):
    """One reason not to reach somebody. It names a person by reference, so it may wait for a person yet unknown."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index("ix_suppressions_person_ref", "person_ref"),
        Index("ix_suppressions_household_key", "household_key"),
        Index("ix_suppressions_e164", "e164"),
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
    source: Mapped[str]
    note: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_why: Mapped[str | None]
