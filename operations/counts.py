"""Counts of what waits in an installation, with the age of the oldest, all by index."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from store.base import Table
from store.states import CallKind, CallState, CampaignState, DeliveryState, RunState, TouchState
from store.tables import Answer, Call, Campaign, Delivery, Incident, PrintRun, ProviderEvent, Touch

AT_THE_SHOP = (RunState.HANDED_OVER, RunState.RECEIVED, RunState.PROOFED, RunState.PRINTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Number of rows that wait for the same thing, and since when the oldest waits."""

    count: int
    since: datetime | None

    def age(self, now: datetime) -> timedelta:
        """Return how long the oldest waits, or nothing where none does."""
        return max(now - self.since, timedelta()) if self.since else timedelta()


def _backlog(
    connection: Connection, since: Any, *where: ColumnElement[bool], of: type[Table]
) -> Backlog:
    query = select(func.count(), func.min(since)).select_from(of).where(*where)
    count, oldest = connection.execute(query).one()
    return Backlog(count=count, since=oldest)


def open_batches(connection: Connection) -> Backlog:
    """Count batches on their way to a channel."""
    return _backlog(
        connection, Delivery.opened_at, Delivery.state == DeliveryState.OPEN, of=Delivery
    )


def touches_in_doubt(connection: Connection) -> Backlog:
    """Count touches of which nobody knows whether they went."""
    return _backlog(connection, Touch.updated_at, Touch.state == TouchState.UNKNOWN, of=Touch)


def touches_due(connection: Connection, now: datetime) -> Backlog:
    """Count touches of running campaigns whose day has come and that have not gone."""
    running = select(Campaign.id).where(Campaign.state == CampaignState.RUNNING)
    due = (
        Touch.campaign_id.in_(running),
        Touch.state == TouchState.PLANNED,
        Touch.not_before <= now,
    )
    return _backlog(connection, Touch.not_before, *due, of=Touch)


def unread_events(connection: Connection) -> Backlog:
    """Count events of providers that are stored and not applied."""
    return _backlog(
        connection, ProviderEvent.received_at, ProviderEvent.outcome.is_(None), of=ProviderEvent
    )


def answers_to_send(connection: Connection, now: datetime) -> Backlog:
    """Count answers to citizens whose time has come and that have not gone."""
    waits = (Answer.state.in_((TouchState.PLANNED, TouchState.CLAIMED)), Answer.not_before <= now)
    return _backlog(connection, Answer.not_before, *waits, of=Answer)


def callers_waiting(connection: Connection) -> Backlog:
    """Count callers who are on the telephone and wait for an agent."""
    waits = (Call.state == CallState.WAITING, Call.kind == CallKind.CALL)
    return _backlog(connection, Call.received_at, *waits, of=Call)


def promises_late(connection: Connection, now: datetime) -> Backlog:
    """Count promised calls that nobody made in time."""
    late = (
        Call.state == CallState.WAITING,
        Call.promised_until.is_not(None),
        Call.promised_until < now,
    )
    return _backlog(connection, Call.promised_until, *late, of=Call)


def runs_at_the_shop(connection: Connection) -> Backlog:
    """Count print runs that were handed over and are not posted."""
    return _backlog(
        connection, PrintRun.handed_over_at, PrintRun.state.in_(AT_THE_SHOP), of=PrintRun
    )


def open_incidents(connection: Connection) -> Backlog:
    """Count incidents that hold a campaign."""
    return _backlog(connection, Incident.opened_at, Incident.closed_at.is_(None), of=Incident)
