"""A press for the next entry takes it by its number, also in a database that has not counted its tables yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import event

from desk.entries.queue_entries import NewCall, enter
from desk.queue.taking import take_next
from installation.installation import Installation
from tests.builders import Builder

WAITING = 300


def test_an_entry_is_taken_by_its_number_and_not_sought_among_all_that_wait(
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
    (taking,) = [each for each in sent if each[0].startswith("UPDATE calls")]
    with store.reading() as connection:
        rows = connection.exec_driver_sql(f"{how} {taking[0]}", taking[1]).all()
    outer = "\n".join(" ".join(map(str, row)) for row in rows).partition(
        "SUBQUERY" if store.embedded else "Subquery"
    )[0]
    assert "PRIMARY KEY" in outer if store.embedded else "(id = '" in outer, outer
