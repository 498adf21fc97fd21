"""Counts of what became of claimed touches, by campaign, channel and reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from installation.installation import Installation
from store.sentences import in_terms
from store.states import TouchState
from store.tables import Campaign, Delivery, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredCount:
    """How many touches of one campaign and channel came to one end."""

    campaign: str
    channel: str
    state: TouchState
    reason: str | None
    count: int

    def words(self) -> str:
        """Return the end in the words of the trade, with the reason where there is one."""
        state = in_terms(self.state)
        return f"{state}: {in_terms(self.reason.lower())}" if self.reason else str(state)


def delivered_since(installation: Installation, since: datetime) -> list[DeliveredCount]:
    """Return what became of everything claimed since a moment, the campaigns in their order."""
    columns = (Campaign.name.label("campaign"), Touch.channel, Touch.state, Touch.reason)
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(*columns, func.count().label("count"))
            .join(Delivery, Delivery.id == Touch.delivery_id)
            .join(Campaign, Campaign.id == Touch.campaign_id)
            .where(Delivery.opened_at >= since)
            .group_by(Touch.campaign_id, *columns)
            .order_by(Touch.campaign_id, Touch.channel, func.count().desc(), Touch.reason)
        )
        return [DeliveredCount(**row._asdict()) for row in rows]
