"""The free phone line itself: telephone connections, where a number leads to, and who tried the line."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import LegEnd, LegKind, LegState, LineTestKind


class Leg(Table):
    """One telephone connection at the provider. What was said in it is kept nowhere."""

    __tablename__ = "legs"
    __table_args__ = (
        Index("ix_legs_state", "state", "seen_at"),
        Index("ix_legs_call_id", "call_id"),
        Index("ix_legs_touch_id", "touch_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(
        unique=True
    )  # the provider's own; before it has given one, our name for the try
    kind: Mapped[LegKind] = mapped_column(words(LegKind))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_lines.id"))
    from_number: Mapped[str | None]  # E.164; None: withheld
    state: Mapped[LegState] = mapped_column(words(LegState))
    language: Mapped[str | None]  # ISO 639-1, as it was chosen by key
    tries: Mapped[int]  # codes and numbers keyed that were none
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"))  # whose code was keyed
    held: Mapped[
        str | None
    ]  # the code of a reason why this person is not reached: told to the agent, never here
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))  # the entry in the queue
    agent: Mapped[str | None]  # who took it, or is rung
    queue_ref: Mapped[str | None]  # the provider's queue in which it waits
    position: Mapped[int | None]  # in that queue, as last told
    recording_ref: Mapped[
        str | None
    ]  # of a message at the provider; None once it was forgotten there
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # when it was last heard of
    ended_at: Mapped[datetime | None]
    how: Mapped[LegEnd | None] = mapped_column(words(LegEnd))


class LineRoute(Table):
    """Another number that leads to a line: the one at the provider, behind the free number that is printed."""

    __tablename__ = "line_routes"
    __table_args__ = (Index("ix_line_routes_line_id", "line_id"),)

    number: Mapped[str] = mapped_column(
        primary_key=True
    )  # E.164, as the provider tells it was dialled
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_lines.id"))
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class LineTest(Table):
    """One try of a line: by a person who dialled the printed number, or by a call of our own."""

    __tablename__ = "line_tests"
    __table_args__ = (
        Index("ix_line_tests_line_id", "line_id", "kind", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_lines.id"))
    kind: Mapped[LineTestKind] = mapped_column(words(LineTestKind))
    at: Mapped[datetime]
    by: Mapped[str]
    passed: Mapped[bool | None]  # None: under way
    detail: Mapped[str]
