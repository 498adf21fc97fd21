"""The two roles of the handbook: one migrates, and everything else works with one that changes no table."""

import re
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection, connect
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from flows.delivery_pass import run_pass
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.engine import open_store
from store.migrating import migrate
from tests.conftest import NOW
from tests.house.reading import ROOT
from tests.stories import campaign_file, launched, populate

DUE = parse_moment("2023-06-05T10:00")


@pytest.mark.postgres
@pytest.mark.thorough
def test_a_campaign_runs_with_the_role_that_can_change_no_table(
    postgres_server: str, postgres_admin: Connection[Any], tmp_path: Path
) -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```sql\n(.*?)```", handbook, re.DOTALL)
    try:
        for statement in first.strip().split(";\n"):
            postgres_admin.execute(statement.encode())
        server = make_url(postgres_server).set(drivername="postgresql", database="kaartje")
        owner, app = (
            server.set(username=name).render_as_string(hide_password=False)
            for name in ("kaartje_owner", "kaartje_app")
        )
        with connect(owner, autocommit=True) as by_owner:
            by_owner.execute(second.encode())
        store = open_store(owner, locks=tmp_path)
        migrate(store)
        store.engine.dispose()

        settings = Settings(
            home=tmp_path,
            database_url=app,
            secret="a key for tests only, nobody has another",
            rehearsal=True,
        )
        installation = open_installation(settings, clock=FixedClock(NOW))
        populate(installation, 100, now=NOW)
        launched(installation, campaign_file(tmp_path, limit=10), now=NOW)
        assert run_pass(installation, now=DUE).failures == ()
        assert list(settings.outbox.glob("*/*.pdf"))
        with (
            installation.store.writing() as connection,
            pytest.raises(ProgrammingError, match=r"must be owner|permission denied"),
        ):
            connection.execute(text("drop table touches"))
        installation.store.engine.dispose()
    finally:
        postgres_admin.execute("drop database if exists kaartje with (force)")
        for role in ("kaartje_app", "kaartje_owner"):
            postgres_admin.execute(f"drop role if exists {role}".encode())
