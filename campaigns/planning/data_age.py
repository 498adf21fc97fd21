"""Warnings about lists and files of people that are older than agreed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from store.tables import Import
from suppression.policies import Policy


def aged(connection: Connection, policy: Policy, now: datetime) -> Iterator[str]:
    """Yield one sentence for each source that is older than was agreed."""
    for agreed in policy.lists:
        source, last = agreed.source, _last(connection, agreed.source)
        if last is None:
            yield f"the list {source} was never imported: kaartje import FILE --source {source}"
        elif now - last > timedelta(days=agreed.days):
            yield f"the list {source} is {(now - last).days} days old, {agreed.days} were agreed: import a newer one"
    people = _last_people(connection)
    if people is not None and now - people > timedelta(days=policy.freshness.days):
        yield (
            f"the newest file of people is {(now - people).days} days old: nothing is handed over"
            f" on data of more than {policy.freshness.days}; import a newer one"
        )


def _last(connection: Connection, source: str) -> datetime | None:
    query = select(func.max(Import.finished_at)).where(Import.source == source)
    return connection.execute(query).scalar_one()


def _last_people(connection: Connection) -> datetime | None:
    query = select(func.max(Import.finished_at)).where(Import.kind == "people")
    return connection.execute(query).scalar_one()
