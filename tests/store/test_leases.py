"""A name in PostgreSQL is one process's, whatever becomes of sessions, and nothing is written under an old hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from store.engine import Store, open_store
from store.holds import LostHold
from store.leases import Leases, _died, _owner
from store.tables import Lease

ELSEWHERE = "another-host boot/pid:[1] 77 12345"
END_ALL = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where pid <> pg_backend_pid() and datname = current_database()"
)


@pytest.fixture
def machines(postgres_url: str, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Open one database on two machines."""
    both = (open_store(postgres_url, locks=tmp_path), open_store(postgres_url, locks=tmp_path))
    yield both
    for store in both:
        store.engine.dispose()


def _runs_out(store: Store, *, owner: str = ELSEWHERE) -> None:
    with store.writing() as connection:
        connection.execute(
            update(Lease).values(owner=owner, held_until=text("now() - interval '1 s'"))
        )


def test_a_hold_outlives_the_sessions_that_took_it(machines: tuple[Store, Store]) -> None:
    one, other = machines
    with one.holding("a batch") as mine:
        with other.writing() as connection:
            connection.execute(text(END_ALL))
        with other.holding("a batch") as theirs:
            assert not theirs
        with one.writing() as connection:
            mine.guard(connection)
    with other.holding("a batch") as theirs:
        assert theirs
        assert not theirs.taken_over


def test_a_lease_that_ran_out_is_taken_and_nothing_is_written_under_the_old_one(
    machines: tuple[Store, Store],
) -> None:
    one, other = machines
    with one.holding("a batch") as mine:
        _runs_out(other)
        with other.holding("a batch") as theirs:
            assert theirs
            assert theirs.taken_over
            with one.writing() as connection, pytest.raises(LostHold):
                mine.guard(connection)
            assert not mine.sure
            assert theirs.sure
    with one.reading() as connection:
        assert connection.execute(text("select count(*) from leases")).scalar_one() == 0


def test_a_taker_waits_for_what_is_being_written_under_the_old_hold(
    machines: tuple[Store, Store],
) -> None:
    one, other = machines
    with one.holding("a batch") as mine:
        _runs_out(other)
        with one.writing() as connection:
            mine.guard(connection)
            with other.engine.connect() as waiting:
                waiting.execute(text("set local lock_timeout = '50ms'"))
                with pytest.raises(OperationalError, match="lock timeout"):
                    waiting.execute(update(Lease).values(epoch="theirs"))


def test_the_lease_of_a_process_that_died_on_this_machine_is_taken_at_once(
    machines: tuple[Store, Store],
) -> None:
    one, other = machines
    with one.holding("a batch"):
        host, machine, _, _ = _owner().rsplit(" ", 3)
        with other.writing() as connection:
            connection.execute(update(Lease).values(owner=f"{host} {machine} 4194999 1"))
        with other.holding("a batch") as theirs:
            assert theirs
            assert not theirs.taken_over
    assert not _died(_owner())
    assert not _died(ELSEWHERE)


def test_several_names_are_held_at_once_as_far_as_they_are_free(
    machines: tuple[Store, Store],
) -> None:
    one, other = machines
    lines = [f"line {number}" for number in range(4)]
    with one.holding("line 2"), Leases(other.engine).holding_some(lines) as taken:
        assert [hold.name for hold in taken] == ["line 0", "line 1", "line 3"]
