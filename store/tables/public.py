"""Authorisations of helpers who call for somebody else."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table
from store.column_classes import (
    Retention,
    TableData,
    contact,
    identifier,
    situation,
    staff,
    technical,
)


class Authorisation(Table):
    """Authorisation of a helper to talk about one person, with its proof and end."""

    __tablename__ = "authorisations"
    __data__ = TableData("know who may speak for somebody, and until when", Retention.CASE)
    __table_args__ = (
        Index("ix_authorisations_person_id", "person_id"),
        Index("ix_authorisations_call_id", "call_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))  # about whom
    call_id: Mapped[int] = technical(ForeignKey("calls.id"))  # in which it was seen
    helper: Mapped[str] = contact(purpose="recognise the helper when they call")  # who helps
    organisation: Mapped[str] = contact(purpose="recognise the helper when they call")
    seen: Mapped[str] = situation()  # what was seen: written, digital, on_the_line
    valid_until: Mapped[date] = situation()  # inclusive
    recorded_at: Mapped[datetime] = situation()
    recorded_by: Mapped[str] = staff()
    revoked_at: Mapped[datetime | None] = situation()
    revoked_by: Mapped[str | None] = staff()
    revoked_why: Mapped[str | None] = situation()
