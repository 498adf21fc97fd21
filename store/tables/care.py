"""What follows from a conversation, besides cases and appointments."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import PostState


class CallTopic(Table):
    """What one conversation was about. It may be about several things; each is kept once."""

    __tablename__ = "call_topics"
    __table_args__ = (Index("ix_call_topics_topic", "topic"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)  # a word of desk/entries/care.toml
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]


class CallSign(Table):
    """A warning sign in the situation that an agent heard: never a score, and never about health."""

    __tablename__ = "call_signs"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    sign: Mapped[str] = mapped_column(primary_key=True)  # a part of the guide: seizure
    guide: Mapped[str]  # the version of the guide in which it stood
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]


class Reflection(Table):
    """What an agent wrote for themselves after a conversation. Nobody else reads it."""

    __tablename__ = "reflections"
    __table_args__ = (
        UniqueConstraint("agent", "call_id"),
        Index("ix_reflections_call_id", "call_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    agent: Mapped[str]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    went_well: Mapped[str]
    was_hard: Mapped[str]
    next_time: Mapped[str]
    written_at: Mapped[datetime]


class Deviation(Table):
    """An agent did otherwise than the guide or a rule says, and why. There is room for that, and it is told."""

    __tablename__ = "deviations"
    __table_args__ = (
        Index("ix_deviations_case_id", "case_id"),
        Index("ix_deviations_person_id", "person_id"),
        Index("ix_deviations_dialogue", "dialogue", "discussed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    rule: Mapped[str]  # what it departs from: guide file_first, triage stella
    instead: Mapped[str]  # what was done
    why: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    dialogue: Mapped[bool]  # to be talked over in the case dialogue
    discussed_at: Mapped[datetime | None]
    discussed_by: Mapped[str | None]
    discussed_what: Mapped[str | None]


class Post(Table):
    """A matter that another team's system is asked to take up. It leaves at most once, under a key of our own."""

    __tablename__ = "posts"
    __table_args__ = (
        Index("ix_posts_state", "state", "not_before"),
        Index("ix_posts_person_id", "person_id"),
        Index(
            "uq_posts_open",
            "case_id",
            "place",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(
        unique=True
    )  # the other system knows it by this, however often it is told
    place: Mapped[str]  # stella, assessment, collection
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    why: Mapped[str]  # in the agent's words
    grounds: Mapped[list[Any]]  # of desk/entries/care.toml: eviction, several_rules
    urgent: Mapped[bool]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    due_on: Mapped[date]  # the last working day on which it may still be taken up
    state: Mapped[PostState] = mapped_column(words(PostState))
    tries: Mapped[int]
    not_before: Mapped[datetime]
    error: Mapped[str | None]
    ref: Mapped[str | None]  # the other system's own
    handed_over_at: Mapped[datetime | None]
    asked_after_at: Mapped[datetime | None]  # when we last asked how far it is
    received_at: Mapped[datetime | None]  # somebody there has taken it up
    received_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]
    ended_by: Mapped[str | None]
