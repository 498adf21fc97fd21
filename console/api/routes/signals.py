"""Signals of what goes wrong structurally, from the report to the decision and back to the reporter."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import SeeingQueue
from console.api.current_call import existing
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.schemas import IdInPath, Key, Moment, Name, Shape, Text
from desk.cases import signals
from store.mapped_rows import read_all
from store.tables import Signal as Row

router = APIRouter(tags=["signals"])


class NewSignal(Shape):
    """A report of what goes wrong, for whom, and why as far as is known. Write nobody's name in it."""

    kind: Name = Field(description="Its class.")
    affected: Literal["citizens", "entrepreneurs", "intermediaries"]
    what: Text
    cause: Text
    owner: Name = Field(description="Who is asked to decide.")


class Signal(Shape):
    """One signal."""

    id: Key
    kind: str
    affected: str
    what: str
    cause: str
    owner: str
    reported_at: Moment
    reported_by: str
    merged_into: Key | None
    waits_for: str | None
    decided_at: Moment | None
    decision: str | None
    decision_why: str | None


class Merge(Shape):
    """The signal that this one is the same as."""

    into: Key


class Wait(Shape):
    """The law, the system or the colleague that a signal waits for. Its age goes on."""

    waits_for: Name


class Decision(Shape):
    """A decision on a signal and its doubles."""

    decision: Literal["solve", "explain", "elsewhere", "not_taken_up"]
    why: Text = Field(description="Shown to everybody who reported it.")


class News(Shape):
    """The decision on one of your signals."""

    id: Key
    what: str
    decision: str
    decision_why: str


class SignalNews(Shape):
    """Decisions on your signals that you had not seen yet."""

    items: list[News]


@router.get("/signals")
def list_signals(
    caller: SeeingQueue,
    page: Annotated[Asked, Depends(asked)],
    decided: Annotated[bool, Query(description="Those that were decided too.")] = False,  # noqa: FBT002  a parameter of the address
) -> Page[Signal]:
    """List the signals, the oldest first."""
    query = select(Row)
    with caller.installation.store.reading() as connection:
        rows = read_all(connection, query if decided else query.where(Row.decided_at.is_(None)))
    return page_of(page, rows, lambda row: (row.id,), Signal.model_validate)


@router.get("/signals/{signal_id}")
def show_signal(caller: SeeingQueue, signal_id: IdInPath) -> Signal:
    """Return one signal."""
    return Signal.model_validate(existing(caller, Row, signal_id, "signal"))


@post_once(router, "/signals")
def report_signal(caller: SeeingQueue, new: NewSignal) -> Signal:
    """Report a signal."""
    signal = signals.NewSignal(
        kind=new.kind, affected=new.affected, what=new.what, cause=new.cause, owner=new.owner
    )
    made = signals.report(caller.installation.store, signal, by=caller.name, now=caller.now())
    return Signal.model_validate(existing(caller, Row, made, "signal"))


@post_once(router, "/signals/{signal_id}/merges")
def merge_signal(caller: SeeingQueue, signal_id: IdInPath, merge: Merge) -> Signal:
    """Merge a signal with another, whose decision then goes for both."""
    existing(caller, Row, signal_id, "signal")
    signals.merge(
        caller.installation.store, signal_id, merge.into, by=caller.decider(), now=caller.now()
    )
    return Signal.model_validate(existing(caller, Row, signal_id, "signal"))


@post_once(router, "/signals/{signal_id}/waits")
def let_signal_wait(caller: SeeingQueue, signal_id: IdInPath, wait: Wait) -> Signal:
    """Record what a signal waits for."""
    existing(caller, Row, signal_id, "signal")
    signals.wait_for(
        caller.installation.store, signal_id, wait.waits_for, by=caller.decider(), now=caller.now()
    )
    return Signal.model_validate(existing(caller, Row, signal_id, "signal"))


@post_once(router, "/signals/{signal_id}/decisions")
def decide_signal(caller: SeeingQueue, signal_id: IdInPath, decision: Decision) -> Signal:
    """Decide about a signal and its doubles. It ends in a decision with its reason, never by itself."""
    existing(caller, Row, signal_id, "signal")
    signals.decide(
        caller.installation.store,
        signal_id,
        decision.decision,
        why=decision.why,
        by=caller.name,
        now=caller.now(),
    )
    return Signal.model_validate(existing(caller, Row, signal_id, "signal"))


@post_once(router, "/signal-news")
def fetch_signal_news(caller: SeeingQueue) -> SignalNews:
    """Fetch the decisions on your signals that you had not seen. From now on you have."""
    found = signals.unseen_changes(caller.installation.store, caller.name, now=caller.now())
    return SignalNews(items=[News(**row) for row in found])
