"""Agents, cases, appointment slots, handovers, referrals and signals of the desk."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table
from store.column_classes import Retention, TableData, identifier, staff, technical
from store.column_classes import situation as situation_column  # a handover has a `situation`


class Agent(Table):
    """Agent who takes calls, under the name they sign in with."""

    __tablename__ = "agents"
    __data__ = TableData(
        "give a call to somebody who is there and may take it", Retention.STAFF_ACCOUNT
    )

    name: Mapped[str] = staff(primary_key=True)
    # ISO 639-1, parted by commas: nl,en
    languages: Mapped[str] = staff(purpose="give a call to somebody who speaks the language")
    joined_on: Mapped[date] = staff()
    left_on: Mapped[date | None] = staff()  # the first day on which they are no agent any more
    # the last sign of life of their console
    seen_at: Mapped[datetime | None] = staff(purpose="give calls only to an agent who is there")
    # E.164, where calls are put through to; None: the telephone in their browser
    phone: Mapped[str | None] = staff(purpose="put calls through to the agent")


class AgentSkill(Table):
    """Training of an agent, and until when it counts."""

    __tablename__ = "agent_skills"
    __data__ = TableData("give a call to somebody who was trained for it", Retention.STAFF_ACCOUNT)
    __table_args__ = (
        UniqueConstraint("agent", "skill", "trained_on"),
        Index("ix_agent_skills_skill", "skill"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    agent: Mapped[str] = staff()
    skill: Mapped[str] = staff()  # early-signal
    trained_on: Mapped[date] = staff()
    until: Mapped[date | None] = staff()  # inclusive; None: no end
    recorded_at: Mapped[datetime] = technical()
    recorded_by: Mapped[str] = staff()


class Case(Table):
    """Case of one person at the desk, the same one whenever they come back."""

    __tablename__ = "cases"
    __data__ = TableData("see to it that somebody's matter does not end by itself", Retention.CASE)
    __table_args__ = (Index("ix_cases_owner", "owner"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = identifier(ForeignKey("people.id"), unique=True)
    owner: Mapped[str] = staff()  # the agent who sees to it that it does not end by itself
    opened_at: Mapped[datetime] = situation_column()
    last_at: Mapped[datetime] = situation_column()  # the last conversation
    closed_at: Mapped[datetime | None] = situation_column()
    closed_by: Mapped[str | None] = staff()
    closed_why: Mapped[str | None] = situation_column()


class Slot(Table):
    """Slot for appointments at one place, at a counter, by video or by phone."""

    __tablename__ = "slots"
    __data__ = TableData("offer moments at which somebody can be helped", Retention.SETUP)
    __table_args__ = (
        UniqueConstraint("location", "kind", "starts_at"),
        CheckConstraint("taken between 0 and capacity", name="ck_slots_taken"),
        Index("ix_slots_starts_at", "starts_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # a street and a number: no office's name, it stands in texts
    location: Mapped[str] = technical()
    kind: Mapped[str] = technical()  # counter, video, phone, support_point
    starts_at: Mapped[datetime] = technical()
    ends_at: Mapped[datetime] = technical()
    capacity: Mapped[int] = technical()
    taken: Mapped[int] = technical()


class Handover(Table):
    """A clear instruction for a colleague. Its lengths fit an internal task of the casework standard."""

    __tablename__ = "handovers"
    __data__ = TableData("give a colleague a clear instruction with a deadline", Retention.CASE)
    __table_args__ = (
        Index("ix_handovers_case_id", "case_id"),
        Index("ix_handovers_open", "done_at", "deadline"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    case_id: Mapped[int] = technical(ForeignKey("cases.id"))
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))
    to_whom: Mapped[str] = staff()  # a colleague or a team
    situation: Mapped[str] = situation_column()
    asked: Mapped[str] = situation_column()
    promised: Mapped[str] = situation_column()
    needed: Mapped[str] = situation_column()
    deadline: Mapped[date] = situation_column()
    made_at: Mapped[datetime] = situation_column()
    made_by: Mapped[str] = staff()
    done_at: Mapped[datetime | None] = situation_column()
    done_by: Mapped[str | None] = staff()
    done_what: Mapped[str | None] = situation_column()


class Referral(Table):
    """Somebody was brought to another organisation, with their consent and no more data than is needed."""

    __tablename__ = "referrals"
    __data__ = TableData(
        "bring somebody to another organisation with their consent", Retention.CASE
    )
    __table_args__ = (Index("ix_referrals_case_id", "case_id"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    case_id: Mapped[int] = technical(ForeignKey("cases.id"))
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))
    to_whom: Mapped[str] = (
        situation_column()
    )  # debt_help, municipality, advocate, volunteers, legal_help
    # which data, by name
    shared: Mapped[list[Any]] = situation_column(
        purpose="show which data another organisation was given"
    )
    # what the person was asked, word for word
    consent_text: Mapped[str] = situation_column(purpose="prove what somebody agreed to share")
    consented_at: Mapped[datetime] = situation_column()
    made_at: Mapped[datetime] = situation_column()
    made_by: Mapped[str] = staff()
    received_at: Mapped[datetime | None] = situation_column()  # the other organisation has it
    received_ref: Mapped[str | None] = situation_column()
    ended_at: Mapped[datetime | None] = situation_column()
    ended_how: Mapped[str | None] = situation_column()


class Signal(Table):
    """Structural problem that agents reported, which ends in a decision with its reason."""

    __tablename__ = "signals"
    __data__ = TableData("have what goes wrong structurally decided on", Retention.SIGNAL)
    __table_args__ = (Index("ix_signals_decided_at", "decided_at"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = technical()  # its class
    affected: Mapped[str] = staff()  # which group
    what: Mapped[str] = staff()
    cause: Mapped[str] = staff()
    impact: Mapped[str] = staff(server_default=text("''"))  # what it does to whom it touches
    owner: Mapped[str] = staff()
    reported_at: Mapped[datetime] = technical()
    reported_by: Mapped[str] = staff()
    merged_into: Mapped[int | None] = technical(ForeignKey("signals.id"))
    waits_for: Mapped[str | None] = technical()  # law, systems, third_party: and its age goes on
    remind_on: Mapped[date | None] = technical()  # when its owner looks whether it still waits
    escalated_at: Mapped[datetime | None] = technical()
    escalated_to: Mapped[str | None] = staff()  # who decides now, because it lay too long
    changed_at: Mapped[datetime | None] = (
        technical()
    )  # its status, which is shown to whoever reported it
    decided_at: Mapped[datetime | None] = technical()
    decided_by: Mapped[str | None] = staff()
    decision: Mapped[str | None] = staff()
    decision_why: Mapped[str | None] = staff()
    # until when its changes were shown to whoever reported it
    shown_at: Mapped[datetime | None] = technical()


class CodeGuess(Table):
    """Wrong response code that somebody tried, counted to limit guessing. The code is not kept."""

    __tablename__ = "code_guesses"
    __data__ = TableData(
        "keep anybody from finding cards or passwords by trying", Retention.SHORT_LIVED
    )
    __table_args__ = (
        Index("ix_code_guesses_source", "source", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # who tried: an agent, a call, a visitor's keyed hash
    source: Mapped[str] = identifier(purpose="slow down whoever tries codes")
    at: Mapped[datetime] = technical()
