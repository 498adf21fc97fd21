"""Touches that were left out when it was their turn, with the reason of each."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from installation.installation import Installation
from store.states import TouchState
from store.tables import Campaign, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Touches of one campaign and channel that were left out for the same reason."""

    campaign: str
    channel: str
    reason: str  # a code of the reasons
    count: int

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def what_was_withheld(
    installation: Installation, *, since: datetime | None = None, campaign: str | None = None
) -> list[Withheld]:
    """Return what was left out, of every campaign or of one, and only since a moment if one is given."""
    columns = (Campaign.name.label("campaign"), Touch.channel, Touch.reason)
    query = (
        select(*columns, func.count().label("count"))
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(Touch.state == TouchState.WITHHELD, Touch.reason.is_not(None))
        .group_by(*columns)
        .order_by(*columns)
    )
    if since is not None:
        query = query.where(Touch.updated_at >= since)
    if campaign is not None:
        query = query.where(Campaign.name == campaign)
    with installation.store.reading() as connection:
        return [Withheld(**row) for row in connection.execute(query).mappings()]
