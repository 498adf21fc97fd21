"""What happened since, as the body's own registers tell it."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Ref, Table, words
from store.states import OutcomeKind


class Outcome(Table):
    """One thing that became of one person."""

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("person_ref", "kind", "happened_on", "reference"),
        Index("ix_outcomes_person_ref", "person_ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    person_ref: Mapped[str] = mapped_column(Ref)
    kind: Mapped[OutcomeKind] = mapped_column(words(OutcomeKind))
    happened_on: Mapped[date]
    reference: Mapped[str]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
