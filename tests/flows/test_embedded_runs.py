"""A flow runs with no server of one's own, and leaves nothing behind, however it ends."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from installation.installation import Installation
from store.tables import Touch
from tests.stories import campaign_file, launched, populate

pytestmark = pytest.mark.heavy

DUE = "2023-06-20T09:00"
GONE_WITHIN = 20  # seconds, on a busy machine


@pytest.fixture
def waiting(installation: Installation, now: datetime) -> Installation:
    """An installation in which cards wait."""
    populate(installation, 400, now=now)
    launched(installation, campaign_file(installation.settings.home), now=now)
    return installation


def _start(home: Path) -> "subprocess.Popen[str]":
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KAARTJE_", "PREFECT_"))
    }
    (home / "user").mkdir()
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from tests.every_sign import run; run()",
            "deliver",
            "--flow",
            "--json",
            "--now",
            DUE,
        ],
        env={**kept, "KAARTJE_HOME": str(home), "HOME": str(home / "user")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _states(installation: Installation) -> set[str]:
    with installation.store.reading() as connection:
        return {state.value for state in connection.execute(select(Touch.state)).scalars()}


def test_it_answers_one_json_document_and_writes_only_below_the_house(
    waiting: Installation,
) -> None:
    home = waiting.settings.home
    with _start(home) as process:
        printed, said = process.communicate()
    assert process.returncode == 0, said
    assert json.loads(printed)["handed_over"] > 0
    assert _states(waiting) == {"handed_over"}
    assert (home / "prefect" / "prefect.db").exists()
    assert not (home / "user" / ".prefect").exists()


def test_killed_it_leaves_no_server_behind_and_the_next_run_finishes(waiting: Installation) -> None:
    with _start(waiting.settings.home) as process:
        assert process.stderr is not None
        first = next(line for line in process.stderr if line.startswith("progress: "))
        assert "claim" in first or "settle" in first
        children = psutil.Process(process.pid).children(recursive=True)
        assert any("prefect.server.api.server:create_app" in child.cmdline() for child in children)
        process.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=GONE_WITHIN)
    assert alive == []

    from store.clock import parse_moment
    from tests import passes

    passes.deliver(waiting, now=parse_moment(DUE))
    assert _states(waiting) == {"handed_over"}
