"""Campaigns, whom they chose, and every touch from plan to outcome."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import Retention, TableData, identifier, situation, staff, technical
from store.states import AttemptState, CampaignState, DayPart, DeliveryState, TouchState

Day = date  # a wave has a `date`


class Campaign(Table):
    """Campaign as it was submitted, with its frozen file and its approvers."""

    __tablename__ = "campaigns"
    __data__ = TableData(
        "account for what a campaign was, and who stood for it", Retention.CAMPAIGN
    )
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    name: Mapped[str] = technical(unique=True)
    title: Mapped[str] = technical()
    purpose: Mapped[str] = technical()
    # what it is about: nobody is in two running campaigns about one subject
    subject: Mapped[str | None] = technical()
    state: Mapped[CampaignState] = technical(words(CampaignState))
    spec: Mapped[dict[str, Any]] = technical()  # the validated campaign file
    source: Mapped[str] = technical()  # the campaign file as written
    # each condition of its audience in words, made when it was submitted
    conditions: Mapped[list[Any] | None] = technical()
    line_id: Mapped[int] = technical(ForeignKey("phone_lines.id"))
    line_open_until: Mapped[date] = technical()
    first_date: Mapped[date] = technical()
    # the departures from the body's caps, with what comes of them, as the approver reads them
    deviations: Mapped[list[Any] | None] = technical()
    # the money, hours and pieces that its approver signs
    signed_plan: Mapped[dict[str, Any] | None] = technical()
    frozen_hash: Mapped[str] = technical()  # one SHA-256 over audience, texts and budget
    version: Mapped[int] = technical(server_default="1")  # of the campaigns of one name, from 1
    submitted_at: Mapped[datetime] = technical()
    submitted_by: Mapped[str] = staff()
    sent_back_at: Mapped[datetime | None] = technical()
    sent_back_by: Mapped[str | None] = staff()
    remarks: Mapped[str | None] = technical()  # what must change before anybody approves it
    approved_at: Mapped[datetime | None] = technical()
    approved_by: Mapped[str | None] = staff()
    approved_hash: Mapped[str | None] = technical()
    launch_at: Mapped[datetime | None] = technical()
    launched_at: Mapped[datetime | None] = technical()
    ended_at: Mapped[datetime | None] = technical()


class FrozenText(Table):
    """One file of words as it was approved. Delivery composes from this and never from the disk."""

    __tablename__ = "frozen_texts"
    __data__ = TableData(
        "compose every message from exactly the words that were approved", Retention.CAMPAIGN
    )

    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"), primary_key=True)
    template: Mapped[str] = technical(primary_key=True)
    file: Mapped[str] = technical(primary_key=True)
    source: Mapped[str] = technical()


class Arm(Table):
    """One treatment, or the hold-out."""

    __tablename__ = "arms"
    __data__ = TableData("divide the audience over treatments and a hold-out", Retention.CAMPAIGN)
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    position: Mapped[int] = technical()
    name: Mapped[str] = technical()
    share: Mapped[int] = technical()  # per cent
    hold_out: Mapped[bool] = technical()


class Wave(Table):
    """One dated part of the arms."""

    __tablename__ = "waves"
    __data__ = TableData("spread a campaign over dates", Retention.CAMPAIGN)
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    number: Mapped[int] = technical()
    date: Mapped[Day] = technical()


class Step(Table):
    """Step of an arm, with its channel, template, delay and condition."""

    __tablename__ = "steps"
    __data__ = TableData("say what an arm gets, in which order", Retention.CAMPAIGN)
    __table_args__ = (UniqueConstraint("arm_id", "position"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    arm_id: Mapped[int] = technical(ForeignKey("arms.id"))
    position: Mapped[int] = technical()
    channel: Mapped[str] = technical()
    template: Mapped[str] = technical()
    delay_days: Mapped[int] = technical()
    condition: Mapped[str] = technical()  # always, no_reply, not_filed


class Decision(Table):
    """Row of the ledger for one person the audience matched, chosen or left out."""

    __tablename__ = "decisions"
    __data__ = TableData(
        "answer why somebody was chosen or left out, and measure the effect",
        Retention.CAMPAIGN_LEDGER,
    )
    __table_args__ = (Index("ix_decisions_person_id", "person_id"),)

    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"), primary_key=True)
    person_id: Mapped[int] = identifier(ForeignKey("people.id"), primary_key=True)
    selected: Mapped[bool] = situation()
    # the first that held; None when selected
    reason: Mapped[str | None] = situation(purpose="answer why somebody was left out")
    # bits: every reason that held, numbered in suppression.reasons
    reasons: Mapped[int] = situation(purpose="count every reason that held, not only the first")
    household_key: Mapped[int | None] = identifier(purpose="reach one person per address")
    arm_id: Mapped[int | None] = situation(ForeignKey("arms.id"))
    wave_id: Mapped[int | None] = situation(ForeignKey("waves.id"))
    # the caps of the body without whose departure this person would not be reached
    deviation: Mapped[str | None] = situation(purpose="answer why somebody was reached again")
    # a bit for each condition of the trial's strata that held when they were drawn
    stratum: Mapped[int | None] = situation(purpose="compare like with like")
    # of those who share a number, and were drawn into one group together
    cluster: Mapped[int | None] = identifier(purpose="compare those who were drawn together as one")
    decided_at: Mapped[datetime] = situation()


class Removal(Table):
    """Record of rows that were removed at the end of their retention period."""

    __tablename__ = "removals"
    __data__ = TableData("prove what was removed when its period had ended", Retention.CAMPAIGN)
    __table_args__ = (
        Index("ix_removals_campaign_id", "campaign_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    what: Mapped[str] = technical()  # decisions
    rows: Mapped[int] = technical()
    retention: Mapped[str] = technical()  # the class, as the campaign named it
    days: Mapped[int] = technical()  # the period it had
    removed_at: Mapped[datetime] = technical()
    removed_by: Mapped[str] = staff()


class Touch(Table):
    """One contact with one person at one step."""

    __tablename__ = "touches"
    __data__ = TableData(
        "reach somebody once, and hold to the caps of every campaign", Retention.TOUCH
    )
    __table_args__ = (
        UniqueConstraint("step_id", "person_id"),
        Index("ix_touches_due", "state", "channel", "not_before"),
        Index(
            "ix_touches_waiting",
            "step_id",
            "wave_id",
            "not_before",
            "id",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_touches_person_id", "person_id", "channel"),
        Index("ix_touches_campaign_id", "campaign_id", "state"),
        Index("ix_touches_delivery_id", "delivery_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    person_id: Mapped[int] = identifier(ForeignKey("people.id"))
    step_id: Mapped[int] = technical(ForeignKey("steps.id"))
    wave_id: Mapped[int] = situation(ForeignKey("waves.id"))
    channel: Mapped[str] = situation()
    state: Mapped[TouchState] = situation(words(TouchState))
    # why it was withheld, dropped or failed
    reason: Mapped[str | None] = situation(purpose="answer why a touch did not go")
    reasons: Mapped[int] = situation(default=0)
    # the cap of the body that would have held it back
    deviation: Mapped[str | None] = situation(purpose="answer why somebody was reached again")
    due_on: Mapped[date] = situation()
    not_before: Mapped[datetime] = situation()
    delivery_id: Mapped[int | None] = technical(ForeignKey("deliveries.id"))
    handed_over_at: Mapped[datetime | None] = situation()
    updated_at: Mapped[datetime] = technical()


class TouchEvent(Table):
    """One move of one touch. The history is append only."""

    __tablename__ = "touch_events"
    __data__ = TableData("show how a touch came to its state", Retention.TOUCH)
    __table_args__ = (Index("ix_touch_events_touch_id", "touch_id"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    touch_id: Mapped[int] = technical(ForeignKey("touches.id"))
    from_state: Mapped[TouchState | None] = situation(words(TouchState))
    to_state: Mapped[TouchState] = situation(words(TouchState))
    at: Mapped[datetime] = situation()
    reason: Mapped[str | None] = situation()


class ResponseCode(Table):
    """A code that was printed once. It outlives its touch, so it is never given to anybody else."""

    __tablename__ = "response_codes"
    __data__ = TableData("find the card that somebody holds by the code on it", Retention.TOUCH)

    # ten digits, the last a Damm check digit
    code: Mapped[str] = identifier(primary_key=True, purpose="find the card that somebody holds")
    touch_id: Mapped[int] = technical(ForeignKey("touches.id"), unique=True)
    given_at: Mapped[datetime] = technical()


class Delivery(Table):
    """One batch on its way to a channel. Its key is how the channel can be asked about it after a crash."""

    __tablename__ = "deliveries"
    __data__ = TableData("ask a channel what became of a batch after a crash", Retention.TOUCH)
    __table_args__ = (Index("ix_deliveries_state", "state"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    key: Mapped[str] = technical(unique=True)
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    step_id: Mapped[int] = technical(ForeignKey("steps.id"))
    wave_id: Mapped[int] = technical(ForeignKey("waves.id"))
    channel: Mapped[str] = technical()
    state: Mapped[DeliveryState] = technical(words(DeliveryState))
    size: Mapped[int] = technical()
    opened_at: Mapped[datetime] = technical()
    closed_at: Mapped[datetime | None] = technical()


class Attempt(Table):
    """One try at a touch, written before the provider is called."""

    __tablename__ = "attempts"
    __data__ = TableData(
        "never send a message twice, and account for what it cost", Retention.TOUCH
    )
    __table_args__ = (
        UniqueConstraint("touch_id", "number"),
        Index("ix_attempts_delivery_id", "delivery_id"),
        Index("ix_attempts_provider_ref", "provider_ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    touch_id: Mapped[int] = technical(ForeignKey("touches.id"))
    delivery_id: Mapped[int] = technical(ForeignKey("deliveries.id"))
    number: Mapped[int] = technical()
    state: Mapped[AttemptState] = situation(words(AttemptState))
    provider_ref: Mapped[str | None] = technical()
    error_code: Mapped[str | None] = technical()
    detail: Mapped[str | None] = technical()
    # euro cents times 100, so that a text of 7.53 cents stays exact
    cost: Mapped[int | None] = technical()
    # of a call; None where it does not matter
    day_part: Mapped[DayPart | None] = technical(words(DayPart))
    written_at: Mapped[datetime] = technical()
    finished_at: Mapped[datetime | None] = technical()
    # when the provider was last asked how far it is
    asked_at: Mapped[datetime | None] = technical()
