"""Move touches between states in sets, and append their history."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, literal, select, update

from store.base import UtcDateTime
from store.states import MOVES, TouchState
from store.tables import Touch, TouchEvent


class IllegalMove(Exception):
    """A touch was to be moved to a state that cannot follow its own, which is a bug."""


def move(
    connection: Connection,
    which: ColumnElement[bool] | Select[*tuple[Any, ...]],
    to: TouchState,
    *,
    origin: TouchState,
    now: datetime,
    reason: ColumnElement[Any] | str | None = None,
    **also: Any,
) -> int:
    """Move the touches of `which` from `origin` to `to`, and return how many moved.

    Touches of `which` in another state stay where they are, so that a repeated move moves nothing. `which` is a
    condition on `Touch`, or a select of touch ids. `reason` is a code, or a column of codes; `also` sets further
    columns of the touch.

    Raises:
        IllegalMove: `to` cannot follow `origin`.
    """
    if to not in MOVES[origin]:
        raise IllegalMove(f"a touch that is {origin} cannot become {to}")
    condition = Touch.id.in_(which) if isinstance(which, Select) else which
    moving = (Touch.state == origin) & condition
    because = literal(reason) if isinstance(reason, str) or reason is None else reason
    connection.execute(
        insert(TouchEvent).from_select(
            ["touch_id", "from_state", "to_state", "at", "reason"],
            select(
                Touch.id,
                literal(origin, TouchEvent.from_state.type),
                literal(to, TouchEvent.to_state.type),
                literal(now, UtcDateTime()),
                because,
            ).where(moving),
        )
    )
    values: dict[str, Any] = {"state": to, "updated_at": now, **also}
    if reason is not None:
        values["reason"] = because
    return connection.execute(update(Touch).where(moving).values(values)).rowcount


def lock(connection: Connection, touches: Collection[int]) -> None:
    """Lock touches until the transaction ends, so that other recorders wait.

    SQLite has one writer anyway.
    """
    if touches and connection.dialect.name == "postgresql":
        connection.execute(
            select(Touch.id).where(Touch.id.in_(touches)).order_by(Touch.id).with_for_update()
        )


def count_by_state(connection: Connection, campaign_id: int) -> dict[TouchState, int]:
    """Return how many touches of the campaign are in each state."""
    rows = connection.execute(
        select(Touch.state, func.count())
        .where(Touch.campaign_id == campaign_id)
        .group_by(Touch.state)
    )
    return {TouchState(state): count for state, count in rows}
