"""A press for the next entry reads few entries, also in a database that has not counted its tables yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import event

from desk.entries.queue_entries import NewCall, enter
from desk.queue.taking import take_next
from installation.installation import Installation
from tests.builders import Builder

WAITING = 300


def test_no_statement_of_a_press_goes_through_all_that_wait(
    installation: Installation, now: datetime
) -> None:
    store, sent = installation.store, []
    with store.writing() as connection:
        line = Builder(connection, now).line()
        entry = NewCall(line_id=line, reply_id=None, received_at=now)
        enter(connection, [entry for _ in range(WAITING)])

    @event.listens_for(store.engine, "before_cursor_execute")
    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        sent.append((statement, values))

    assert take_next(installation, "Henri", now=now) is not None
    event.remove(store.engine, "before_cursor_execute", keep)
    how = "explain query plan" if store.embedded else "explain"
    with store.reading() as connection:
        plans = [
            "\n".join(
                " ".join(map(str, row))
                for row in connection.exec_driver_sql(f"{how} {said}", values)
            )
            for said, values in sent
            if "calls" in said
        ]
    assert len(plans) > 2
    assert not [plan for plan in plans if "Seq Scan on calls" in plan or "SCAN calls\n" in plan]
