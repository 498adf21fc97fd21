"""prefect.yaml, deployed to a real Prefect server and run by a real worker, moves touches in our database."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from threading import Event

import httpx
import pytest
from sqlalchemy import select

from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.tables import Delivery, Touch
from tests.stories import campaign_file, launched, populate

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
PATIENCE = 600  # looks of a fifth of a second
Prefect = Callable[..., str]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _await(url: str) -> None:
    for _ in range(PATIENCE):
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            Event().wait(0.2)
    pytest.fail(f"nobody answers at {url}")


@contextmanager
def prefect_of(folder: Path, **given: str) -> Iterator[Prefect]:
    """Start a Prefect server and yield Prefect's own command line, pointed at it, with an environment."""
    port = _free_port()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KAARTJE_", "PREFECT_"))
    }
    environment = {
        **kept,
        "KAARTJE_NOW": "2023-06-20T09:00",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        **given,
    }
    command = [sys.executable, "-m", "prefect", "--no-prompt"]
    ours = [sys.executable, "-c", "from console.main import run; run()"]

    def run(*arguments: str, **more: str) -> str:
        done = subprocess.run(
            [*ours, *arguments[1:]] if arguments[0] == "kaartje" else [*command, *arguments],
            cwd=ROOT,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    log = folder / "server.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [*command, "server", "start", "--no-ui", "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=said,
        )
    try:
        _await(f"http://127.0.0.1:{port}/api/health")
        yield run
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def prefect(tmp_path: Path, installation: Installation) -> Iterator[Prefect]:
    """Start a Prefect server for workers on the embedded database."""
    with prefect_of(tmp_path, KAARTJE_HOME=str(installation.settings.home)) as run:
        yield run


def test_a_deployed_delivery_is_run_by_a_worker_and_stands_in_our_database(
    prefect: Prefect, installation: Installation, now: datetime
) -> None:
    populate(installation, 400, now=now)
    launched(
        installation,
        campaign_file(installation.settings.home, waves=("2023-06-05", "2023-06-12")),
        now=now,
    )

    first, again = (prefect("kaartje", "prefect", "set-up", "--json") for _ in range(2))
    assert (
        json.loads(first)["made"] == json.loads(first)["pools"] + json.loads(first)["automations"]
    )
    assert json.loads(again)["made"] == []
    assert "lease_storage.filesystem" in json.loads(first)["remarks"][0]
    deployed = prefect("deploy", "--all")
    for name in ("import-people/import-people", "deliver/deliver", "dispatch/print"):
        assert f"'{name}' successfully created" in " ".join(deployed.split())
    prefect(
        "deployment", "schedule", "pause", "--all"
    )  # or the hour at which the tests run would matter
    prefect("deployment", "run", "deliver/deliver")
    worked = prefect(*worker_of("kaartje"))
    assert _states(installation) == {"planned"}, worked
    worked = prefect(*worker_of("kaartje-print"))

    with installation.store.reading() as connection:
        states = {state.value for state in connection.execute(select(Touch.state)).scalars()}
        deliveries = [state.value for state in connection.execute(select(Delivery.state)).scalars()]
    assert states == {"handed_over"}, worked
    assert deliveries == ["recorded", "recorded"]


def worker_of(pool: str) -> tuple[str, ...]:
    """Return the command of a worker that does what waits in a pool and ends."""
    return ("worker", "start", "--pool", pool, "--run-once", "--prefetch-seconds", "0")


def _states(installation: Installation) -> set[str]:
    with installation.store.reading() as connection:
        return {state.value for state in connection.execute(select(Touch.state)).scalars()}


def test_a_second_worker_in_a_folder_of_its_own_is_refused_in_one_line_and_nothing_is_lost(
    tmp_path: Path, postgres_url: str, now: datetime
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir(mode=0o700)
    settings = Settings(home=first, database_url=postgres_url, secret="")
    shared = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    populate(shared, 60, now=now)
    launched(shared, campaign_file(first, waves=("2023-06-05", "2023-06-12")), now=now)
    planned = _states(shared)
    work = worker_of("kaartje")
    alone = ("deployment", "run", "deliver/deliver", "--param", "spread=false")
    with prefect_of(
        tmp_path, KAARTJE_DATABASE_URL=postgres_url, KAARTJE_REHEARSAL="true"
    ) as prefect:
        prefect("kaartje", "prefect", "set-up")
        prefect("deploy", "--name", "deliver")
        prefect("deployment", "schedule", "pause", "--all")
        for home, why in ((str(second), str(first)), ("kaartje-home", "whole path")):
            prefect(*alone)
            worked = " ".join(prefect(*work, KAARTJE_HOME=home).split())
            assert why in worked, worked
            assert _states(shared) == planned
            assert not any(each.is_file() for each in second.rglob("*"))
        prefect(*alone)
        worked = prefect(*work, KAARTJE_HOME=str(first))
    assert _states(shared) == {"handed_over"}, worked
    shared.store.engine.dispose()
