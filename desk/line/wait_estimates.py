"""Estimate the wait of a caller from the latest calls, their waits and how fast they were taken.

The longer of the two is told, so that nobody waits longer than was said. Nothing is estimated with too few agents
present or too few calls taken recently.
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
LATEST = 10
"""Calls that tell how fast the queue moves now."""
STEP = 5
"""Minutes. An estimate is rounded up, so that callers are helped sooner rather than later than announced."""


def minutes_to_wait(
    connection: Connection, line_id: int, now: datetime, *, before: int
) -> int | None:
    """Return the estimated wait of a caller of this line in minutes, or None without an estimate.

    Args:
        connection: the transaction.
        line_id: the line.
        now: the present moment.
        before: how many go before them.
    """
    if len(present(connection, now)) < ENOUGH_AGENTS:
        return None
    lately = (Call.line_id == line_id, Call.taken_at > now - LATELY, Call.taken_at <= now)
    live = (Call.kind == CallKind.CALL, Call.rank == 0)
    query = (
        select(Call.received_at, Call.taken_at)
        .where(*lately, *live)
        .order_by(Call.taken_at.desc())
        .limit(LATEST)
    )
    taken = [(came, at) for came, at in connection.execute(query) if at is not None]
    if len(taken) < ENOUGH_CALLS:
        return None
    waited = sum((at - came for came, at in taken), timedelta()) / len(taken)
    pace = (now - taken[-1][1]) / len(taken)
    return max(STEP, ceil(max(waited, (before + 1) * pace) / timedelta(minutes=STEP)) * STEP)
