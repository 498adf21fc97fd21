"""The free phone line: lines, the roster, the queue, and what citizens told us."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import AppointmentState, CallKind, CallState, ReplyKind


class PhoneLine(Table):
    """A free number that is printed on cards, and whose queue it feeds."""

    __tablename__ = "phone_lines"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(unique=True)  # E.164
    name: Mapped[str]
    hours: Mapped[str]


class RosterEntry(Table):
    """One agent on a line's roster: a first name is printed only while its bearer can pick up."""

    __tablename__ = "roster"
    __table_args__ = (
        UniqueConstraint("line_id", "first_name", "on_from"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_lines.id"))
    first_name: Mapped[str]
    on_from: Mapped[date]
    on_until: Mapped[date | None]  # inclusive


class Reply(Table):
    """One thing a citizen or a postman told us, as it came in."""

    __tablename__ = "replies"
    __table_args__ = (
        Index("ix_replies_touch_id", "touch_id"),
        Index("ix_replies_person_id", "person_id"),
        Index("ix_replies_campaign_id", "campaign_id"),
        Index("ix_replies_person_ref", "person_ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    reply_key: Mapped[str] = mapped_column(
        unique=True
    )  # a hash over the row: imported twice, it is one reply
    kind: Mapped[ReplyKind] = mapped_column(words(ReplyKind))
    received_at: Mapped[datetime]
    response_code: Mapped[str | None]
    from_number: Mapped[str | None]  # E.164
    person_ref: Mapped[str | None]
    text: Mapped[str]
    reason: Mapped[
        str | None
    ]  # moved, unknown, refused, deceased: what a returned card or a relative told us
    objects: Mapped[bool]
    matched_by: Mapped[str | None]  # code, number, hand, seed; None: nobody knows yet
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))


class Call(Table):
    """One entry in the phone line's queue."""

    __tablename__ = "calls"
    __table_args__ = (
        # in each of these the next entry to take is the first: docs/decisions/0080-the-next-one.md
        Index("ix_calls_queue", "line_id", "state", "received_at"),
        Index(
            "ix_calls_waiting",
            "line_id",
            "skill",
            "state",
            "rank",
            "promised_from",
            "received_at",
            "id",
        ),
        Index("ix_calls_due", "line_id", "skill", "state", "due_by", "received_at", "id"),
        Index("ix_calls_opening", "state", "due_by", "promised_from"),
        Index(
            "ix_calls_prefers",
            "prefers",
            "state",
            sqlite_where=text("prefers is not null"),
            postgresql_where=text("prefers is not null"),
        ),
        Index("ix_calls_lease", "state", "lease_until"),
        Index("ix_calls_taken_by", "taken_by", "state"),
        Index("uq_calls_entry_key", "entry_key", unique=True),
        Index("ix_calls_person_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_lines.id"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id"), unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    received_at: Mapped[datetime]
    number: Mapped[str | None]  # E.164: to call back on. It serves this call only
    promised_from: Mapped[datetime | None]  # the window in which we said we would call
    promised_until: Mapped[datetime | None]
    state: Mapped[CallState] = mapped_column(words(CallState))
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    wrapped_up_at: Mapped[datetime | None]
    disposition: Mapped[str | None]
    note: Mapped[str]
    kind: Mapped[CallKind] = mapped_column(words(CallKind), server_default=CallKind.CALL.value)
    entry_key: Mapped[str | None]  # touch:12, appointment:5: what is queued once only
    rank: Mapped[int] = mapped_column(server_default="0")  # 0: somebody waits; 1: nobody does
    skill: Mapped[str] = mapped_column(server_default="any")  # what an agent must be trained for
    language: Mapped[str | None]  # ISO 639-1, as the person's; None: not known
    prefers: Mapped[str | None]  # the agent who spoke to this person before
    due_by: Mapped[datetime | None]  # the end of the promised window, once it is open
    lease_until: Mapped[
        datetime | None
    ]  # until when it is in the agent's hands without another sign of life


class Appointment(Table):
    """An agreed moment of help that came out of a call or a visit."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_person_id", "person_id"),
        Index("ix_appointments_state", "state", "at"),
        Index(
            "uq_appointments_slot_person",
            "slot_id",
            "person_id",
            unique=True,
            sqlite_where=text("slot_id is not null and state = 'agreed'"),
            postgresql_where=text("slot_id is not null and state = 'agreed'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    kind: Mapped[str]  # counter, video, phone, support_point
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    slot_id: Mapped[int | None]  # of `slots`; None: agreed outside of them
    state: Mapped[AppointmentState] = mapped_column(
        words(AppointmentState), server_default=AppointmentState.AGREED.value
    )
    ended_at: Mapped[datetime | None]  # when it was kept, missed, moved or cancelled
