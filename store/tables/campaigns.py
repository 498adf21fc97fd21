"""Campaigns, whom they chose, and every touch from plan to outcome."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import AttemptState, CampaignState, DayPart, DeliveryState, TouchState


class Campaign(Table):
    """One campaign as it was submitted: the file, frozen, and who stood for it."""

    __tablename__ = "campaigns"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    purpose: Mapped[str]
    subject: Mapped[
        str | None
    ]  # what it is about: nobody is in two running campaigns about one subject
    state: Mapped[CampaignState] = mapped_column(words(CampaignState))
    spec: Mapped[dict[str, Any]]  # the validated campaign file
    source: Mapped[str]  # the campaign file as written
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_lines.id"))
    line_open_until: Mapped[date]
    first_date: Mapped[date]
    frozen_hash: Mapped[str]  # one SHA-256 over audience, texts and budget
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_hash: Mapped[str | None]
    launch_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class FrozenText(Table):
    """One file of words as it was approved. Delivery composes from this and never from the disk."""

    __tablename__ = "frozen_texts"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]


class Arm(Table):
    """One treatment, or the hold-out."""

    __tablename__ = "arms"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    position: Mapped[int]
    name: Mapped[str]
    share: Mapped[int]  # per cent
    hold_out: Mapped[bool]


class Wave(Table):
    """One dated part of the arms."""

    __tablename__ = "waves"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int]
    date: Mapped[date]


class Step(Table):
    """Channel, template, delay and condition: what somebody in this arm gets, in this order."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("arm_id", "position"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    arm_id: Mapped[int] = mapped_column(ForeignKey("arms.id"))
    position: Mapped[int]
    channel: Mapped[str]
    template: Mapped[str]
    delay_days: Mapped[int]
    condition: Mapped[str]  # always, no_reply, not_filed


class Decision(Table):
    """The ledger: one compact row for everyone the audience matched, chosen or left out."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_person_id", "person_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    selected: Mapped[bool]
    reason: Mapped[str | None]  # the first that held; None when selected
    reasons: Mapped[int]  # bits: every reason that held, numbered in suppression.reasons
    household_key: Mapped[int | None]
    arm_id: Mapped[int | None] = mapped_column(ForeignKey("arms.id"))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"))
    decided_at: Mapped[datetime]


class Removal(Table):
    """What was removed when its time had come: how much of what, under which class. The rows themselves are gone."""

    __tablename__ = "removals"
    __table_args__ = (
        Index("ix_removals_campaign_id", "campaign_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    what: Mapped[str]  # decisions
    rows: Mapped[int]
    retention: Mapped[str]  # the class, as the campaign named it
    days: Mapped[int]  # the period it had
    removed_at: Mapped[datetime]
    removed_by: Mapped[str]


class Touch(Table):
    """One contact with one person at one step."""

    __tablename__ = "touches"
    __table_args__ = (
        UniqueConstraint("step_id", "person_id"),
        Index("ix_touches_due", "state", "channel", "not_before"),
        Index("ix_touches_person_id", "person_id", "channel"),
        Index("ix_touches_campaign_id", "campaign_id", "state"),
        Index("ix_touches_delivery_id", "delivery_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    channel: Mapped[str]
    state: Mapped[TouchState] = mapped_column(words(TouchState))
    reason: Mapped[str | None]  # why it was withheld, dropped or failed
    reasons: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    not_before: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    handed_over_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class TouchEvent(Table):
    """One move of one touch. The history is append only."""

    __tablename__ = "touch_events"
    __table_args__ = (Index("ix_touch_events_touch_id", "touch_id"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    touch_id: Mapped[int] = mapped_column(ForeignKey("touches.id"))
    from_state: Mapped[TouchState | None] = mapped_column(words(TouchState))
    to_state: Mapped[TouchState] = mapped_column(words(TouchState))
    at: Mapped[datetime]
    reason: Mapped[str | None]


class ResponseCode(Table):
    """A code that was printed once. It outlives its touch, so it is never given to anybody else."""

    __tablename__ = "response_codes"

    code: Mapped[str] = mapped_column(primary_key=True)  # ten digits, the last a Damm check digit
    touch_id: Mapped[int] = mapped_column(ForeignKey("touches.id"), unique=True)
    given_at: Mapped[datetime]


class Delivery(Table):
    """One batch on its way to a channel. Its key is how the channel can be asked about it after a crash."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state", "state"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    channel: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState))
    size: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Attempt(Table):
    """One try at a touch, written before the provider is called."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("touch_id", "number"),
        Index("ix_attempts_delivery_id", "delivery_id"),
        Index("ix_attempts_provider_ref", "provider_ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    touch_id: Mapped[int] = mapped_column(ForeignKey("touches.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(words(AttemptState))
    provider_ref: Mapped[str | None]
    error_code: Mapped[str | None]
    detail: Mapped[str | None]
    cost: Mapped[int | None]  # euro cents times 100, so that a text of 7.53 cents stays exact
    day_part: Mapped[DayPart | None] = mapped_column(
        words(DayPart)
    )  # of a call; None where it does not matter
    written_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # when the provider was last asked how far it is
