"""Interactions written into the body's own register of contacts."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import Retention, TableData, technical
from store.states import AttemptState


class Interaction(Table):
    """Contact or internal task that goes to one register once, written before it is called."""

    __tablename__ = "interactions"
    __data__ = TableData(
        "write a conversation or a task into the body's own register once", Retention.CASE
    )
    __table_args__ = (
        UniqueConstraint("register", "key"),
        Index("ix_interactions_state", "register", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    register: Mapped[str] = technical()  # which one: its address, or its folder
    key: Mapped[str] = technical()  # ours: call:12, handover:3
    state: Mapped[AttemptState] = technical(words(AttemptState))
    tries: Mapped[int] = technical()
    written_at: Mapped[datetime] = technical()
    finished_at: Mapped[datetime | None] = technical()
    remote: Mapped[str | None] = technical()  # the register's own reference
    # why it was refused, or what is not known; never what was said
    detail: Mapped[str | None] = technical()
    # a task only: when the register said that it was done
    task_done_at: Mapped[datetime | None] = technical()
