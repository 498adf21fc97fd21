"""The tables in the code and the tables the migrations make are the same, on both databases."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store import tables
from store.base import Table
from store.engine import Store
from store.migrating import alembic_config, migrate, revision
from store.migrations import HEAD
from store.tables import PERSON_TABLES, load_all

KEYS = {"person_id", "person_ref"}


def test_the_road_has_one_end_and_the_code_knows_it() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


def test_every_file_of_the_road_is_named_after_its_revision() -> None:
    road = ScriptDirectory.from_config(alembic_config())
    names = {Path(script.path).name[:5]: script.revision for script in road.walk_revisions()}
    assert all(name == f"v{number}" for name, number in names.items())


def test_a_migrated_database_has_exactly_the_tables_of_the_code(store: Store) -> None:
    load_all()
    with store.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, Table.metadata)
    assert differences == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    migrate(store)
    assert revision(store) == HEAD


def test_the_road_can_be_walked_back_and_again(store: Store) -> None:
    from alembic import command

    config = alembic_config()
    for target in ("base", "head"):
        with store.writing() as connection:
            config.attributes["connection"] = connection
            getattr(command, "downgrade" if target == "base" else "upgrade")(config, target)
    assert revision(store) == HEAD


def test_every_table_that_knows_something_of_a_person_is_listed() -> None:
    load_all()
    keyed = {
        table.name for table in Table.metadata.tables.values() if KEYS & set(table.columns.keys())
    }
    listed = {getattr(tables, name).__tablename__ for name in PERSON_TABLES}
    assert keyed | {"people"} == listed
