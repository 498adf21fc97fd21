"""Drafts of campaigns made in the browser, with the versions that were saved."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table
from store.column_classes import Retention, TableData, staff, technical


class CampaignDraft(Table):
    """A campaign that is being made. What is typed is kept here before it is a version."""

    __tablename__ = "campaign_drafts"
    __data__ = TableData("make a campaign over several days and with colleagues", Retention.SETUP)
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    source: Mapped[str] = technical()  # the campaign file, as the command line takes it
    made_at: Mapped[datetime] = technical()
    made_by: Mapped[str] = staff()
    changed_at: Mapped[datetime] = technical()
    changed_by: Mapped[str] = staff()
    submitted_as: Mapped[str | None] = technical()  # the campaign's name; from then on it is closed


class CampaignDraftVersion(Table):
    """One saved version of a draft. It never changes."""

    __tablename__ = "campaign_draft_versions"
    __data__ = TableData("say who changed what in a draft, and go back", Retention.SETUP)

    draft_id: Mapped[int] = technical(ForeignKey("campaign_drafts.id"), primary_key=True)
    number: Mapped[int] = technical(primary_key=True)  # 1, 2, ...
    source: Mapped[str] = technical()
    saved_at: Mapped[datetime] = technical()
    saved_by: Mapped[str] = staff()
