"""Topics, warning signs, reflections, deviations and team tasks of conversations."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import Retention, TableData, identifier, situation, staff, technical
from store.states import TeamTaskState


class CallTopic(Table):
    """Topic of a conversation, of which it may have several."""

    __tablename__ = "call_topics"
    __data__ = TableData(
        "say what conversations are about, and prepare the next one", Retention.CONVERSATION
    )
    __table_args__ = (Index("ix_call_topics_topic", "topic"),)

    call_id: Mapped[int] = technical(ForeignKey("calls.id"), primary_key=True)
    topic: Mapped[str] = situation(primary_key=True)  # a word of desk/entries/care.toml
    noted_at: Mapped[datetime] = situation()
    noted_by: Mapped[str] = staff()


class CallSign(Table):
    """Warning sign in a person's situation, never a score and never about health."""

    __tablename__ = "call_signs"
    __data__ = TableData(
        "note a warning sign, so that the person is helped in time", Retention.CONVERSATION
    )

    call_id: Mapped[int] = technical(ForeignKey("calls.id"), primary_key=True)
    sign: Mapped[str] = situation(primary_key=True)  # a part of the guide: seizure
    guide: Mapped[str] = technical()  # the version of the guide in which it stood
    noted_at: Mapped[datetime] = situation()
    noted_by: Mapped[str] = staff()


class Reflection(Table):
    """Reflection of an agent after a conversation, which nobody else reads."""

    __tablename__ = "reflections"
    __data__ = TableData("let an agent learn from their own conversations", Retention.STAFF_ACCOUNT)
    __table_args__ = (
        UniqueConstraint("agent", "call_id"),
        Index("ix_reflections_call_id", "call_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    agent: Mapped[str] = staff()
    call_id: Mapped[int] = technical(ForeignKey("calls.id"))
    went_well: Mapped[str] = staff()
    was_hard: Mapped[str] = staff()
    next_time: Mapped[str] = staff()
    written_at: Mapped[datetime] = technical()


class Deviation(Table):
    """Deviation of an agent from the guide or a rule, with the reason."""

    __tablename__ = "deviations"
    __data__ = TableData("explain why an agent did otherwise than the guide says", Retention.CASE)
    __table_args__ = (
        Index("ix_deviations_case_id", "case_id"),
        Index("ix_deviations_person_id", "person_id"),
        Index("ix_deviations_dialogue", "dialogue", "discussed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    call_id: Mapped[int | None] = technical(ForeignKey("calls.id"))
    case_id: Mapped[int | None] = technical(ForeignKey("cases.id"))
    person_id: Mapped[int | None] = identifier(ForeignKey("people.id"))
    rule: Mapped[str] = situation()  # what it departs from: guide file_first, triage stella
    instead: Mapped[str] = situation()  # what was done
    why: Mapped[str] = situation()
    made_at: Mapped[datetime] = situation()
    made_by: Mapped[str] = staff()
    dialogue: Mapped[bool] = technical()  # to be talked over in the case dialogue
    discussed_at: Mapped[datetime | None] = situation()
    discussed_by: Mapped[str | None] = staff()
    discussed_what: Mapped[str | None] = situation()


class TeamTask(Table):
    """Matter that another team is asked to take up, handed over once under a key of ours."""

    __tablename__ = "team_tasks"
    __data__ = TableData("have another team take up what the desk may not decide", Retention.CASE)
    __table_args__ = (
        Index("ix_team_tasks_state", "state", "not_before"),
        Index("ix_team_tasks_person_id", "person_id"),
        Index(
            "uq_team_tasks_open",
            "case_id",
            "place",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # the other system knows it by this, however often it receives it
    key: Mapped[str] = technical(unique=True)
    place: Mapped[str] = situation()  # stella, assessment, collection
    case_id: Mapped[int] = technical(ForeignKey("cases.id"))
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))
    why: Mapped[str] = situation()  # in the agent's words
    grounds: Mapped[list[Any]] = situation()  # of desk/entries/care.toml: eviction, several_rules
    urgent: Mapped[bool] = situation()
    asked_at: Mapped[datetime] = situation()
    asked_by: Mapped[str] = staff()
    due_on: Mapped[date] = situation()  # the last working day on which it may still be taken up
    state: Mapped[TeamTaskState] = situation(words(TeamTaskState))
    tries: Mapped[int] = technical()
    not_before: Mapped[datetime] = technical()
    error: Mapped[str | None] = technical()
    ref: Mapped[str | None] = technical()  # the other system's own
    handed_over_at: Mapped[datetime | None] = situation()
    asked_after_at: Mapped[datetime | None] = technical()  # when we last asked how far it is
    received_at: Mapped[datetime | None] = situation()  # somebody there has taken it up
    received_by: Mapped[str | None] = staff()
    ended_at: Mapped[datetime | None] = situation()
    ended_how: Mapped[str | None] = situation()
    ended_by: Mapped[str | None] = staff()
