"""Messages that may be objections, and what they are after somebody read them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from console.api.authentication import ReadingDoubts
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.schemas import IdInPath, Key, Moment, Shape, Text
from desk.cases.held_messages import HeldMessage
from desk.cases.objection_doubts import is_no_objection, is_objection, waiting_doubts

router = APIRouter(tags=["doubts"])


class Doubt(Shape):
    """One message that may be an objection. Until it is read it holds everything of its sender."""

    id: Key
    received_at: Moment
    answer_by: Moment = Field(description="One month after the message (AVG 12.3).")
    text: str


class Reading(Shape):
    """A decision on a message, by somebody who has read it."""

    what: Literal["objection", "none", "call_back"] = Field(
        description="`call_back` is no objection, and puts its sender into the queue."
    )
    why: Text = Field(description="What the message says. It is kept.")


class ReadDoubt(Shape):
    """Effects of reading a message."""

    objection: bool
    released: int = Field(description="Touches that were withheld and are planned again.")
    call_id: Key | None = Field(description="Its entry in the queue.")


@router.get("/doubts")
def list_doubts(caller: ReadingDoubts, page: Annotated[Asked, Depends(asked)]) -> Page[Doubt]:
    """List the messages that wait to be read, the oldest first."""
    return page_of(page, waiting_doubts(caller.installation.store), _place, _doubt)


@post_once(router, "/doubts/{doubt_id}/readings")
def read_doubt(caller: ReadingDoubts, doubt_id: IdInPath, reading: Reading) -> ReadDoubt:
    """Record what a message is. An objection then waits for its scope."""
    store, ref, now = caller.installation.store, f"#{doubt_id}", caller.now()
    if reading.what == "objection":
        read = is_objection(store, ref, by=caller.decider(), why=reading.why, now=now)
    else:
        back = reading.what == "call_back"
        read = is_no_objection(
            store, ref, by=caller.decider(), why=reading.why, call_back=back, now=now
        )
    return ReadDoubt(objection=read.objection, released=read.released, call_id=read.call_id)


def _place(each: HeldMessage) -> tuple[int | str, ...]:
    return (int(each.received_at.timestamp() * 1_000_000), each.id)


def _doubt(each: HeldMessage) -> Doubt:
    return Doubt(id=each.id, received_at=each.received_at, answer_by=each.answer_by, text=each.text)
