"""Named audiences: a rule with versions, and whom each run of it found."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table


class NamedAudience(Table):
    """One version of a named audience. A version never changes; saving a new rule makes the next one."""

    __tablename__ = "audiences"
    __table_args__ = (UniqueConstraint("name", "version"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    name: Mapped[str]
    version: Mapped[int]  # 1, 2, ...
    where: Mapped[str] = mapped_column("where_text")
    necessity: Mapped[str | None]  # why a sensitive column must select
    valid_from: Mapped[date | None]  # the rule holds from this day on: a tax year's law
    valid_until: Mapped[date | None]  # and until this day, included
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class AudienceRun(Table):
    """One time that a named audience was counted, so that the next run can say who is new and who left."""

    __tablename__ = "audience_runs"
    __table_args__ = (
        Index("ix_audience_runs_audience_id", "audience_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"))
    today: Mapped[date]  # the day that `today` meant
    people: Mapped[int]
    sha256: Mapped[str]  # over the references in order: the same people give the same hash
    ran_at: Mapped[datetime]


class AudienceMember(Table):
    """One person that one run found. Kept for the latest runs only."""

    __tablename__ = "audience_members"
    __table_args__ = (Index("ix_audience_members_person_id", "person_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("audience_runs.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
