"""Cases and overdue matters.

Whose case it is, only where the identity was checked in a call in the caller's hands.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import Caller, SeeingQueue, TakingCalls
from console.api.current_call import existing, knows
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.schemas import IdInPath, Key, Moment, Name, Shape, Text
from desk.cases import cases
from desk.cases.overdue import overdue
from desk.cases.overdue_promises import Waits
from store.mapped_rows import read_all
from store.tables import Case as CaseRow
from store.tables import Person

router = APIRouter(tags=["cases"])


class Case(Shape):
    """One case."""

    id: Key
    owner: str
    opened_at: Moment
    last_at: Moment = Field(description="The last conversation.")
    closed_at: Moment | None
    person_ref: str | None = Field(
        description="Null until the identity was checked in a call in your hands."
    )


class NewOwner(Shape):
    """Give a case another owner."""

    owner: Name


class Closing(Shape):
    """Close a case of which nothing waits any more."""

    why: Text = Field(description="How it ended. It is kept.")


class Late(Shape):
    """Overdue work at the desk, without the name of a person. The page that it leads to has that."""

    kind: str = Field(
        description="handover, referral, appointment, signal, reminder, case, team_task, dialogue, doubt or line."
    )
    id: Key
    whose: str = Field(description="Who is asked.")
    since: Moment = Field(description="From when it is late.")


@router.get("/cases")
def list_cases(
    caller: SeeingQueue,
    page: Annotated[Asked, Depends(asked)],
    owner: Annotated[
        str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="Only of them.")
    ] = None,
    closed: Annotated[bool, Query(description="Those that ended too.")] = False,  # noqa: FBT002  a parameter of the address
) -> Page[Case]:
    """List the cases, the oldest first."""
    query = select(CaseRow)
    query = query.where(CaseRow.owner == owner) if owner else query
    query = query if closed else query.where(CaseRow.closed_at.is_(None))
    with caller.installation.store.reading() as connection:
        rows = read_all(connection, query)
    return page_of(page, rows, lambda row: (row.id,), lambda row: _case(row, None))


@router.get("/cases/{case_id}")
def show_case(caller: SeeingQueue, case_id: IdInPath) -> Case:
    """Return one case."""
    row = existing(caller, CaseRow, case_id, "case")
    return _case(row, ref_of(caller, row.person_id))


@router.patch("/cases/{case_id}")
def give_case(caller: SeeingQueue, case_id: IdInPath, to: NewOwner) -> Case:
    """Give a case another owner. It always has exactly one."""
    existing(caller, CaseRow, case_id, "case")
    cases.give(caller.installation.store, case_id, to.owner, by=caller.decider(), now=caller.now())
    return show_case(caller, case_id)


@post_once(router, "/cases/{case_id}/closings")
def close_case(caller: TakingCalls, case_id: IdInPath, closing: Closing) -> Case:
    """Close a case. It cannot be closed while something of it waits."""
    existing(caller, CaseRow, case_id, "case")
    cases.close(
        caller.installation.store, case_id, by=caller.name, why=closing.why, now=caller.now()
    )
    return _case(existing(caller, CaseRow, case_id, "case"), None)


@router.get("/overdue-matters")
def list_overdue_matters(caller: SeeingQueue, page: Annotated[Asked, Depends(asked)]) -> Page[Late]:
    """List what is late, what was promised first, then the longest."""
    closed = caller.installation.policy.hours.closed_days
    found = overdue(caller.installation.store, now=caller.now(), closed=closed)
    return page_of(
        page,
        found,
        _since,
        lambda each: Late(kind=each.kind, id=each.id, whose=each.whose, since=each.since),
    )


def _since(each: Waits) -> tuple[int | str, ...]:
    return (int(not each.promised), int(each.since.timestamp() * 1_000_000), each.kind, each.id)


def _case(row: CaseRow, ref: str | None) -> Case:
    return Case(
        id=row.id,
        owner=row.owner,
        opened_at=row.opened_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
        person_ref=ref,
    )


def ref_of(caller: Caller, person_id: int) -> str | None:
    """Return the reference of a person, only where the caller made sure to be speaking to them."""
    if not knows(caller, person_id):
        return None
    with caller.installation.store.reading() as connection:
        return str(
            connection.execute(select(Person.person_ref).where(Person.id == person_id)).scalar_one()
        )
