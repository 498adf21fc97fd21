"""Named audiences with their versions and the people that each run found."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table
from store.column_classes import Retention, TableData, identifier, staff, technical


class NamedAudience(Table):
    """Version of a named audience.

    A version never changes. Saving a new rule makes the next one.
    """

    __tablename__ = "audiences"
    __data__ = TableData("keep every version of a named audience rule", Retention.CAMPAIGN)
    __table_args__ = (UniqueConstraint("name", "version"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    name: Mapped[str] = technical()
    version: Mapped[int] = technical()  # 1, 2, ...
    where: Mapped[str] = technical("where_text")
    necessity: Mapped[str | None] = technical()  # why a sensitive column must select
    # the rule holds from this day on: a tax year's law
    valid_from: Mapped[date | None] = technical()
    valid_until: Mapped[date | None] = technical()  # and until this day, included
    saved_at: Mapped[datetime] = technical()
    saved_by: Mapped[str] = staff()


class AudienceRun(Table):
    """Count of a named audience, so that the next can say who is new and who left."""

    __tablename__ = "audience_runs"
    __data__ = TableData("say how an audience changed between two counts", Retention.CAMPAIGN)
    __table_args__ = (
        Index("ix_audience_runs_audience_id", "audience_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    audience_id: Mapped[int] = technical(ForeignKey("audiences.id"))
    today: Mapped[date] = technical()  # the day that `today` meant
    people: Mapped[int] = technical()
    # over the references in order: the same people give the same hash
    sha256: Mapped[str] = technical()
    ran_at: Mapped[datetime] = technical()


class AudienceMember(Table):
    """One person that one run found. Kept for the latest runs only."""

    __tablename__ = "audience_members"
    __data__ = TableData("say who is new in an audience and who left it", Retention.SHORT_LIVED)
    __table_args__ = (Index("ix_audience_members_person_id", "person_id"),)

    run_id: Mapped[int] = technical(ForeignKey("audience_runs.id"), primary_key=True)
    person_id: Mapped[int] = identifier(ForeignKey("people.id"), primary_key=True)
