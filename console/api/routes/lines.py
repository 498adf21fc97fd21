"""The free phone lines, who waits on them, and their roster."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import func, select

from console.api.authentication import SeeingQueue
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.problems import Refused, Wrong
from console.api.schemas import Day, Key, Moment, Name, Shape
from desk.entries import roster
from desk.queue.queues import QueuedCall, waiting
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.mapped_rows import read_all
from store.states import CallKind, CallState
from store.tables import Call, PhoneLine

router = APIRouter()
LineQuery = Annotated[
    str | None,
    Query(
        alias="line",
        max_length=40,
        description="Only of the line with this number.",
        examples=["+318000543"],
    ),
]


class Line(Shape):
    """One free phone line."""

    id: Key
    number: str = Field(description="E.164.", examples=["+318000543"])
    name: str
    hours: str = Field(description="As it is printed.")
    waiting: int
    taken: int


class QueueEntry(Shape):
    """One entry in the queue, without who it is about."""

    id: Key
    line: str = Field(description="Its number (E.164).")
    why: CallKind = Field(
        description="Somebody called, asked to be called, or a campaign asks to call."
    )
    campaign: str | None
    received_at: Moment
    promised_from: Moment | None
    promised_until: Moment | None
    skill: str = Field(description="What an agent must be trained for.")


class OnRoster(Shape):
    """An agent on a line's roster. A first name is printed only while its bearer can pick up."""

    line: str = Field(description="The number (E.164).")
    first_name: str
    on_from: Day
    on_until: Day | None = Field(description="The last day; null: no end is planned.")


class NewOnRoster(Shape):
    """Put somebody on a line's roster."""

    line: Name
    first_name: Name
    on_from: Day
    on_until: Day | None = None


@router.get("/lines", tags=["lines"])
def list_lines(caller: SeeingQueue, page: Annotated[Asked, Depends(asked)]) -> Page[Line]:
    """List the lines, with how many wait and how many are being helped."""
    counts = select(Call.line_id, Call.state, func.count().label("many")).group_by(
        Call.line_id, Call.state
    )
    with caller.installation.store.reading() as connection:
        many = {(row.line_id, row.state): row.many for row in connection.execute(counts)}
        rows = read_all(connection, select(PhoneLine))
    found = [
        Line(
            id=row.id,
            number=row.number,
            name=row.name,
            hours=row.hours,
            waiting=many.get((row.id, CallState.WAITING), 0),
            taken=many.get((row.id, CallState.TAKEN), 0),
        )
        for row in rows
    ]
    return page_of(page, found, lambda line: (line.id,), lambda line: line)


@router.get("/queue-entries", tags=["queue"])
def list_queue_entries(
    caller: SeeingQueue, page: Annotated[Asked, Depends(asked)], line: LineQuery = None
) -> Page[QueueEntry]:
    """List who waits, in the order in which they are taken.

    Promises that cannot wait come first, then the longest wait, then promises with time to spare, then what campaigns
    ask.
    """
    now = caller.now()
    found = waiting(caller.installation.store, e164(line), now=now)
    return page_of(page, found, lambda call: _order(call, now), QueueEntry.model_validate)


def _order(call: QueuedCall, now: datetime) -> tuple[int | str, ...]:
    """Return the place in the queue, as `desk.queue.queues.in_order` has it."""
    opened = call.promised_from is None or call.promised_from <= now
    if opened and call.start_by is not None and call.start_by <= now:
        place, moment = 0, call.start_by
    elif call.promised_from is None:
        place, moment = (3 if call.why is CallKind.OUTBOUND else 1), call.received_at
    else:
        place, moment = (2 if opened else 4), call.start_by or call.promised_from
    return (place, _whole(moment), _whole(call.received_at), call.id)


def _whole(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


@router.get("/roster-entries", tags=["lines"])
def list_roster_entries(
    caller: SeeingQueue, page: Annotated[Asked, Depends(asked)], line: LineQuery = None
) -> Page[OnRoster]:
    """List who picks up on which line, from when and until when."""
    found = roster.entries(caller.installation.store, e164(line))
    return page_of(
        page,
        found,
        lambda each: (each.line, each.first_name, each.on_from.isoformat()),
        OnRoster.model_validate,
    )


@post_once(router, "/roster-entries", tags=["lines"])
def add_roster_entry(caller: SeeingQueue, new: NewOnRoster) -> OnRoster:
    """Put somebody on a line's roster, or change until when they are on it."""
    number, last = e164(new.line) or "", new.on_until
    roster.add(
        caller.installation.store, number, new.first_name, on_from=new.on_from, on_until=last
    )
    return OnRoster(line=number, first_name=new.first_name, on_from=new.on_from, on_until=last)


def e164(text: str | None) -> str | None:
    """Read the number of a line.

    Raises:
        Refused: it is not a telephone number (400).
    """
    try:
        return PhoneNumber.parse(text).e164 if text else None
    except NotAPhoneNumber as error:
        raise Refused(
            status=400,
            kind="bad-request",
            detail=str(error),
            errors=(Wrong(field="line", detail="is not a telephone number"),),
        ) from None
