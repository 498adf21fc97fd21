"""Every column of every table says what kind of data it holds, what for, and how long it is kept."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

from store.base import PrimaryKey, Table
from store.column_classes import (
    ColumnClass,
    Retention,
    TableData,
    citizen_words,
    contact,
    identifier,
    situation,
    staff,
    technical,
)
from store.data_classes import DescribedColumn, Unclassified, described_columns, unclassified
from store.tables import load_all

KEYS_OF_A_PERSON = {"person_id", "person_ref", "guardian_ref", "joint_hash"}
NAMES_OF_STAFF = ("_by", "_agent")
MEANT = TableData("test the test", Retention.TECHNICAL)


def throw_away(data: TableData | None, column: MappedColumn[str]) -> type[DeclarativeBase]:
    """Return the base of one table that is in no other test's metadata."""

    class Base(DeclarativeBase):
        pass

    class Throwaway(Base):
        __tablename__ = "throw_away"
        id: Mapped[PrimaryKey]
        name: Mapped[str] = column
        if data:
            __data__ = data

    del Throwaway
    return Base


def test_every_column_of_every_table_is_described_once() -> None:
    load_all()
    declared = [
        (table.name, column.name)
        for table in Table.metadata.tables.values()
        for column in table.columns
    ]
    assert sorted((each.table, each.column) for each in described_columns()) == sorted(declared)


def test_no_column_lacks_a_class_a_purpose_or_a_retention_class() -> None:
    assert list(unclassified()) == []


@pytest.mark.parametrize(
    ("data", "column", "lacking"),
    [
        (MEANT, mapped_column, ["throw_away.name: class"]),
        (
            TableData("", Retention.TECHNICAL),
            technical,
            ["throw_away.id: purpose", "throw_away.name: purpose"],
        ),
        (
            None,
            lambda: contact(purpose="call"),
            [
                "throw_away.id: purpose and retention class",
                "throw_away.name: retention class",
            ],
        ),
        (MEANT, lambda: contact(purpose="call", retention=Retention.PERSON), []),
        (MEANT, technical, []),
    ],
)
def test_a_column_without_class_purpose_or_retention_class_is_found_and_named(
    data: TableData | None, column: Callable[[], MappedColumn[str]], lacking: list[str]
) -> None:
    base = throw_away(data, column())
    assert list(unclassified(base)) == lacking
    if lacking:
        with pytest.raises(Unclassified, match=lacking[0]):
            described_columns(base)


def test_a_column_has_what_its_table_says_unless_it_says_otherwise() -> None:
    own = contact(purpose="call", retention=Retention.PERSON)
    key, name = described_columns(throw_away(MEANT, own))
    assert (key.kind, key.purpose, key.retention) == (
        ColumnClass.TECHNICAL,
        "test the test",
        Retention.TECHNICAL,
    )
    assert name == DescribedColumn(
        table="throw_away",
        column="name",
        kind=ColumnClass.CONTACT,
        purpose="call",
        retention=Retention.PERSON,
    )


def test_each_class_has_a_function_that_declares_it() -> None:
    functions = [identifier, contact, situation, citizen_words, staff, technical]
    made = [
        described_columns(throw_away(MEANT, function()))[1].kind.value for function in functions
    ]
    assert made == [kind.value for kind in ColumnClass]
    assert [function.__name__ for function in functions] == made


def test_every_key_of_a_person_is_an_identifier() -> None:
    keys = [each for each in described_columns() if each.column in KEYS_OF_A_PERSON]
    assert {each.kind for each in keys} == {ColumnClass.IDENTIFIER}


def test_every_name_of_a_colleague_is_of_the_staff() -> None:
    names = [
        each
        for each in described_columns()
        if each.column.endswith(NAMES_OF_STAFF)
        and each.column not in ("matched_by", "due_by", "start_by")
    ]
    assert {each.kind for each in names} == {ColumnClass.STAFF}


def test_a_moment_alone_is_nobodys_name_or_address() -> None:
    load_all()
    moments = {
        (table.name, column.name)
        for table in Table.metadata.tables.values()
        for column in table.columns
        if column.type.python_type is datetime
    }
    kinds = {each.kind for each in described_columns() if (each.table, each.column) in moments}
    assert kinds <= {ColumnClass.SITUATION, ColumnClass.STAFF, ColumnClass.TECHNICAL}
