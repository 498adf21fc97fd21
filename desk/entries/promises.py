"""Promises to call somebody back, made in one place for every road.

What cannot be kept is not promised: the next window that can be kept is. Somebody has one open wish to be called,
known by number, card or person, and the last word counts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from desk.entries.promised_windows import LineTurns, Offer, Window
from people.numbers import PhoneNumber
from store.mapped_rows import read_one
from store.states import CallKind, CallState, PromiseRoad, PromiseState, ReplyKind
from store.tables import Call, PhoneLine, Promise, Reply
from suppression.contact_hours import Hours, is_open

ASKED_AGAIN = "asked_again"
"""The disposition of an entry that was replaced by a later wish of the same person."""
LONGEST_WISH = 300  # characters
GONE = "gone"
"""The disposition of a caller who hung up before anybody could help."""
_PROMISED = select(Promise.id).where(Promise.call_id == Call.id).exists()
_ASKED_ONLINE = (
    select(Reply.id).where(Reply.id == Call.reply_id, Reply.kind == ReplyKind.WEB).exists()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A wish to be called."""

    road: PromiseRoad
    asked: str  # in their own words, or what they pressed
    window: Window | None = None  # None: no time was named
    soon: bool = False  # they want it as soon as we can, and are told no time while we are open
    by: str | None = None  # the colleague who promised it


def promise(
    connection: Connection, call_id: int, wish: Wish, *, policy: Hours, now: datetime
) -> Offer | None:
    """Promise a window for an entry of the queue. Return it, or None where no time is promised.

    The line is locked, so that of two who ask for the last turn one gets it.
    """
    call = read_one(connection, select(Call).where(Call.id == call_id))
    lock_turns(connection, call.line_id)
    _release(connection, [call_id])
    turns = LineTurns.read(connection, policy, call.line_id, skill=call.skill, now=now)
    # of a closed line "soon" says nothing; a colleague who promises says what it means
    soon = wish.soon and (wish.by is not None or is_open(now, turns.hours))
    offer = None if soon else turns.offer(wish.window)
    values = {
        "call_id": call_id,
        "person_id": call.person_id,
        "road": wish.road,
        "asked": wish.asked[:LONGEST_WISH],
        "asked_from": wish.window.begins if wish.window else None,
        "asked_until": wish.window.ends if wish.window else None,
        "begins": offer.window.begins if offer else None,
        "ends": offer.window.ends if offer else None,
        "start_by": offer.start_by if offer else None,
        "keeps_place": wish.road is PromiseRoad.VOICE
        and (offer is None or offer.window.begins <= now),
        "made_at": now,
        "made_by": wish.by,
        "state": PromiseState.OPEN,
    }
    made = connection.execute(
        insert(Promise).values(values).returning(*Promise.__table__.columns)
    ).one()
    _stand(connection, made)
    one_wish(connection, call_id, now=now)
    return offer


def can_be_called(number: str | None) -> bool:
    """Say whether a call-back to this number (E.164) can be promised, as one that is not known yet can.

    Never to satellites, ships, machines and pagers, nor where the call costs the house a fee.
    """
    return number is None or PhoneNumber.parse(number).may_call


def lock_turns(connection: Connection, line_id: int) -> None:
    """Lock the turns of a line until the transaction ends.

    Locks are taken in one order, so that two transactions never wait for one another in a circle: the connection
    (leg), the turns of its line, then entries of the queue (decision 0139). Whoever will promise locks the turns
    before the first entry. New calls refer to the line and are let through.
    """
    query = select(PhoneLine.id).where(PhoneLine.id == line_id)
    connection.execute(query.with_for_update(key_share=True))


def _stand(connection: Connection, made: Any) -> None:
    """Write a promise into its entry of the queue, also where its caller counted as gone.

    Somebody on the telephone who is called back today keeps their place among those who wait. Their window has no
    begin in the queue.
    """
    values: dict[str, Any] = {
        "kind": CallKind.CALL_BACK,
        "promised_from": None if made.keeps_place else made.begins,
        "promised_until": made.ends,
        "start_by": made.start_by,
        "due_by": made.start_by if made.keeps_place else None,
    }
    gone = and_(Call.state == CallState.ABANDONED, Call.disposition == GONE)
    back = {"state": CallState.WAITING, "disposition": None, "wrapped_up_at": None}
    connection.execute(update(Call).where(Call.id == made.call_id, gone).values(back))
    open_ = Call.state.in_((CallState.WAITING, CallState.TAKEN))
    connection.execute(update(Call).where(Call.id == made.call_id, open_).values(values))


