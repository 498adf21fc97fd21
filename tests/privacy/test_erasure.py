"""Erasure takes away who somebody was, and leaves what was counted."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from installation.installation import Installation
from people.columns import ALL_COLUMNS
from people.erased.keys_of_erasures import present_key, wrap_anew, write_key
from people.importing import import_people
from privacy.belongings import WAYS, belongings
from privacy.erasing import Erased, erase_person
from privacy.erasure_list import listed, who_came_back
from privacy.replaying import replay
from store.base import Table
from store.column_classes import INFO, ColumnClass
from store.errors import BadInput
from store.states import TouchState
from store.tables import Suppression, Touch
from tests.conftest import NOW
from tests.deciding import deciding
from tests.privacy.whole_person import HOUSEHOLD, NUMBER, REF, mark, put_down_everything

ROSA = deciding("rosa")
PSEUDONYM = "erased-0123456789abcdef"
SETTLED = {
    ("touches", "state"): "delivered",
    ("calls", "state"): "wrapped_up",
    ("answers", "state"): "delivered",
    ("cases", "closed_at"): NOW,
    ("handovers", "done_at"): NOW,
    ("referrals", "ended_at"): NOW,
    ("team_tasks", "ended_at"): NOW,
    ("suppressions", "reason"): "OBJECTION",
    ("suppressions", "channel"): None,
    ("suppressions", "purpose"): None,
    ("suppressions", "subject"): None,
    ("suppressions", "starts_at"): NOW - timedelta(days=1),
}


@pytest.fixture
def settled(installation: Installation) -> Installation:
    """Put down a person with everything, of which nothing is under way."""
    with installation.store.writing() as connection:
        put_down_everything(connection, NOW)
        for (table, column), value in SETTLED.items():
            found = Table.metadata.tables[table]
            connection.execute(update(found).values({column: value}))
        connection.execute(
            update(Table.metadata.tables["appointments"]).values(state="kept", slot_id=None)
        )
        connection.execute(update(Table.metadata.tables["deviations"]).values(dialogue=False))
    return installation


def erased(installation: Installation) -> Erased:
    return erase_person(installation, REF, PSEUDONYM, by=ROSA, now=NOW)


def marks() -> Iterator[str]:
    """Yield every text about a citizen that was put down, as it would be found in a file."""
    staff = {ColumnClass.STAFF, ColumnClass.TECHNICAL}
    for name in WAYS:
        for column in Table.metadata.tables[name].columns:
            if column.info[INFO].kind not in staff:
                yield mark(name, column.name)


def everything_written(installation: Installation) -> bytes:
    """Return all bytes of the home folder, the database's own file among them, and a dump of the database."""
    said = b""
    for file in sorted(installation.settings.home.rglob("*")):
        if file.is_file():
            said += file.read_bytes()
    with installation.store.reading() as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                said += repr(tuple(row)).encode()
    return said


CODES = {
    *("mark-touches-reason", "mark-touches-deviation", "mark-decisions-reason"),
    *("mark-decisions-deviation", "mark-appointments-kind", "mark-answers-language"),
    *("mark-audit_log-action", "mark-calls-disposition", "mark-calls-language"),
    *("mark-legs-language", "mark-call_topics-topic", "mark-call_signs-sign"),
    *("mark-deviations-rule", "mark-print_pieces-reason", "mark-pulls-reason"),
    *("mark-replies-reason", "mark-provider_events-kind", "mark-provider_events-status"),
    *("mark-touch_events-reason", "mark-referrals-to_whom", "mark-team_tasks-place"),
    *("mark-privacy_requests-road",),
}
"""Texts that are codes in a real database, by which something is counted."""


def test_no_text_or_key_of_somebody_erased_is_left_anywhere(settled: Installation) -> None:
    before = everything_written(settled)
    assert REF.encode() in before
    erased(settled)
    after = everything_written(settled)
    for gone in (REF, NUMBER, str(HOUSEHOLD), "1971", "99887", "9876ZX"):
        assert gone.encode() not in after, gone
    left = {each for each in marks() if re.search(each.encode() + rb"(?![a-z_])", after)}
    assert left <= CODES
    assert PSEUDONYM.encode() in after


