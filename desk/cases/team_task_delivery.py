"""Hand team tasks over to the teams that are asked, each at most once, and ask how far they are.

The law of delivery holds here too: an attempt is recorded before the other system is called, under a key of our own.
What it may have is asked after and never handed over again blindly. What a process that died had begun is found by its
lock.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from channels.team_tasks import CannotSay, Doubt, Found, Matter, NotTaken, Taken
from installation.installation import Installation
from installation.stop_everything import everything_stopped
from store.mapped_rows import read_one
from store.states import TeamTaskState
from store.tables import Person, TeamTask

LATER = timedelta(minutes=15)
PATIENCE = timedelta(minutes=5)
"""How long the other system may take to process a task; before that, not to have it says nothing."""
ASKED_EVERY = timedelta(hours=1)
THEIRS = "their system"
"""Who took it up or ended it, where their system says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamTaskCounts:
    """Counts of one pass over the team tasks."""

    team_tasks: int = 0  # handed over
    team_tasks_again: int = 0  # surely not taken; planned again
    team_tasks_refused: int = 0  # they never take this as it is: a person looks
    team_tasks_unknown: int = 0
    team_tasks_received: int = 0  # of which they say that somebody took it up
    team_tasks_ended: int = 0

    def __add__(self, other: "TeamTaskCounts") -> "TeamTaskCounts":
        """Add two counts."""
        return TeamTaskCounts(
            **{name: count + getattr(other, name) for name, count in asdict(self).items()}
        )


def deliver_team_tasks(installation: Installation, *, now: datetime) -> TeamTaskCounts:
    """Settle doubtful tasks, hand over due ones and ask how far the rest are.

    A dry run does nothing.
    """
    if installation.settings.dry:
        return TeamTaskCounts()
    total = TeamTaskCounts()
    for task_id in _which(
        installation,
        and_(
            TeamTask.state.in_((TeamTaskState.CLAIMED, TeamTaskState.UNKNOWN)),
            TeamTask.not_before <= now,
        ),
    ):
        total += _held(installation, task_id, _settle, now)
    for task_id in _which(
        installation, and_(TeamTask.state == TeamTaskState.PLANNED, TeamTask.not_before <= now)
    ):
        total += _held(installation, task_id, _hand_over, now)
    long_ago = or_(TeamTask.asked_after_at.is_(None), TeamTask.asked_after_at <= now - ASKED_EVERY)
    gone_before = or_(TeamTask.handed_over_at.is_(None), TeamTask.handed_over_at < now)
    for task_id in _which(
        installation, and_(TeamTask.state == TeamTaskState.HANDED_OVER, long_ago, gone_before)
    ):
        total += _held(installation, task_id, _ask, now)
    return total


def _which(installation: Installation, condition: Any) -> list[int]:
    with installation.store.reading() as connection:
        query = (
            select(TeamTask.id)
            .where(condition, TeamTask.ended_at.is_(None))
            .order_by(TeamTask.due_on, TeamTask.id)
        )
        return list(connection.execute(query).scalars())


def _held(installation: Installation, task_id: int, act: Any, now: datetime) -> TeamTaskCounts:
    """Run one action on a task under its lock, unless another process holds it."""
    with installation.store.holding(f"team-task-{task_id}") as mine:
        done: TeamTaskCounts = act(installation, task_id, now) if mine else TeamTaskCounts()
        return done


def _hand_over(installation: Installation, task_id: int, now: datetime) -> TeamTaskCounts:
    with installation.store.writing() as connection:
        free = and_(
            TeamTask.id == task_id,
            TeamTask.state == TeamTaskState.PLANNED,
            TeamTask.ended_at.is_(None),
            ~everything_stopped(),
        )
        claim = {
            "state": TeamTaskState.CLAIMED,
            "tries": TeamTask.tries + 1,
            "not_before": now + PATIENCE,
        }
        if not connection.execute(update(TeamTask).where(free).values(claim)).rowcount:
            return TeamTaskCounts()
        matter = _matter(connection, task_id)
    match installation.offices.of(matter.place).hand_over(matter):
        case Taken(ref):
            return _note(
                installation,
                task_id,
                TeamTaskState.HANDED_OVER,
                TeamTaskCounts(team_tasks=1),
                ref=ref,
                handed_over_at=now,
                error=None,
            )
        case NotTaken(why, again=True):
            again = TeamTaskCounts(team_tasks_again=1)
            return _note(
                installation,
                task_id,
                TeamTaskState.PLANNED,
                again,
                not_before=now + LATER,
                error=why,
            )
        case NotTaken(why):
            return _note(
                installation,
                task_id,
                TeamTaskState.REFUSED,
                TeamTaskCounts(team_tasks_refused=1),
                not_before=now,
                error=why,
            )
        case Doubt(why):
            return _note(
                installation,
                task_id,
                TeamTaskState.UNKNOWN,
                TeamTaskCounts(team_tasks_unknown=1),
                error=why,
            )


