"""What holds a campaign although it runs: an incident holds all of it, a difference at the print shop its post."""

from sqlalchemy import ColumnElement, Connection, exists, select

from channels import KINDS
from store.tables import Campaign, Delivery, Difference, Incident, PrintRun


def is_frozen(connection: Connection, campaign_id: int) -> bool:
    """Say whether an open incident holds a campaign: nothing of it is claimed, handed over, or released."""
    query = select(Incident.id).where(
        Incident.campaign_id == campaign_id, Incident.closed_at.is_(None)
    )
    return bool(connection.execute(select(exists(query))).scalar())


def frozen() -> ColumnElement[bool]:
    """Hold for a row of `Campaign` that an open incident holds."""
    return exists().where(Incident.campaign_id == Campaign.id, Incident.closed_at.is_(None))


def is_stopped(connection: Connection, campaign_id: int, channel: str) -> bool:
    """Say whether anything holds what a campaign has to hand over through a channel."""
    return is_frozen(connection, campaign_id) or (
        KINDS[channel].reaches == "post" and _differs(connection, campaign_id)
    )


def _differs(connection: Connection, campaign_id: int) -> bool:
    query = (
        select(Difference.id)
        .join(PrintRun, PrintRun.id == Difference.print_run_id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .where(
            Delivery.campaign_id == campaign_id,
            Difference.stops.is_(True),
            Difference.accepted_at.is_(None),
        )
    )
    return bool(connection.execute(select(exists(query))).scalar())
