"""What was written into a body's own register of contacts, by the law of delivery."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import AttemptState


class Interaction(Table):
    """One contact or one internal task that goes to one register, once. Written before the register is called."""

    __tablename__ = "interactions"
    __table_args__ = (
        UniqueConstraint("register", "key"),
        Index("ix_interactions_state", "register", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    register: Mapped[str]  # which one: its address, or its folder
    key: Mapped[str]  # ours: call:12, handover:3
    state: Mapped[AttemptState] = mapped_column(words(AttemptState))
    tries: Mapped[int]
    written_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    remote: Mapped[str | None]  # the register's own reference
    detail: Mapped[str | None]  # why it was refused, or what is not known; never what was said
    task_done_at: Mapped[datetime | None]  # a task only: when the register said that it was done