def test_what_was_counted_stays_under_a_pseudonym(settled: Installation) -> None:
    def counts() -> dict[str, int]:
        with settled.store.reading() as connection:
            found = {}
            for name in ("touches", "decisions", "replies", "calls", "outcomes", "audit_log"):
                rows = connection.execute(select(Table.metadata.tables[name])).all()
                found[name] = len(rows)
            return found

    before = counts()
    erased(settled)
    after = counts()
    assert after == {**before, "audit_log": before["audit_log"] + 1}
    with settled.store.reading() as connection:
        shell = belongings(connection, PSEUDONYM)
    assert len(shell["touches"]) == 1
    assert shell["people"][0]["erased_at"] == NOW


def test_somebody_who_objected_and_was_erased_is_held_when_a_file_names_them_again(
    settled: Installation, tmp_path: Path
) -> None:
    erased(settled)
    file = tmp_path / "people.csv"
    known = {
        "initials": "A.",
        "family_name": "Again",
        "birth_date": "1971-03-09",
        "language": "nl",
        "gender": "V",
        "country": "NL",
    }
    people = ((REF, ""), ("P-other", NUMBER), ("P-new", ""))
    with file.open("w", newline="") as text:
        writer = csv.DictWriter(text, ALL_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({**known, "person_ref": ref, "phone": phone} for ref, phone in people)
    key = settled.settings.key()
    import_people(settled.store, file, key=key, now=NOW)
    import_people(settled.store, file, key=key, now=NOW)
    with settled.store.reading() as connection:
        held = select(Suppression.person_ref, Suppression.reason).where(
            Suppression.lifted_at.is_(None), Suppression.person_ref.like("P-%")
        )
        found = sorted(tuple(row) for row in connection.execute(held))
    assert found == [("P-everything", "OBJECTION"), ("P-other", "OBJECTION")]


def test_a_restored_backup_brings_nobody_back(settled: Installation, tmp_path: Path) -> None:
    erased(settled)
    with settled.store.writing() as connection:  # as if the backup were restored
        for table in reversed(Table.metadata.sorted_tables):
            if table.name != "installation_identity":
                connection.execute(table.delete())
        put_down_everything(connection, NOW - timedelta(days=1))
        for (name, column), value in SETTLED.items():
            connection.execute(update(Table.metadata.tables[name]).values({column: value}))
        connection.execute(
            update(Table.metadata.tables["appointments"]).values(state="kept", slot_id=None)
        )
    found = replay(settled, by=ROSA, now=NOW)
    assert (found.erased, found.held) == ((PSEUDONYM,), ())
    assert REF.encode() not in everything_written(settled)
    assert replay(settled, by=ROSA, now=NOW).erased == ()


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("touches", "state", "claimed", "on its way"),
        ("answers", "state", "planned", "on its way"),
        ("calls", "state", "waiting", "a call of theirs"),
        ("cases", "closed_at", None, "case is open"),
    ],
)
def test_nobody_is_erased_while_something_about_them_is_under_way(
    settled: Installation, table: str, column: str, value: Any, said: str
) -> None:
    with settled.store.writing() as connection:
        connection.execute(update(Table.metadata.tables[table]).values({column: value}))
    with pytest.raises(BadInput, match=said):
        erased(settled)


def test_nobody_is_erased_from_a_campaign_under_legal_hold(settled: Installation) -> None:
    name = mark("campaigns", "name")
    settled.settings.retention_file.write_text(f'legal_hold = ["{name}"]\n')
    with pytest.raises(BadInput, match="legal hold"):
        erased(settled)


def test_a_planned_touch_of_somebody_erased_is_withheld(settled: Installation) -> None:
    with settled.store.writing() as connection:
        connection.execute(update(Touch).values(state=TouchState.PLANNED))
    erased(settled)
    with settled.store.reading() as connection:
        assert connection.execute(select(Touch.state, Touch.reason)).one() == (
            TouchState.WITHHELD,
            "SUPPRESSED",
        )


def test_a_change_of_the_secret_keeps_the_hashes_good(settled: Installation) -> None:
    erased(settled)
    old = settled.settings.key()
    with settled.store.writing() as connection:
        before = present_key(connection, old)
        wrapped = wrap_anew(connection, old, b"another secret, which is as long as the first")
    assert wrapped is not None
    write_key(settled.settings.erasures_file, wrapped)
    with settled.store.reading() as connection:
        assert present_key(connection, b"another secret, which is as long as the first") == before
    last, everybody = listed(settled.settings.erasures_file)
    assert (last, [each.pseudonym for each in everybody]) == (wrapped, [PSEUDONYM])
    with pytest.raises(BadInput, match="another secret"):
        who_came_back(settled)
