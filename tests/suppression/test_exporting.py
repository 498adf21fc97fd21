"""A list that goes out comes back as it was."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.engine import Store, open_store
from store.states import SuppressionScope
from suppression.columns import hidden, shown
from suppression.entries import Entry, NewEntry, list_entries
from suppression.exporting import export_list
from suppression.importing import import_list
from suppression.lists import add, entries, lift
from suppression.reasons import Reason
from tests.conftest import NOW
from tests.examples import examples

CHANNELS = ("card", "sms")
JUNE = timedelta(days=30)


def exported(store: Store, now: datetime, **how: Any) -> str:
    text = io.StringIO(newline="")
    export_list(store, text, now=now, **how)
    return text.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def brought_in(store: Store, folder: Path, text: str, now: datetime) -> tuple[int, int, int]:
    file = folder / "exported.csv"
    file.write_text(text, encoding="utf-8", newline="")
    taken = import_list(store, file, now=now, by="bea", channels=CHANNELS)
    return taken.added, taken.unchanged, taken.refused


def without_ids(found: list[Entry]) -> list[tuple[Any, ...]]:
    return [
        tuple(getattr(entry, name) for name in Entry.__dataclass_fields__ if name != "id")
        for entry in found
    ]


@pytest.fixture
def elsewhere(tmp_path: Path, sqlite_template: Path) -> Store:
    """An empty house."""
    file = copy(sqlite_template, tmp_path / "elsewhere.sqlite3")
    return open_store(f"sqlite:///{file}", locks=tmp_path / "locks")


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
words = texts.filter(bool)
moments = st.datetimes(NOW.replace(tzinfo=None) - JUNE, NOW.replace(tzinfo=None)).map(
    lambda moment: moment.replace(tzinfo=NOW.tzinfo)
)
whom = st.one_of(
    st.builds(lambda ref: {"scope": SuppressionScope.PERSON, "person_ref": ref}, words),
    st.builds(
        lambda ref, key: {
            "scope": SuppressionScope.PERSON_AT_ADDRESS,
            "person_ref": ref,
            "household_key": key,
        },
        words,
        st.integers(0, (1 << 63) - 1),
    ),
    st.builds(
        lambda key: {"scope": SuppressionScope.ADDRESS, "household_key": key},
        st.integers(0, (1 << 63) - 1),
    ),
    st.builds(
        lambda ref, digits: {
            "scope": SuppressionScope.NUMBER,
            "person_ref": ref,
            "e164": f"+316{digits}",
        },
        st.one_of(st.none(), words),
        st.integers(10_000_000, 58_999_999),
    ),
    st.builds(
        lambda scope, digest: {"scope": scope, "joint_hash": digest.hex()},
        st.sampled_from([SuppressionScope.PERSON, SuppressionScope.NUMBER]),
        st.binary(min_size=32, max_size=32),
    ),
)
new_entries = st.builds(
    lambda about, **said: NewEntry(**about, **said),
    whom,
    reason=st.sampled_from([Reason.OBJECTION, Reason.SUPPRESSED, Reason.DECEASED]),
    source=words,
    starts_at=moments,
    repeat=texts,
    channel=st.sampled_from([None, *CHANNELS]),
    purpose=st.sampled_from([None, "duty", "rights"]),
    subject=st.sampled_from([None, "income-tax", "vat"]),
    ends_at=st.one_of(st.none(), moments.map(lambda moment: moment + 3 * JUNE)),
    note=texts,
    pending=st.booleans(),
)


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(found=st.lists(new_entries, max_size=8), lifted=st.sets(st.integers(1, 8)))
def test_an_export_in_an_empty_house_holds_the_same_people_in_the_same_way(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    found: list[NewEntry],
    lifted: set[int],
) -> None:
    folder = tmp_path_factory.mktemp("houses")
    here, there = (
        open_store(f"sqlite:///{copy(sqlite_template, folder / name)}", locks=folder)
        for name in ("here", "there")
    )
    with here.writing() as connection:
        list_entries(connection, found, by="ann", now=NOW)
    for entry in entries(here):
        if entry.id in lifted:
            lift(here, f"#{entry.id}", by="cor", why="=a mistake", now=NOW)
    text = exported(here, NOW, everything=True)
    assert brought_in(there, folder, text, NOW + JUNE) == (len(entries(here)), 0, 0)
    assert without_ids(entries(there)) == without_ids(entries(here))
    assert brought_in(here, folder, text, NOW + JUNE)[0] == 0  # and at home it is known already
    again = rows(exported(there, NOW, everything=True))
    assert [{**row, "id": ""} for row in again] == [
        {**row, "id": ""} for row in rows(text)
    ]  # each house counts its own
    here.engine.dispose()
    there.engine.dispose()


def test_what_was_lifted_or_has_ended_goes_out_only_when_asked(store: Store, now: datetime) -> None:
    add(store, "P1", "OBJECTION", source="letter", by="ann", now=now)
    add(store, "P2", "OBJECTION", source="letter", by="ann", now=now)
    add(store, "P3", "SUPPRESSED", until=now + JUNE, source="list", by="ann", now=now)
    lift(store, "P2", by="bea", why="asked us to", now=now + timedelta(days=1))
    assert [row["person_ref"] for row in rows(exported(store, now + timedelta(days=2)))] == [
        "P1",
        "P3",
    ]
    assert [row["person_ref"] for row in rows(exported(store, now + 2 * JUNE))] == ["P1"]
    everything = rows(exported(store, now + 2 * JUNE, everything=True))
    assert [row["person_ref"] for row in everything] == ["P1", "P2", "P3"]
    assert everything[1]["lifted_by"] == "bea"
    assert [row["person_ref"] for row in rows(exported(store, now, source="list"))] == ["P3"]


def test_a_row_that_was_changed_in_the_export_is_another_entry(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    add(store, "P1", "OBJECTION", source="letter", by="ann", now=now)
    copied = exported(store, now).replace(",P1,", ",P2,")
    assert brought_in(store, tmp_path, copied, now + JUNE) == (1, 0, 0)
    assert [entry.person_ref for entry in entries(store, active_at=now + JUNE)] == ["P1", "P2"]


def test_what_was_lifted_here_since_stays_lifted_when_an_old_export_comes_back(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    add(store, "P1", "OBJECTION", source="letter", by="ann", now=now)
    text = exported(store, now)
    lift(store, "P1", by="bea", why="asked us to", now=now)
    assert brought_in(store, tmp_path, text, now + JUNE) == (0, 1, 0)
    assert entries(store, active_at=now + JUNE) == []


def test_no_spreadsheet_finds_a_formula_in_an_export(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    add(
        store,
        "+31612345678",
        "OBJECTION",
        note='=HYPERLINK("x")',
        source="@list",
        by="-ann",
        now=now,
    )
    (row,) = rows(exported(store, now))
    assert (row["number"], row["note"], row["source"]) == (
        "'+31612345678",
        '\'=HYPERLINK("x")',
        "'@list",
    )
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


@given(st.text(max_size=10))
def test_what_is_hidden_from_a_spreadsheet_is_shown_again(text: str) -> None:
    assert shown(hidden(text)) == text
    assert not hidden(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_note_that_is_too_long_or_odd_does_not_cost_the_row(
    store: Store, elsewhere: Store, tmp_path: Path
) -> None:
    add(store, "P1", "OBJECTION", note="=" + "x\x07" * 9000, source="letter", by="ann", now=NOW)
    assert brought_in(elsewhere, tmp_path, exported(store, NOW), NOW) == (1, 0, 0)
    elsewhere.engine.dispose()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "P1,,,person,,,,2023-05-01,ann,",
            "lifted_why: is empty; a lift has its moment, who lifted and why",
        ),
        ("P1,,,person,,,,,ann,because", "lifted_at: is empty"),
        ("P1,,,person,,,,2033-05-01,ann,because", "lifted_at: 2033-05-01 lies in the future"),
        ("P1,,,person,,2033-05-01,,,,", "added_at: 2033-05-01 lies in the future"),
        ("P1,,,person,,yesterday,,,,", "added_at: 'yesterday' is not a date"),
        ("P1,,,address,,,,,,", "scope: 'address' is not what the row is about; write person"),
        (",-5,,address,,,,,,", "address_key: '-5' is not the key of an address"),
        (",,abc,person,,,,,,", "joint_hash: 'abc' is not a hash"),
        ("P1,,,person,perhaps,,,,,", "pending: 'perhaps' is neither yes nor no"),
    ],
)
def test_a_history_that_cannot_be_is_refused(
    store: Store, tmp_path: Path, now: datetime, row: str, said: str
) -> None:
    file = tmp_path / "list.csv"
    columns = "person_ref,address_key,joint_hash,scope,pending,added_at,added_by,lifted_at,lifted_by,lifted_why"
    file.write_text(f"{columns},reason\n{row},OBJECTION\n")
    taken = import_list(store, file, now=now, by="ann", channels=CHANNELS)
    assert taken.added == 0
    assert said in taken.refusals[0].problem
