"""What an agent was writing when their browser closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Table


class Draft(Table):
    """The fields of a call's page as one agent left them. It goes when the call is wrapped up."""

    __tablename__ = "drafts"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]]  # by the name of the field: text
    saved_at: Mapped[datetime]
