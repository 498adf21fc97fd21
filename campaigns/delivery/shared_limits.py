"""Pace, lines and circuit breakers of the provider of texts in PostgreSQL, one for all machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from channels.sms.circuit_breaker import Trip, tripped_now
from channels.sms.rate_limit import LONGEST, Turns
from store.clock import SystemClock
from store.engine import Store
from store.leases import Leases
from store.tables import SendingLimit

_PACE = "pace of texts"
_LOOK_AGAIN = 0.2
_KNOWN_FOR = 1.0
"""Seconds that what a breaker said is taken for true."""

_RESERVE = text(f"""
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO sending_limits AS known (name, turn)
SELECT :name, clock_timestamp() + make_interval(secs => :lasts) FROM relaxed
ON CONFLICT (name) DO UPDATE SET turn = make_interval(secs => :lasts) + CASE
  WHEN known.turn > clock_timestamp()
   AND known.turn < clock_timestamp() + interval '{LONGEST} seconds' THEN known.turn
  ELSE clock_timestamp() END
RETURNING extract(epoch FROM turn - make_interval(secs => :lasts) - clock_timestamp())
""")
"""Says how far ahead the first of the reserved turns is, so that no machine's own clock matters."""


class SharedTurns(Turns):
    """The turns of all machines, by the database's clock."""

    block = 0.25

    def __init__(self, store: Store, rate: float) -> None:
        super().__init__(rate)
        self._store = store

    def _reserve(self, segments: int) -> float:
        given = {"name": _PACE, "lasts": segments / self._rate}
        autocommit = {"isolation_level": "AUTOCOMMIT"}
        with self._store.engine.connect().execution_options(**autocommit) as connection:
            ahead = float(connection.execute(_RESERVE, given).scalar_one())
        return SystemClock().now().timestamp() + ahead


@contextmanager
def shared_lines(store: Store, most: int) -> Iterator[int]:
    """Hold as many of the installation's lines as are free, at least one, and yield how many."""
    names = [f"line of texts {number:02}" for number in range(most)]
    while True:
        with Leases(store.engine).holding_some(names) as held:
            if held:
                yield len(held)
                return
        sleep(_LOOK_AGAIN)


@dataclass(slots=True)
class SharedBreaker:
    """The circuit breakers of the providers, in a table."""

    store: Store
    _known: dict[str, tuple[float, Trip | None]] = field(default_factory=dict)

    def tripped(self, provider: str) -> Trip | None:
        """Return why a provider is not used, or was not a while ago, or None where it is in use."""
        looked, trip = self._known.get(provider, (0.0, None))
        if looked and monotonic() < looked + _KNOWN_FOR:
            return trip
        with self.store.reading() as connection:
            row = select(SendingLimit.trip).where(SendingLimit.name == provider)
            found: dict[str, Any] | None = connection.execute(row).scalar_one_or_none()
        trip = Trip(**found) if found else None
        self._known[provider] = (monotonic(), trip)
        return trip

    def trip(self, provider: str, code: str, detail: str, *, now: datetime) -> None:
        """Stop all sending through a provider on every machine, and log an alert."""
        trip = asdict(tripped_now(provider, code, detail, now=now))
        row = insert(SendingLimit).values(name=provider, trip=trip)
        newer = row.on_conflict_do_update(index_elements=[SendingLimit.name], set_={"trip": trip})
        with self.store.writing() as connection:
            connection.execute(newer)
        self._known.clear()

    def reset(self, provider: str) -> None:
        """Let all sending go on, because a text went."""
        with self.store.writing() as connection:
            connection.execute(delete(SendingLimit).where(SendingLimit.name == provider))
        self._known.clear()
