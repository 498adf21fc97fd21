"""The desk: who picks up and what they are trained for."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
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
