"""Team tasks, matters that another team is asked to take up within a term.

A task goes to a place: the team for what is complex and urgent, or the department for assessments or for collection
that is asked for tailor-made treatment. `desk.cases.team_task_delivery` hands it over.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from desk.cases.cases import join, person_id_of
from desk.entries.care_policy import agreements, one_of
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import TeamTaskState
from store.tables import Person, TeamTask
from suppression.days import add_working_days, next_working_day

LONGEST_WHY = 1_000  # characters: what the casework standard takes as an explanation
TAILOR_MADE = ("assessment", "collection")
"""Who can be asked for tailor-made treatment."""


@dataclass(frozen=True, slots=True)
class NewTeamTask:
    """New task for another team."""

    place: str
    why: str
    grounds: tuple[str, ...] = ()
    urgent: bool = False

    def __post_init__(self) -> None:
        one_of(self.place, agreements().places, field="place")
        known = {**agreements().complex, **agreements().urgent}
        for each in self.grounds:
            one_of(each, known, field="ground")
        if not self.why.strip():
            raise BadInput(
                "nobody said why", "write what is going on, in your own words", field="why"
            )
        if len(self.why) > LONGEST_WHY:
            raise BadInput(
                Sentence("has {count} characters", count=len(self.why)),
                Sentence("say it in {longest_why}", longest_why=LONGEST_WHY),
                field="why",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTeamTask:
    """A team task that has not ended."""

    id: int
    key: str
    place: str
    person_ref: str
    why: str
    grounds: list[str]
    urgent: bool
    asked_at: datetime
    asked_by: str
    due_on: date
    state: TeamTaskState
    ref: str | None
    error: str | None
    received_at: datetime | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def ask(
    store: Store,
    ref: str,
    new: NewTeamTask,
    *,
    by: str,
    now: datetime,
    closed: Collection[date] = (),
) -> int:
    """Ask another team to take up a person's matter and return the number of the task.

    Asked twice while the first is open, it is one task.

    Raises:
        BadInput: nobody has this reference.
    """
    with store.writing() as connection:
        return open_here(
            connection, person_id_of(connection, ref), new, by=by, now=now, closed=closed
        )


def ask_tailor_made(
    store: Store,
    ref: str,
    to: str,
    why: str,
    *,
    by: str,
    now: datetime,
    urgent: bool = False,
    closed: Collection[date] = (),
) -> int:
    """Ask assessment or collection for tailor-made treatment, for what a rule does not see.

    Raises:
        BadInput: it is asked of nobody who can give it, nobody said why, or nobody has this reference.
    """
    if to not in TAILOR_MADE:
        raise BadInput(
            Sentence("{to!r} gives none", to=to),
            Sentence("write {known}", known=" or ".join(TAILOR_MADE)),
            field="to",
        )
    return ask(store, ref, NewTeamTask(to, why, urgent=urgent), by=by, now=now, closed=closed)


def open_here(
    connection: Connection,
    person_id: int,
    new: NewTeamTask,
    *,
    by: str,
    now: datetime,
    closed: Collection[date] = (),
) -> int:
    """Record a team task in the caller's transaction and return its number."""
    case_id = join(
        connection, person_id, by, now
    )  # locks the case: of two who ask at once, one writes
    same = select(TeamTask.id).where(
        TeamTask.case_id == case_id, TeamTask.place == new.place, TeamTask.ended_at.is_(None)
    )
    if (found := connection.execute(same).scalar_one_or_none()) is not None:
        return int(found)
    row = {
        "place": new.place,
        "case_id": case_id,
        "person_id": person_id,
        "why": new.why.strip(),
        "grounds": list(new.grounds),
        "urgent": new.urgent,
        "asked_at": now,
        "asked_by": by,
        "due_on": due_on(new, now, closed),
        "state": TeamTaskState.PLANNED,
        "tries": 0,
        "not_before": now,
        "key": f"case-{case_id}-{new.place}-{now:%Y%m%d%H%M%S%f}",
    }
    return int(
        connection.execute(insert(TeamTask).values(**row).returning(TeamTask.id)).scalar_one()
    )


def due_on(new: NewTeamTask, now: datetime, closed: Collection[date] = ()) -> date:
    """Return the last day on which a task may still be taken up.

    Its term is counted in working days, from the next one where it is asked on a day off.
    """
    term = agreements().places[new.place]
    begins = next_working_day(local_date(now), closed)
    return add_working_days(begins, term.urgent if new.urgent else term.usual, closed)


def open_team_tasks(store: Store, place: str | None = None) -> list[OpenTeamTask]:
    """Return the tasks that have not ended, of one place or all, by term."""
    query = (
        select(
            TeamTask.id,
            TeamTask.key,
            TeamTask.place,
            Person.person_ref,
            TeamTask.why,
            TeamTask.grounds,
            TeamTask.urgent,
            TeamTask.asked_at,
            TeamTask.asked_by,
            TeamTask.due_on,
            TeamTask.state,
            TeamTask.ref,
            TeamTask.error,
            TeamTask.received_at,
        )
        .join(Person, Person.id == TeamTask.person_id)
        .where(TeamTask.ended_at.is_(None))
    )
    if place:
        query = query.where(TeamTask.place == place)
    with store.reading() as connection:
        return [
            OpenTeamTask(**row)
            for row in connection.execute(query.order_by(TeamTask.due_on, TeamTask.id)).mappings()
        ]


def acknowledge(store: Store, task_id: int, *, by: str, now: datetime) -> None:
    """Record that somebody there has taken it up, unless that was recorded before.

    Raises:
        BadInput: there is no such task, or it has ended.
    """
    with store.writing() as connection:
        going = select(TeamTask.id).where(TeamTask.id == task_id, TeamTask.ended_at.is_(None))
        if connection.execute(going).first() is None:
            raise BadInput(
                "is not open",
                "see kaartje desk team-tasks",
                field=Sentence("team task {task_id}", task_id=task_id),
            )
        first = (TeamTask.id == task_id, TeamTask.received_at.is_(None))
        connection.execute(update(TeamTask).where(*first).values(received_at=now, received_by=by))


def end(store: Store, task_id: int, how: str, *, by: str, now: datetime) -> None:
    """Record how a task ended.

    Raises:
        BadInput: nobody said what came of it, or it is not open.
    """
    if not how.strip():
        raise BadInput("nobody said what came of it", "write it down", field="how")
    going = (TeamTask.id == task_id, TeamTask.ended_at.is_(None))
    values = {"ended_at": now, "ended_how": how.strip(), "ended_by": by}
    with store.writing() as connection:
        if not connection.execute(update(TeamTask).where(*going).values(values)).rowcount:
            raise BadInput(
                "is not open",
                "see kaartje desk team-tasks",
                field=Sentence("team task {task_id}", task_id=task_id),
            )


def again(store: Store, task_id: int, *, by: Decider, now: datetime) -> None:
    """Hand over a refused task once more under the same key, after a person corrected what was wrong.

    Raises:
        BadInput: it was not refused, or it has ended.
    """
    refused = (
        TeamTask.id == task_id,
        TeamTask.state == TeamTaskState.REFUSED,
        TeamTask.ended_at.is_(None),
    )
    with store.writing() as connection:
        values = {"state": TeamTaskState.PLANNED, "not_before": now}
        if not connection.execute(update(TeamTask).where(*refused).values(values)).rowcount:
            raise BadInput(
                "was not refused",
                "see kaartje desk team-tasks",
                field=Sentence("team task {task_id}", task_id=task_id),
            )
        record(connection, by, "team task again", About(Kind.TEAM_TASK, task_id), now=now)
