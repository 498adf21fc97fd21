"""Handovers, clear instructions for a colleague.

What they say of a person, only where the identity was checked in a call in the caller's hands.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import SeeingQueue, TakingCalls
from console.api.current_call import checked_person, existing, knows
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.schemas import Day, IdInPath, Key, Moment, Name, Shape, Text
from desk.cases import handovers
from store.mapped_rows import read_all
from store.tables import Handover as Row

router = APIRouter(tags=["handovers"])


class Instruction(Shape):
    """An instruction with which a colleague can go on without asking again."""

    situation: Text
    asked: Text
    promised: Text = Field(description="'Nothing' is an answer too.")
    needed: Name = Field(description="What has to be done.")


class NewHandover(Instruction):
    """Hand over the matter of the person of a call in your hands, whose identity was checked.

    Situation, asked and promised have 1,000 characters together.
    """

    call_id: Key
    to_whom: Name = Field(description="A colleague or a team.")
    deadline: Day


class Handover(Shape):
    """One handover."""

    id: Key
    case_id: Key
    to_whom: str
    deadline: Day
    made_at: Moment
    made_by: str
    done_at: Moment | None
    done_by: str | None
    instruction: Instruction | None = Field(
        description="Null until the identity was checked in a call in your hands."
    )


class Doing(Shape):
    """The work that was done."""

    what: Text


@router.get("/handovers")
def list_handovers(
    caller: SeeingQueue,
    page: Annotated[Asked, Depends(asked)],
    to_whom: Annotated[
        str | None,
        Query(alias="toWhom", max_length=200, pattern=r"^[^\x00]*$", description="Only for them."),
    ] = None,
) -> Page[Handover]:
    """List what still has to be done, the earliest deadline first."""
    open_ = {each.id for each in handovers.open_handovers(caller.installation.store, to_whom)}
    with caller.installation.store.reading() as connection:
        undone = read_all(connection, select(Row).where(Row.done_at.is_(None)))
    return page_of(
        page,
        [row for row in undone if row.id in open_],
        lambda row: (row.deadline.isoformat(), row.id),
        lambda row: _as_response(row, sure=False),
    )


@router.get("/handovers/{handover_id}")
def show_handover(caller: SeeingQueue, handover_id: IdInPath) -> Handover:
    """Return one handover."""
    row = existing(caller, Row, handover_id, "handover")
    return _as_response(row, sure=knows(caller, row.person_id))


@post_once(router, "/handovers")
def hand_over(caller: TakingCalls, new: NewHandover) -> Handover:
    """Leave a clear instruction for a colleague, in the person's case."""
    ref = checked_person(caller, new.call_id)
    task = handovers.Instruction(
        to_whom=new.to_whom,
        situation=new.situation,
        asked=new.asked,
        promised=new.promised,
        needed=new.needed,
        deadline=new.deadline,
    )
    made = handovers.hand_over(
        caller.installation.store, ref, task, by=caller.name, now=caller.now()
    )
    return _as_response(existing(caller, Row, made, "handover"), sure=False)


@post_once(router, "/handovers/{handover_id}/ends")
def end_handover(caller: SeeingQueue, handover_id: IdInPath, doing: Doing) -> Handover:
    """Record that it was done, and what."""
    existing(caller, Row, handover_id, "handover")
    handovers.done(
        caller.installation.store,
        handover_id,
        by=caller.name,
        outcome=doing.what,
        now=caller.now(),
    )
    return _as_response(existing(caller, Row, handover_id, "handover"), sure=False)


def _as_response(row: Row, *, sure: bool) -> Handover:
    instruction = Instruction.model_construct(
        situation=row.situation, asked=row.asked, promised=row.promised, needed=row.needed
    )
    return Handover.model_construct(
        id=row.id,
        case_id=row.case_id,
        to_whom=row.to_whom,
        deadline=row.deadline,
        made_at=row.made_at,
        made_by=row.made_by,
        done_at=row.done_at,
        done_by=row.done_by,
        instruction=instruction if sure else None,
    )
