"""Phone lines, the roster, the queue, replies and appointments."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import (
    Retention,
    TableData,
    citizen_words,
    contact,
    identifier,
    situation,
    staff,
    technical,
)
from store.states import AppointmentState, CallKind, CallState, PromiseRoad, PromiseState, ReplyKind


class PhoneLine(Table):
    """A free number that is printed on cards, and whose queue it feeds."""

    __tablename__ = "phone_lines"
    __data__ = TableData("print a number that somebody answers", Retention.SETUP)
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    number: Mapped[str] = technical(unique=True)  # E.164
    name: Mapped[str] = technical()
    hours: Mapped[str] = technical()


class RosterEntry(Table):
    """Agent on a line's roster, whose first name is printed only while they can pick up."""

    __tablename__ = "roster"
    __data__ = TableData(
        "print a first name only while its bearer can pick up", Retention.STAFF_ACCOUNT
    )
    __table_args__ = (
        UniqueConstraint("line_id", "first_name", "on_from"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = technical(ForeignKey("phone_lines.id"))
    first_name: Mapped[str] = staff()
    on_from: Mapped[date] = staff()
    on_until: Mapped[date | None] = staff()  # inclusive


class Reply(Table):
    """Reply of a citizen, or piece of returned mail, as it came in."""

    __tablename__ = "replies"
    __data__ = TableData("act on what a citizen or the carrier sent back", Retention.CONVERSATION)
    __table_args__ = (
        Index("ix_replies_touch_id", "touch_id"),
        Index("ix_replies_person_id", "person_id"),
        Index("ix_replies_campaign_id", "campaign_id"),
        Index("ix_replies_person_ref", "person_ref"),
        Index("ix_replies_from_number", "from_number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # a hash over the row: imported twice, it is one reply
    reply_key: Mapped[str] = technical(unique=True)
    kind: Mapped[ReplyKind] = situation(words(ReplyKind))
    received_at: Mapped[datetime] = situation()
    response_code: Mapped[str | None] = identifier()
    from_number: Mapped[str | None] = contact(purpose="find whose text it is")  # E.164
    person_ref: Mapped[str | None] = identifier()
    text: Mapped[str] = citizen_words(purpose="act on what somebody wrote")
    # moved, unknown, refused, deceased: from a returned card or a relative
    reason: Mapped[str | None] = situation()
    objects: Mapped[bool] = situation(purpose="hold everything while this may be an objection")
    matched_by: Mapped[str | None] = technical()  # code, number, hand, seed; None: nobody knows yet
    touch_id: Mapped[int | None] = technical(ForeignKey("touches.id"))
    person_id: Mapped[int | None] = identifier(ForeignKey("people.id"))
    campaign_id: Mapped[int | None] = technical(ForeignKey("campaigns.id"))
    import_id: Mapped[int] = technical(ForeignKey("imports.id"))


class Call(Table):
    """One entry in the phone line's queue."""

    __tablename__ = "calls"
    __data__ = TableData("call back as promised, and know what was agreed", Retention.CONVERSATION)
    __table_args__ = (
        # in each of these the next entry to take is the first: decision 0080
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
        Index(
            "ix_calls_opening",
            "state",
            "promised_from",
            sqlite_where=text("due_by is null"),
            postgresql_where=text("due_by is null"),
        ),
        Index(
            "ix_calls_prefers",
            "prefers",
            "state",
            sqlite_where=text("prefers is not null"),
            postgresql_where=text("prefers is not null"),
        ),
        # how many promises a turn of the line has already, and who was taken lately: decision 0128
        Index(
            "ix_calls_turns",
            "line_id",
            "start_by",
            sqlite_where=text("start_by is not null"),
            postgresql_where=text("start_by is not null"),
        ),
        Index("ix_calls_taken", "line_id", "taken_at"),
        # one open wish a person: by number and by card
        Index("ix_calls_number", "number"),
        Index("ix_calls_touch_id", "touch_id"),
        Index("ix_calls_lease", "state", "lease_until"),
        Index("ix_calls_taken_by", "taken_by", "state"),
        Index("uq_calls_entry_key", "entry_key", unique=True),
        Index("ix_calls_person_id", "person_id"),
        # whether anything was wrapped up since a campaign's hours were counted
        Index(
            "ix_calls_wrapped_up",
            "campaign_id",
            "wrapped_up_at",
            sqlite_where=text("wrapped_up_at is not null"),
            postgresql_where=text("wrapped_up_at is not null"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = technical(ForeignKey("phone_lines.id"))
    reply_id: Mapped[int | None] = technical(ForeignKey("replies.id"), unique=True)
    campaign_id: Mapped[int | None] = technical(ForeignKey("campaigns.id"))
    touch_id: Mapped[int | None] = technical(ForeignKey("touches.id"))
    person_id: Mapped[int | None] = identifier(ForeignKey("people.id"))
    received_at: Mapped[datetime] = situation()
    # E.164: to call back on. It serves this call only
    number: Mapped[str | None] = contact(
        purpose="call back once on the number that was given for it"
    )
    # the window in which we said we would call
    promised_from: Mapped[datetime | None] = situation()
    promised_until: Mapped[datetime | None] = situation()
    state: Mapped[CallState] = situation(words(CallState))
    taken_by: Mapped[str | None] = staff()
    taken_at: Mapped[datetime | None] = staff()
    wrapped_up_at: Mapped[datetime | None] = situation()
    disposition: Mapped[str | None] = situation()
    note: Mapped[str] = citizen_words(purpose="let the next agent know what was said")
    kind: Mapped[CallKind] = situation(words(CallKind), server_default=CallKind.CALL.value)
    entry_key: Mapped[str | None] = technical()  # touch:12, appointment:5: what is queued once only
    rank: Mapped[int] = technical(server_default="0")  # 0: somebody waits; 1: nobody does
    skill: Mapped[str] = technical(server_default="any")  # what an agent must be trained for
    # ISO 639-1, as the person's; None: not known
    language: Mapped[str | None] = situation(
        purpose="give the call to somebody who speaks the language"
    )
    prefers: Mapped[str | None] = staff(
        purpose="give the call to the agent who spoke to this person before"
    )
    # when it must be taken at the latest, so that its window and those of the others can be kept
    start_by: Mapped[datetime | None] = situation()
    due_by: Mapped[datetime | None] = situation()  # the same, once the promised window is open
    # until when it is in the agent's hands without another sign of life
    lease_until: Mapped[datetime | None] = technical()
    # when the agent last did something in it, which an open page is not
    acted_at: Mapped[datetime | None] = technical()


class Promise(Table):
    """A promise to call somebody back, or a wish for which no time was promised."""

    __tablename__ = "promises"
    __data__ = TableData("keep what was promised, and know whether it was", Retention.CONVERSATION)
    __table_args__ = (
        Index("ix_promises_call_id", "call_id", "state"),
        Index("ix_promises_person_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    call_id: Mapped[int] = technical(ForeignKey("calls.id"))  # the entry in the queue
    person_id: Mapped[int | None] = identifier(ForeignKey("people.id"))
    road: Mapped[PromiseRoad] = situation(words(PromiseRoad))
    asked: Mapped[str] = citizen_words()
    asked_from: Mapped[datetime | None] = situation()
    asked_until: Mapped[datetime | None] = situation()
    begins: Mapped[datetime | None] = situation()  # None: no time was promised
    ends: Mapped[datetime | None] = situation()
    start_by: Mapped[datetime | None] = situation()  # the turn that was reserved for it
    keeps_place: Mapped[bool] = situation()  # stays where they stood among those who wait
    made_at: Mapped[datetime] = situation()
    made_by: Mapped[str | None] = staff()  # None: by key, text or page
    state: Mapped[PromiseState] = situation(words(PromiseState))


class Appointment(Table):
    """An agreed moment of help that came out of a call or a visit."""

    __tablename__ = "appointments"
    __data__ = TableData("keep an agreed moment of help", Retention.CASE)
    __table_args__ = (
        Index("ix_appointments_person_id", "person_id"),
        Index("ix_appointments_moved_from", "moved_from"),
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
    call_id: Mapped[int | None] = technical(ForeignKey("calls.id"))
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))
    campaign_id: Mapped[int | None] = technical(ForeignKey("campaigns.id"))
    kind: Mapped[str] = situation()  # counter, video, phone, support_point
    at: Mapped[datetime] = situation()
    made_at: Mapped[datetime] = situation()
    slot_id: Mapped[int | None] = technical()  # of `slots`; None: agreed outside of them
    state: Mapped[AppointmentState] = situation(
        words(AppointmentState), server_default=AppointmentState.AGREED.value
    )
    ended_at: Mapped[datetime | None] = situation()  # when it was kept, missed, moved or cancelled
    # the appointment that was moved here, so that a calendar sees one event
    moved_from: Mapped[int | None] = technical()
