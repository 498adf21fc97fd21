"""Drafts of agents, kept while a call is not wrapped up."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from store.base import Table
from store.column_classes import Retention, TableData, citizen_words, staff, technical


class Draft(Table):
    """The fields of a call's page as one agent left them. It goes when the call is wrapped up."""

    __tablename__ = "drafts"
    __data__ = TableData(
        "give an agent back what they were writing when their browser closed", Retention.SHORT_LIVED
    )

    call_id: Mapped[int] = technical(ForeignKey("calls.id"), primary_key=True)
    agent: Mapped[str] = staff(primary_key=True)
    # by the name of the field: text
    fields: Mapped[dict[str, Any]] = citizen_words(
        purpose="give an agent back what they were writing"
    )
    saved_at: Mapped[datetime] = technical()
