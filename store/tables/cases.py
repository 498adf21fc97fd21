"""The desk: who picks up, the case of one person, and everything that follows from a conversation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table


class Agent(Table):
    """Somebody who picks up: under the name they sign in with."""

    __tablename__ = "agents"

    name: Mapped[str] = mapped_column(primary_key=True)
    languages: Mapped[str]  # ISO 639-1, parted by commas: nl,en
    joined_on: Mapped[date]
    left_on: Mapped[date | None]  # the first day on which they are no agent any more
    seen_at: Mapped[datetime | None]  # the last sign of life of their console
    phone: Mapped[
        str | None
    ]  # E.164, where calls are put through to; None: the telephone in their browser


class AgentSkill(Table):
    """What one agent was trained for, and until when that counts."""

    __tablename__ = "agent_skills"
    __table_args__ = (
        UniqueConstraint("agent", "skill", "trained_on"),
        Index("ix_agent_skills_skill", "skill"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    agent: Mapped[str]
    skill: Mapped[str]  # early-signal
    trained_on: Mapped[date]
    until: Mapped[date | None]  # inclusive; None: no end
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Case(Table):
    """Everything that happened with one person at the desk. One for ever: who comes back after months has the same."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_owner", "owner"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    owner: Mapped[str]  # the agent who sees to it that it does not end by itself
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]  # the last conversation
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_why: Mapped[str | None]


class Slot(Table):
    """A moment at which some people can be helped at one place: at a counter, by video, by phone."""

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("location", "kind", "starts_at"),
        CheckConstraint("taken between 0 and capacity", name="ck_slots_taken"),
        Index("ix_slots_starts_at", "starts_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    location: Mapped[str]  # a street and a number: no office's name, it stands in texts
    kind: Mapped[str]  # counter, video, phone, support_point
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    taken: Mapped[int]


class Handover(Table):
    """A clear instruction for a colleague. Its lengths fit an internal task of the casework standard."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index("ix_handovers_case_id", "case_id"),
        Index("ix_handovers_open", "done_at", "deadline"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    to_whom: Mapped[str]  # a colleague or a team
    situation: Mapped[str]
    asked: Mapped[str]
    promised: Mapped[str]
    needed: Mapped[str]
    deadline: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    done_what: Mapped[str | None]


class Referral(Table):
    """Somebody was brought to another organisation, with their consent and no more data than is needed."""

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_case_id", "case_id"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    to_whom: Mapped[str]  # debt_help, municipality, advocate, volunteers, legal_help
    shared: Mapped[list[Any]]  # which data, by name
    consent_text: Mapped[str]  # what the person was asked, in the words they heard
    consented_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    received_at: Mapped[datetime | None]  # the other organisation has it
    received_ref: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]


class Signal(Table):
    """What goes wrong structurally, as agents hear it. It ends in a decision with its reason, never by itself."""

    __tablename__ = "signals"
    __table_args__ = (Index("ix_signals_decided_at", "decided_at"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    kind: Mapped[str]  # its class
    affected: Mapped[str]  # which group
    what: Mapped[str]
    cause: Mapped[str]
    impact: Mapped[str] = mapped_column(
        server_default=text("''")
    )  # what it does to whom it touches
    owner: Mapped[str]
    reported_at: Mapped[datetime]
    reported_by: Mapped[str]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("signals.id"))
    waits_for: Mapped[str | None]  # law, systems, third_party: and its age goes on
    remind_on: Mapped[date | None]  # when its owner looks whether it still waits
    escalated_at: Mapped[datetime | None]
    escalated_to: Mapped[str | None]  # who decides now, because it lay too long
    changed_at: Mapped[datetime | None]  # its status: who reported it hears of that
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision: Mapped[str | None]
    decision_why: Mapped[str | None]
    told_at: Mapped[datetime | None]  # until when whoever reported it knows what became of it


class CodeGuess(Table):
    """A code that was tried and is on no card. Counted, so that nobody finds cards by trying; the code is not kept."""

    __tablename__ = "code_guesses"
    __table_args__ = (
        Index("ix_code_guesses_source", "source", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    source: Mapped[str]  # who tried: an agent, a call, a visitor's keyed hash
    at: Mapped[datetime]
