"""The public pages: helpers who call for somebody else, and what they may talk about."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table


class Authorisation(Table):
    """Somebody may talk with us about one person: what an agent saw of it, and until when it counts. Revocable."""

    __tablename__ = "authorisations"
    __table_args__ = (
        Index("ix_authorisations_person_id", "person_id"),
        Index("ix_authorisations_call_id", "call_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # about whom
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))  # in which it was seen
    helper: Mapped[str]  # who helps
    organisation: Mapped[str]
    seen: Mapped[str]  # what was seen: written, digital, on_the_line
    valid_until: Mapped[date]  # inclusive
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoked_why: Mapped[str | None]
