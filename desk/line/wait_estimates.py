"""Estimate the waiting time of a caller.

Nothing is estimated with too few agents present or too few calls taken recently.
"""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, select

from desk.entries.agents import present
from store.states import CallKind
from store.tables import Call

ENOUGH_AGENTS = 3
"""With fewer agents, one long conversation makes every estimate wrong."""
ENOUGH_CALLS, LATELY = 5, timedelta(hours=1)
STEP = 5
"""Minutes. An estimate is rounded up, so that callers are helped sooner rather than later than announced."""


def minutes_to_wait(connection: Connection, line_id: int, now: datetime) -> int | None:
    """Return the estimated wait of a caller of this line in minutes, or None without an estimate."""
    if len(present(connection, now)) < ENOUGH_AGENTS:
        return None
    taken = (
        Call.line_id == line_id,
        Call.kind == CallKind.CALL,
        Call.taken_at > now - LATELY,
        Call.taken_at <= now,
    )
    query = (
        select(Call.received_at, Call.taken_at)
        .where(*taken, Call.entry_key.like("leg:%"))
        .limit(50)
    )
    waits = [row.taken_at - row.received_at for row in connection.execute(query)]
    if len(waits) < ENOUGH_CALLS:
        return None
    mean = sum(waits, timedelta()) / len(waits)
    return max(STEP, ceil(mean / timedelta(minutes=STEP)) * STEP)
