"""Team tasks from before they were called so are kept, under their numbers and keys."""

import pytest
from alembic import command
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.migrating import alembic_config, migrate
from store.states import Road, TeamTaskState
from store.tables import AuditEntry, Case, TeamTask
from tests.builders import Builder
from tests.conftest import NOW

BEFORE = "0012"


def put_task(connection: Connection, person: str = "P1") -> int:
    builder = Builder(connection, NOW)
    person_id = builder.person(person)
    case = builder.put(Case, person_id=person_id, owner="Henri", opened_at=NOW, last_at=NOW)
    return builder.put(
        TeamTask,
        key=f"case-{case}-stella-1",
        place="stella",
        case_id=case,
        person_id=person_id,
        why="It burns.",
        grounds=["eviction"],
        urgent=True,
        asked_at=NOW,
        asked_by="Henri",
        due_on=NOW.date(),
        state=TeamTaskState.REFUSED,
        tries=1,
        not_before=NOW,
    )


@pytest.mark.thorough
def test_every_task_is_kept_on_the_way_back_and_again(store: Store) -> None:
    with store.writing() as connection:
        task = put_task(connection)
        by, about = Decider("Anja", road=Road.COMMAND), About(Kind.TEAM_TASK, task)
        record(connection, by, "team task again", about, now=NOW)
        before = connection.execute(select(TeamTask.__table__)).all()
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        old = connection.execute(text("select id, key, state, why, urgent from posts")).all()
        assert [tuple(row) for row in old] == [
            (task, "case-1-stella-1", "refused", "It burns.", True)
        ]
        done = connection.execute(select(AuditEntry.action)).scalars().all()
        assert done == ["post again"]
    migrate(store)
    with store.writing() as connection:
        assert connection.execute(select(TeamTask.__table__)).all() == before
        entry = connection.execute(select(AuditEntry.__table__)).one()
        assert (entry.action, entry.person_ref) == ("team task again", "P1")
        assert put_task(connection, person="P2") == task + 1


def test_of_one_case_one_task_is_open_at_each_place(store: Store) -> None:
    with store.writing() as connection:
        put_task(connection)
    again = "insert into team_tasks ({0}) select {1} from team_tasks"
    names = [column.name for column in TeamTask.__table__.columns if column.name != "id"]
    values = ["'another key'" if name == "key" else name for name in names]
    with store.writing() as connection, pytest.raises(IntegrityError):
        connection.execute(text(again.format(", ".join(names), ", ".join(values))))
