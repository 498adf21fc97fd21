"""What is over goes by its class, what counts need stays, and what is held stays whole."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import func, select, update

from installation.installation import Installation
from installation.retention_periods import periods_of
from privacy.class_retention import due_by_class, remove_by_class
from privacy.retention_rules import rules
from store.base import Table
from store.errors import BadInput
from store.tables import ClassRemoval, Person, PersonNumber
from tests.builders import Builder
from tests.conftest import NOW
from tests.deciding import deciding
from tests.privacy.test_erasure import everything_written, settled
from tests.privacy.whole_person import NUMBER, REF, mark

__all__ = ["settled"]
ROSA = deciding("rosa")
EXAMPLE = Path(__file__).parents[2] / "campaigns" / "examples" / "retention.toml"
LATER = NOW + timedelta(days=4_000)


def _copied(installation: Installation, change: Callable[[str], str] = str) -> None:
    copyfile(EXAMPLE, installation.settings.retention_file)
    file = installation.settings.retention_file
    file.write_text(change(file.read_text()))


def _left(installation: Installation) -> dict[str, int]:
    with installation.store.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Table.metadata.sorted_tables
        }


def test_the_shipped_example_has_a_period_for_every_class_that_is_removed(
    settled: Installation,
) -> None:
    _copied(settled)
    assert set(periods_of(settled.settings).classes) >= {each.retention for each in rules()}


def test_what_is_over_goes_and_counts_stay(settled: Installation) -> None:
    _copied(settled)
    before = _left(settled)
    listed = due_by_class(settled, now=LATER)
    done = remove_by_class(settled, by=ROSA, now=LATER)
    assert [each.as_data() for each in done] == [each.as_data() for each in listed]
    after, written = _left(settled), everything_written(settled).decode(errors="replace")
    for table, column in (("calls", "note"), ("replies", "text"), ("handovers", "situation")):
        assert mark(table, column) not in written
    kept = ("touches", "decisions", "replies", "calls", "appointments", "cases", "outcomes")
    assert {table: after[table] for table in kept} == {table: before[table] for table in kept}
    assert after["drafts"] == after["code_guesses"] == 0
    assert after["people"] == 1  # somebody with a touch stays, while caps count it
    assert remove_by_class(settled, by=ROSA, now=LATER) == []
    with settled.store.reading() as connection:
        rows = connection.execute(select(ClassRemoval.what, ClassRemoval.rows)).all()
    assert {row.what: row.rows for row in rows} == {each.what: each.rows for each in done}


def test_nothing_goes_before_its_day_nor_on_a_dry_run(settled: Installation) -> None:
    _copied(settled)
    before = everything_written(settled)
    assert remove_by_class(settled, by=ROSA, now=NOW) == []
    assert due_by_class(settled, now=LATER)
    assert mark("calls", "note").encode() in before
    assert mark("calls", "note").encode() in everything_written(settled)


def test_whom_a_legal_hold_is_about_keeps_everything(settled: Installation) -> None:
    name = mark("campaigns", "name")
    _copied(settled, lambda text: text.replace("legal_hold = []", f'legal_hold = ["{name}"]'))
    gone = {each.what for each in remove_by_class(settled, by=ROSA, now=LATER)}
    assert not gone & {"replies", "calls", "answers", "cases", "handovers", "audit_log", "drafts"}
    assert mark("calls", "note").encode() in everything_written(settled)


def test_people_of_no_audience_go_with_their_numbers(settled: Installation) -> None:
    with settled.store.writing() as connection:
        Builder(connection, NOW).person("P-nobody", "+31612340009")
    _copied(settled)
    remove_by_class(settled, by=ROSA, now=LATER)
    with settled.store.reading() as connection:
        assert connection.execute(select(Person.person_ref)).scalars().all() == [REF]
        assert connection.execute(select(PersonNumber.e164)).scalars().all() == [NUMBER]


def test_files_of_a_run_go_at_their_own_term(settled: Installation) -> None:
    runs = Table.metadata.tables["print_runs"]
    with settled.store.writing() as connection:
        connection.execute(update(runs).values(folder="run-1", posted_at=NOW, closed_at=NOW))
    folder = settled.settings.outbox / "run-1"
    folder.mkdir(parents=True)
    (folder / "cards.pdf").write_bytes(b"names and addresses")
    _copied(settled)
    remove_by_class(settled, by=ROSA, now=NOW + timedelta(days=59))
    assert folder.exists()
    done = remove_by_class(settled, by=ROSA, now=NOW + timedelta(days=61))
    assert not folder.exists()
    assert [each.rows for each in done if each.what == "print files"] == [1]


def test_an_unknown_class_is_refused(settled: Installation) -> None:
    _copied(settled, lambda text: text.replace("conversation =", "conversations ="))
    with pytest.raises(BadInput, match="conversations"):
        remove_by_class(settled, by=ROSA, now=LATER)