def one_wish(connection: Connection, call_id: int, *, now: datetime) -> int:
    """End the other open wishes of the same person. Return how many. The longest wait is kept.

    A text or a visit that asked for no call is no wish, and stays.
    """
    call = read_one(connection, select(Call).where(Call.id == call_id))
    others = and_(
        Call.id != call_id,
        Call.kind == CallKind.CALL_BACK,
        Call.state == CallState.WAITING,
        or_(_PROMISED, _ASKED_ONLINE),
        same_person(call.number, call.touch_id, call.person_id),
    )
    found = connection.execute(select(Call.id, Call.received_at).where(others)).all()
    if not found:
        return 0
    ids = [each.id for each in found]
    _release(connection, ids)
    ended = {"state": CallState.ABANDONED, "disposition": ASKED_AGAIN, "wrapped_up_at": now}
    connection.execute(update(Call).where(Call.id.in_(ids)).values(ended))
    first = min(call.received_at, *(each.received_at for each in found))
    connection.execute(update(Call).where(Call.id == call_id).values(received_at=first))
    return len(ids)


def same_person(
    number: str | None, touch_id: int | None, person_id: int | None
) -> ColumnElement[bool]:
    """Match entries of the same number, card or person."""
    known = [
        column == value
        for column, value in (
            (Call.number, number),
            (Call.touch_id, touch_id),
            (Call.person_id, person_id),
        )
        if value is not None
    ]
    return or_(*known) if known else Call.id.is_(None)


def standing(
    connection: Connection, number: str | None, touch_id: int | None, person_id: int | None
) -> int | None:
    """Return the open call-back of somebody who rings now, or None."""
    query = (
        select(Call.id)
        .where(
            Call.kind == CallKind.CALL_BACK,
            Call.state == CallState.WAITING,
            same_person(number, touch_id, person_id),
        )
        .order_by(_PROMISED.desc(), Call.id.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(query).scalar()
    return int(found) if found is not None else None


def rings(connection: Connection, call_id: int, language: str | None) -> None:
    """Turn a call-back into the call of the person it was for, who rings and waits now.

    The promise stays open, so that hanging up loses nothing.
    """
    values = {"kind": CallKind.CALL, "promised_from": None, "promised_until": None}
    live = values | ({"language": language} if language else {})
    connection.execute(update(Call).where(Call.id == call_id).values(due_by=Call.start_by, **live))


def stands_again(connection: Connection, call_ids: Collection[int]) -> list[int]:
    """Let call-backs stand again whose callers rang and hung up. Return those entries.

    They are the ones with an open promise, and those that no call on our line made: a text, a visit, a row of a file.
    """
    open_ = and_(Promise.call_id.in_(call_ids), Promise.state == PromiseState.OPEN)
    found = connection.execute(select(Promise.__table__).where(open_).order_by(Promise.id)).all()
    for made in found:
        _stand(connection, made)
    promised = [made.call_id for made in found]
    elsewhere = and_(
        Call.id.in_(call_ids),
        Call.id.not_in(promised),
        Call.entry_key.is_(None),
        Call.reply_id.is_not(None),
    )
    back = update(Call).where(elsewhere).values(kind=CallKind.CALL_BACK, due_by=None)
    return [*promised, *connection.execute(back.returning(Call.id)).scalars()]


def withdraw(connection: Connection, call_id: int) -> None:
    """Take an open promise back, because its caller waits on the line after all."""
    _release(connection, [call_id])
    values = {"kind": CallKind.CALL, "promised_from": None, "promised_until": None, "due_by": None}
    waits = (Call.id == call_id, Call.state == CallState.WAITING)
    connection.execute(update(Call).where(*waits).values(values))


def has_open_promise(connection: Connection, call_id: int) -> bool:
    """Return whether something was promised for an entry, and is open."""
    open_ = (Promise.call_id == call_id, Promise.state == PromiseState.OPEN)
    return connection.execute(select(Promise.id).where(*open_).limit(1)).first() is not None


def settle(connection: Connection, call_id: int) -> None:
    """Record whether the open promise of an entry was kept, which it is where it was taken in time."""
    taken = select(Call.taken_at).where(Call.id == call_id).scalar_subquery()
    mine = and_(Promise.call_id == call_id, Promise.state == PromiseState.OPEN)
    late = and_(mine, Promise.ends < taken)
    connection.execute(update(Promise).where(late).values(state=PromiseState.BROKEN))
    connection.execute(update(Promise).where(mine).values(state=PromiseState.KEPT))


def _release(connection: Connection, call_ids: list[int]) -> None:
    """Give the turns of entries back, since something else was promised."""
    mine = and_(Promise.call_id.in_(call_ids), Promise.state == PromiseState.OPEN)
    connection.execute(update(Promise).where(mine).values(state=PromiseState.REPLACED))
    connection.execute(update(Call).where(Call.id.in_(call_ids)).values(start_by=None))
