"""Effects that were counted once and are read from the database, until what they count has changed.

A result is kept under its campaign, its day and its outcome, with a hash of what it was counted from: the signed
plan with the hash of the assignment and the seed, the imports of outcomes and people, the moves of touches, the
removals, the conversations that were wrapped up, and the version of the method. Where one of them differs it is
counted again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from campaigns.planning.lifecycle import StoredCampaign, find
from installation.installation import Installation
from outcomes.effect_design import design
from outcomes.effects import Effect, check_day, effect
from store.clock import local_date
from store.states import OutcomeKind
from store.tables import (
    Call,
    Campaign,
    EffectResult,
    Import,
    Outcome,
    PrintRun,
    Removal,
    TouchEvent,
    Wave,
)

METHOD = 1
"""Version of the method. Raise it with every change that gives other figures from the same rows."""
LONGEST = timedelta(days=1)
"""The oldest that a result is shown: what a provider asked for a text leaves no trace of its own."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An effect, and when it was counted."""

    effect: Effect
    at: datetime


def known_effect(
    installation: Installation,
    name: str,
    *,
    as_of: date,
    now: datetime,
    outcome: OutcomeKind | None = None,
) -> Counted:
    """Return the effect of a campaign as known of a day, counted now only where no stored one holds.

    Raises:
        BadInput: There is no such campaign, or the day lies before it or after today.
    """
    with installation.store.reading() as connection:
        row = find(connection, name)
        check_day(as_of, row.first_date, today=local_date(now))
        about = design(row, as_of=as_of, outcome=outcome).outcome
        stored = _stored(connection, row.id, as_of, about)
        if stored is not None and _holds(stored, _counted_from(connection, row), now):
            return Counted(_effects().validate_json(stored.figures), stored.counted_at)
    return count_effect(installation, name, as_of=as_of, now=now, outcome=outcome)


def count_effect(
    installation: Installation,
    name: str,
    *,
    as_of: date,
    now: datetime,
    outcome: OutcomeKind | None = None,
) -> Counted:
    """Count the effect of a campaign as known of a day, and store it.

    Raises:
        BadInput: There is no such campaign, or the day lies before it or after today.
    """
    with installation.store.reading() as connection:
        # read before the count: what comes in meanwhile makes the result stale, and is not missed
        row = find(connection, name)
        counted_from = _counted_from(connection, row)
    found = effect(installation, name, as_of=as_of, now=now, outcome=outcome)
    with installation.store.writing() as connection:
        _store(connection, row, found, counted_from, now)
    return Counted(found, now)


def count_again(installation: Installation, *, now: datetime) -> int:
    """Count the effect of today of every campaign whose effect was asked for, and forget what is stale.

    Returns how many were counted.
    """
    today, many = local_date(now), 0
    with installation.store.reading() as connection:
        asked = select(Campaign.name).join(EffectResult).order_by(Campaign.name).distinct()
        names = list(connection.execute(asked).scalars())
    for name in names:
        many += known_effect(installation, name, as_of=today, now=now).at == now
        with installation.store.writing() as connection:
            _forget_stale(connection, find(connection, name))
    return many


@cache
def _effects() -> TypeAdapter[Effect]:
    return TypeAdapter(Effect)


@dataclass(frozen=True, slots=True)
class _Stored:
    counted_from: str
    counted_at: datetime
    figures: str


def _stored(
    connection: Connection, campaign_id: int, as_of: date, about: OutcomeKind
) -> _Stored | None:
    query = select(EffectResult.counted_from, EffectResult.counted_at, EffectResult.figures).where(
        EffectResult.campaign_id == campaign_id,
        EffectResult.as_of == as_of,
        EffectResult.outcome == about,
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _Stored(*row)


def _holds(stored: _Stored, counted_from: str, now: datetime) -> bool:
    return stored.counted_from == counted_from and abs(now - stored.counted_at) <= LONGEST


def _store(
    connection: Connection, row: StoredCampaign, found: Effect, counted_from: str, now: datetime
) -> None:
    key = {
        "campaign_id": row.id,
        "as_of": date.fromisoformat(found.as_of),
        "outcome": OutcomeKind(found.outcome),
    }
    values = {
        "counted_from": counted_from,
        "counted_at": now,
        "figures": json.dumps(asdict(found), ensure_ascii=False),
    }
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(EffectResult).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _forget_stale(connection: Connection, row: StoredCampaign) -> None:
    """Remove the results of a campaign that would be counted again, but for the newest of its days."""
    newest = select(func.max(EffectResult.as_of)).where(EffectResult.campaign_id == row.id)
    connection.execute(
        delete(EffectResult).where(
            EffectResult.campaign_id == row.id,
            EffectResult.as_of < newest.scalar_subquery(),
            EffectResult.counted_from != _counted_from(connection, row),
        )
    )


def _counted_from(connection: Connection, row: StoredCampaign) -> str:
    """Return the hash of everything that an effect of a campaign is counted from.

    Each figure is read by a key or from a small table, so that it costs the same for a million people as for ten.
    """
    marks = {
        "method": METHOD,
        "campaign": [row.title, row.first_date.isoformat(), row.spec, row.signed_plan],
        "approved": row.approved_hash,
        **_marks(connection, row.id),
    }
    written = json.dumps(marks, sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()


def _marks(connection: Connection, campaign_id: int) -> Mapping[str, Any]:
    """Return the newest keys and the counts by which a change is seen."""
    imports = select(func.count(), func.max(Import.id)).where(
        Import.kind.in_(("outcomes", "people"))
    )
    wrapped_up = select(func.count(), func.max(Call.wrapped_up_at)).where(
        Call.campaign_id == campaign_id, Call.wrapped_up_at.is_not(None)
    )
    removals = select(func.count()).where(Removal.campaign_id == campaign_id)
    waves = select(func.count(), func.min(Wave.date), func.max(Wave.date), func.sum(Wave.number))
    runs = select(func.count(), func.sum(PrintRun.cost), func.max(PrintRun.handed_over_at))
    queries = {
        "imports": imports,
        "outcomes": select(func.max(Outcome.id)),
        "moves": select(func.max(TouchEvent.id)),
        "removals": removals,
        "waves": waves.where(Wave.campaign_id == campaign_id),
        "runs": runs,
        "conversations": wrapped_up,
    }
    return {name: list(connection.execute(query).one()) for name, query in queries.items()}
