"""Warnings about lists and files of people that are older than agreed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from store.sentences import Sentence
from store.tables import Import
from suppression.policies import Policy


def aged(connection: Connection, policy: Policy, now: datetime) -> Iterator[Sentence]:
    """Yield one sentence for each source that is older than was agreed."""
    for agreed in policy.lists:
        source, last = agreed.source, _last(connection, agreed.source)
        if last is None:
            yield Sentence(
                "the list {source} was never imported: kaartje import FILE --source {source}",
                source=source,
            )
        elif now - last > timedelta(days=agreed.days):
            yield Sentence(
                "the list {source} is {days} days old, {agreed} were agreed: import a newer one",
                source=source,
                days=(now - last).days,
                agreed=agreed.days,
            )
    people = _last_people(connection)
    if people is not None and now - people > timedelta(days=policy.freshness.days):
        yield Sentence(
            "the newest file of people is {days} days old: nothing is handed over"
            " on data of more than {most}; import a newer one",
            days=(now - people).days,
            most=policy.freshness.days,
        )


def _last(connection: Connection, source: str) -> datetime | None:
    query = select(func.max(Import.finished_at)).where(Import.source == source)
    return connection.execute(query).scalar_one()


def _last_people(connection: Connection) -> datetime | None:
    query = select(func.max(Import.finished_at)).where(Import.kind == "people")
    return connection.execute(query).scalar_one()
