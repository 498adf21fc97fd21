"""Telephone connections, routes of numbers and tests of the phone lines."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import Retention, TableData, contact, situation, staff, technical
from store.states import LegEnd, LegKind, LegState, LineTestKind


class Leg(Table):
    """One telephone connection at the provider. What was said in it is kept nowhere."""

    __tablename__ = "legs"
    __data__ = TableData(
        "follow one telephone connection, and put it through once", Retention.CONVERSATION
    )
    __table_args__ = (
        Index("ix_legs_state", "state", "seen_at"),
        Index("ix_legs_call_id", "call_id"),
        Index("ix_legs_touch_id", "touch_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # the provider's own; before it has given one, our name for the try
    ref: Mapped[str] = technical(unique=True)
    kind: Mapped[LegKind] = technical(words(LegKind))
    line_id: Mapped[int | None] = technical(ForeignKey("phone_lines.id"))
    # E.164; None: withheld
    from_number: Mapped[str | None] = contact(purpose="call back, and hold a number that objected")
    state: Mapped[LegState] = technical(words(LegState))
    language: Mapped[str | None] = situation()  # ISO 639-1, as it was chosen by key
    tries: Mapped[int] = technical()  # codes and numbers keyed that were none
    touch_id: Mapped[int | None] = technical(ForeignKey("touches.id"))  # whose code was keyed
    # the code of a reason why this person is not reached: shown to the agent, never said here
    held: Mapped[str | None] = situation(
        purpose="warn the agent that this person is not to be reached"
    )
    call_id: Mapped[int | None] = technical(ForeignKey("calls.id"))  # the entry in the queue
    agent: Mapped[str | None] = staff()  # who took it, or is rung
    queue_ref: Mapped[str | None] = technical()  # the provider's queue in which it waits
    position: Mapped[int | None] = technical()  # in that queue, as last reported
    # of a message at the provider; None once it was forgotten there
    recording_ref: Mapped[str | None] = technical()
    began_at: Mapped[datetime] = situation()
    seen_at: Mapped[datetime] = technical()  # when its last event came
    ended_at: Mapped[datetime | None] = situation()
    how: Mapped[LegEnd | None] = situation(words(LegEnd))


class LineRoute(Table):
    """Another number that leads to a line, as the provider's behind the printed free number."""

    __tablename__ = "line_routes"
    __data__ = TableData("know which line a dialled number belongs to", Retention.SETUP)
    __table_args__ = (Index("ix_line_routes_line_id", "line_id"),)

    number: Mapped[str] = technical(primary_key=True)  # E.164, as the provider tells it was dialled
    line_id: Mapped[int] = technical(ForeignKey("phone_lines.id"))
    added_at: Mapped[datetime] = technical()
    added_by: Mapped[str] = staff()


class LineTest(Table):
    """Test of a line, by a person who dialled the printed number or by a test call."""

    __tablename__ = "line_tests"
    __data__ = TableData("prove that a printed number is answered", Retention.SETUP)
    __table_args__ = (
        Index("ix_line_tests_line_id", "line_id", "kind", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = technical(ForeignKey("phone_lines.id"))
    kind: Mapped[LineTestKind] = technical(words(LineTestKind))
    at: Mapped[datetime] = technical()
    by: Mapped[str] = staff()
    passed: Mapped[bool | None] = technical()  # None: under way
    detail: Mapped[str] = technical()
