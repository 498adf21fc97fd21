"""Record attempts and a channel's results, which move touches and create print runs.

Each result moves its touch and closes its attempt; files become print runs.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from campaigns.touches.occasions import Shard
from campaigns.touches.touch_states import lock, move
from channels import KINDS
from channels.pieces import read_piece_id
from channels.port import HandedFile, Receipt, Refusal, RefusalKind, Result, Seeded, Unsure
from store.base import UtcDateTime
from store.insert_ignore import add_new
from store.states import AttemptState, PieceState, TouchState
from store.tables import Attempt, Delivery, PrintFile, PrintPiece, PrintRun, Touch
from suppression.contact_hours import day_part

RETRY_AFTER = timedelta(minutes=15)

_ENDS: dict[type, AttemptState] = {
    Receipt: AttemptState.RECEIPT,
    Refusal: AttemptState.REFUSAL,
    Unsure: AttemptState.UNKNOWN,
}


def write_attempts(
    connection: Connection, shard: Shard, delivery_id: int, *, now: datetime
) -> None:
    """Record an attempt for every claimed touch of a delivery, for calls with the part of the day."""
    part = day_part(now) if KINDS[shard.channel].reaches == "call" else None
    earlier = (
        select(func.coalesce(func.max(Attempt.number), 0))
        .where(Attempt.touch_id == Touch.id)
        .scalar_subquery()
    )
    connection.execute(
        insert(Attempt).from_select(
            ["touch_id", "delivery_id", "number", "state", "day_part", "written_at"],
            select(
                Touch.id,
                literal(delivery_id),
                earlier + 1,
                literal(AttemptState.WRITTEN, Attempt.state.type),
                literal(part, Attempt.day_part.type),
                literal(now, UtcDateTime()),
            ).where(Touch.delivery_id == delivery_id, Touch.state == TouchState.CLAIMED),
        )
    )


def record_results(
    connection: Connection, delivery_id: int, results: Sequence[Result], *, now: datetime
) -> Counter[str]:
    """Record some results of one delivery, and count the outcomes. Safe to repeat."""
    counts: Counter[str] = Counter()
    lock(
        connection,
        [result.touch_id for result in results if isinstance(result, Receipt | Refusal | Unsure)],
    )
    for kind in (Receipt, Refusal, Unsure):
        some = [result for result in results if isinstance(result, kind)]
        if some:
            _close_attempts(connection, delivery_id, some, now=now)
    receipts = [result for result in results if isinstance(result, Receipt)]
    moved = _move(
        connection, delivery_id, [r.touch_id for r in receipts], TouchState.HANDED_OVER, now=now
    )
    counts["handed_over"] += moved
    if moved < len(receipts):
        counts["handed_over"] += _complete(connection, delivery_id, receipts)
    counts["unknown"] += _move(
        connection,
        delivery_id,
        [r.touch_id for r in results if isinstance(r, Unsure)],
        TouchState.UNKNOWN,
        now=now,
    )
    for refusal in results:
        if isinstance(refusal, Refusal):
            counts.update(_refused(connection, delivery_id, refusal, now=now))
    if files := [result for result in results if isinstance(result, HandedFile)]:
        _write_print_run(connection, delivery_id, files, now=now)
    _write_pieces(
        connection, delivery_id, [r for r in results if isinstance(r, Receipt | Seeded)], now=now
    )
    return counts


def _close_attempts(
    connection: Connection,
    delivery_id: int,
    results: Sequence[Receipt | Refusal | Unsure],
    *,
    now: datetime,
) -> None:
    touches = [result.touch_id for result in results]
    waiting = select(Attempt.touch_id, Attempt.id).where(
        Attempt.touch_id.in_(touches),
        Attempt.delivery_id == delivery_id,
        Attempt.state.in_((AttemptState.WRITTEN, AttemptState.UNKNOWN)),
    )
    # found together and closed by their own key: found one by one, a run would be looked through once for each
    attempts = dict(connection.execute(waiting).all())
    statement = (
        update(Attempt)
        .where(Attempt.id == bindparam("b_attempt"))
        .values(
            state=bindparam("b_state"),
            provider_ref=bindparam("b_ref"),
            error_code=bindparam("b_code"),
            detail=bindparam("b_detail"),
            cost=bindparam("b_cost"),
            finished_at=now,
        )
    )
    closing = [result for result in results if result.touch_id in attempts]
    if not closing:
        return
    connection.execute(
        statement,
        [
            {
                "b_attempt": attempts[result.touch_id],
                "b_state": _ENDS[type(result)],
                "b_ref": getattr(result, "provider_ref", None),
                "b_code": getattr(result, "code", None),
                "b_detail": getattr(result, "detail", None),
                "b_cost": getattr(result, "cost", None),
            }
            for result in closing
        ],
    )


def _complete(connection: Connection, delivery_id: int, receipts: Sequence[Receipt]) -> int:
    """Add the cost if the provider reported on a text before its sender recorded it."""
    without_cost = (
        Attempt.delivery_id == delivery_id,
        Attempt.state == AttemptState.RECEIPT,
        Attempt.cost.is_(None),
    )
    return sum(
        connection.execute(
            update(Attempt)
            .where(
                Attempt.touch_id == receipt.touch_id,
                Attempt.provider_ref == receipt.provider_ref,
                *without_cost,
            )
            .values(cost=receipt.cost)
        ).rowcount
        for receipt in receipts
        if receipt.cost is not None
    )


def _move(
    connection: Connection, delivery_id: int, touches: list[int], to: TouchState, *, now: datetime
) -> int:
    if not touches:
        return 0
    which = Touch.id.in_(touches) & (Touch.delivery_id == delivery_id)
    also: dict[str, Any] = {"handed_over_at": now} if to is TouchState.HANDED_OVER else {}
    moved = move(connection, which, to, origin=TouchState.CLAIMED, now=now, **also)
    if to is TouchState.HANDED_OVER and moved < len(touches):
        moved += move(connection, which, to, origin=TouchState.UNKNOWN, now=now, **also)
    return moved


def _refused(
    connection: Connection, delivery_id: int, refusal: Refusal, *, now: datetime
) -> dict[str, int]:
    which = (Touch.id == refusal.touch_id) & (Touch.delivery_id == delivery_id)
    again = refusal.kind is RefusalKind.LATER
    to = TouchState.PLANNED if again else TouchState.FAILED
    also: dict[str, Any] = {"delivery_id": None, "not_before": now + RETRY_AFTER} if again else {}
    reason = None if again else refusal.code
    moved = sum(
        move(connection, which, to, origin=origin, now=now, reason=reason, **also)
        for origin in (TouchState.CLAIMED, TouchState.UNKNOWN)
    )
    return {"again" if again else "failed": moved}


def take_back(
    connection: Connection,
    delivery_id: int,
    *,
    now: datetime,
    not_before: datetime | None = None,
    unsure: Collection[int] | None = None,
) -> int:
    """Plan again every touch of a delivery that was surely not sent, and return how many.

    These are the claimed ones without a result and, where the channel was asked after a break, those it had been
    unsure of and is no more: `unsure` names the ones it still is.
    """
    origins = (TouchState.CLAIMED,) if unsure is None else (TouchState.CLAIMED, TouchState.UNKNOWN)
    left = (Touch.delivery_id == delivery_id) & Touch.state.in_(origins)
    if unsure:
        left = left & Touch.id.not_in(unsure)
    connection.execute(
        update(Attempt)
        .where(
            Attempt.delivery_id == delivery_id,
            Attempt.state.in_((AttemptState.WRITTEN, AttemptState.UNKNOWN)),
            Attempt.touch_id.in_(select(Touch.id).where(left)),
        )
        .values(state=AttemptState.TAKEN_BACK, finished_at=now)
    )
    also: dict[str, Any] = {"not_before": not_before} if not_before else {}
    return sum(
        move(connection, left, TouchState.PLANNED, origin=origin, now=now, delivery_id=None, **also)
        for origin in origins
    )


def _write_print_run(
    connection: Connection, delivery_id: int, files: list[HandedFile], *, now: datetime
) -> None:
    run = connection.execute(
        select(PrintRun.id).where(PrintRun.delivery_id == delivery_id)
    ).scalar_one_or_none()
    if run is None:
        opened = connection.execute(
            select(Delivery.opened_at).where(Delivery.id == delivery_id)
        ).scalar_one()
        run = connection.execute(
            insert(PrintRun)
            .values(
                delivery_id=delivery_id,
                folder=files[0].folder,
                cards=0,
                pages=0,
                made_at=opened or now,
            )
            .returning(PrintRun.id)
        ).scalar_one()
    known = set(
        connection.execute(select(PrintFile.name).where(PrintFile.print_run_id == run)).scalars()
    )
    new = [file for file in files if file.name not in known]
    if not new:
        return
    connection.execute(
        insert(PrintFile),
        [
            {
                "print_run_id": run,
                "name": file.name,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "pieces": file.cards + file.seeds,
                "first": file.first,
            }
            for file in new
        ],
    )
    connection.execute(
        update(PrintRun)
        .where(PrintRun.id == run)
        .values(
            cards=PrintRun.cards + sum(file.cards for file in new),
            seeds=PrintRun.seeds + sum(file.seeds for file in new),
            pages=PrintRun.pages + sum(file.pages for file in new),
            weight=func.coalesce(PrintRun.weight, 0) + sum(file.grams for file in new),
        )
    )


def _write_pieces(
    connection: Connection, delivery_id: int, went: Sequence[Receipt | Seeded], *, now: datetime
) -> None:
    """Record the pieces of a print run, except those recorded before."""
    run = connection.execute(
        select(PrintRun.id).where(PrintRun.delivery_id == delivery_id)
    ).scalar_one_or_none()
    if run is None:  # nothing of it is printed
        return
    rows = [
        {
            "piece_id": each.provider_ref,
            "print_run_id": run,
            "record": read[1],
            "touch_id": getattr(each, "touch_id", None),
            "seed_id": getattr(each, "seed_id", None),
            "state": PieceState.MADE,
            "updated_at": now,
        }
        for each in went
        if (read := read_piece_id(each.provider_ref)) is not None
    ]
    add_new(connection, PrintPiece, rows, PrintPiece.id)
