"""Outcomes from the body's own registers, and effects of campaigns as they were counted."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Ref, Table, words
from store.column_classes import Retention, TableData, identifier, situation, technical
from store.states import OutcomeKind


class Outcome(Table):
    """One thing that became of one person."""

    __tablename__ = "outcomes"
    __data__ = TableData("say what a campaign achieved", Retention.OUTCOME)
    __table_args__ = (
        UniqueConstraint("person_ref", "kind", "happened_on", "reference"),
        Index("ix_outcomes_person_ref", "person_ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    person_ref: Mapped[str] = identifier(Ref)
    kind: Mapped[OutcomeKind] = situation(words(OutcomeKind))
    happened_on: Mapped[date] = situation()
    reference: Mapped[str] = situation()
    # when the register took it back: until the day before it counts, from that day on it does not
    withdrawn_on: Mapped[date | None] = situation()
    import_id: Mapped[int] = technical(ForeignKey("imports.id"))


class EffectResult(Table):
    """Effect of a campaign as known of one day, counted once and read by everybody who asks."""

    __tablename__ = "effect_results"
    __data__ = TableData("show an effect without counting everybody again", Retention.CAMPAIGN)
    __table_args__ = (UniqueConstraint("campaign_id", "as_of", "outcome"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    as_of: Mapped[date] = technical()
    outcome: Mapped[OutcomeKind] = technical(words(OutcomeKind))  # the verdict is about it
    # hash over what it was counted from: with another one it is counted again
    counted_from: Mapped[str] = technical()
    counted_at: Mapped[datetime] = technical()
    figures: Mapped[str] = technical()  # JSON as text: no database may change a digit or an order