def _settle(installation: Installation, task_id: int, now: datetime) -> TeamTaskCounts:
    """Ask what became of a task that they may have, and plan it again if they do not."""
    try:
        found = _find(installation, task_id, now)
    except CannotSay as error:
        values = {"error": str(error), "not_before": now + LATER}
        return _note(
            installation,
            task_id,
            TeamTaskState.UNKNOWN,
            TeamTaskCounts(team_tasks_unknown=1),
            **values,
        )
    if found is None:
        return _note(
            installation,
            task_id,
            TeamTaskState.PLANNED,
            TeamTaskCounts(team_tasks_again=1),
            not_before=now,
        )
    taken = {"ref": found.ref, "handed_over_at": now, "error": None}
    return _note(
        installation, task_id, TeamTaskState.HANDED_OVER, TeamTaskCounts(team_tasks=1), **taken
    ) + _hear(installation, task_id, found, now)


def _ask(installation: Installation, task_id: int, now: datetime) -> TeamTaskCounts:
    try:
        found = _find(installation, task_id, now)
    except CannotSay:
        return TeamTaskCounts()  # the next pass asks again
    return _hear(installation, task_id, found, now) if found else TeamTaskCounts()


def _find(installation: Installation, task_id: int, now: datetime) -> Found | None:
    with installation.store.writing() as connection:
        asked = update(TeamTask).where(TeamTask.id == task_id).values(asked_after_at=now)
        row = connection.execute(asked.returning(TeamTask.key, TeamTask.place)).one()
    return installation.offices.of(row.place).find(row.key)


def _hear(installation: Installation, task_id: int, found: Found, now: datetime) -> TeamTaskCounts:
    """Record how far they are, unless a colleague recorded it before."""
    counts = TeamTaskCounts()
    with installation.store.writing() as connection:
        first = (TeamTask.id == task_id, TeamTask.received_at.is_(None))
        values: dict[str, Any] = {"received_at": now, "received_by": THEIRS}
        if (
            found.received
            and connection.execute(update(TeamTask).where(*first).values(values)).rowcount
        ):
            counts += TeamTaskCounts(team_tasks_received=1)
        going = (TeamTask.id == task_id, TeamTask.ended_at.is_(None))
        values = {"ended_at": now, "ended_how": found.ended, "ended_by": THEIRS}
        if (
            found.ended
            and connection.execute(update(TeamTask).where(*going).values(values)).rowcount
        ):
            counts += TeamTaskCounts(team_tasks_ended=1)
    return counts


def _note(
    installation: Installation,
    task_id: int,
    state: TeamTaskState,
    done: TeamTaskCounts,
    **values: Any,
) -> TeamTaskCounts:
    with installation.store.writing() as connection:
        connection.execute(
            update(TeamTask).where(TeamTask.id == task_id).values(state=state, **values)
        )
    return done


def _matter(connection: Connection, task_id: int) -> Matter:
    task = read_one(connection, select(TeamTask).where(TeamTask.id == task_id))
    whose = select(Person.person_ref).where(Person.id == task.person_id)
    return Matter(
        key=task.key,
        place=task.place,
        person_ref=connection.execute(whose).scalar_one(),
        why=task.why,
        grounds=tuple(task.grounds),
        urgent=task.urgent,
        due_on=task.due_on,
        asked_by=task.asked_by,
        asked_at=task.asked_at,
    )
