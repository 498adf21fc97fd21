"""One Prefect server for all tests of the flows: it takes nine seconds to start, a flow run one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock


@pytest.fixture(scope="package")
def prefect_server() -> Iterator[None]:
    """Run flows against a server of our own, with an empty database, until the last test of flows."""
    from prefect._internal.concurrency.threads import get_global_loop, get_run_sync_loop
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
    # Prefect would keep these until the process ends; its services stop with the first
    for loop in (get_global_loop(), get_run_sync_loop()):
        loop.shutdown()
        loop.thread.join()


@pytest.fixture
def installation(tmp_path: Path, sqlite_url: str, now: datetime) -> Iterator[Installation]:
    """Open an installation on the embedded database: what the flows call is tested on both elsewhere."""
    installation = open_installation(
        Settings(home=tmp_path, database_url=sqlite_url), clock=FixedClock(now), draws=Random(2023)
    )
    yield installation
    installation.store.engine.dispose()
