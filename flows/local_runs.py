"""Run a flow in this process, with an embedded Prefect server.

Importing this module does not import Prefect: it reads its settings once, while it is imported, so they are set first.
"""

import atexit
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from filelock import FileLock

from channels.port import Watch
from flows import server_guard
from flows.task_installation import lending
from installation.installation import Installation
from installation.settings import Settings

QUIET = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    # Cold, on two busy cores, the embedded server takes about 17 s; Prefect gives up after 20 by itself.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # who runs the flow here reads its answer or its error
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SHOW_STARTUP_BANNER": "false",
}
"""What an embedded run sets, unless the environment already says otherwise."""


def run_locally(
    flow: str,
    *,
    installation: Installation | None = None,
    watch: Watch | None = None,
    **parameters: Any,
) -> Any:
    """Run the flow of this entrypoint in this process and return its answer.

    Prefect's own files go below the installation's home folder, never to the home folder of who runs it. Where
    `PREFECT_API_URL` names a server the run is recorded there; otherwise one is started on the loopback address, and
    it ends with this process, even when that is killed.

    Args:
        flow: the entrypoint, as in prefect.yaml (`flows.delivering.deliver`).
        installation: an open one to use, with its own clock and draws; by default the flow opens its own.
        watch: called with the progress; Prefect's log otherwise.
        parameters: the flow's own.
    """
    settings = installation.settings if installation else Settings()
    _set_up(settings.home.absolute() / "prefect")
    module, _, name = flow.rpartition(".")
    run = getattr(import_module(module), name)
    if not os.environ.get("PREFECT_API_URL"):
        _serve()
    with lending(installation, watch):
        return run(**parameters)


def _set_up(folder: Path) -> None:
    Path(os.environ.setdefault("PREFECT_HOME", str(folder))).mkdir(parents=True, exist_ok=True)
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def _serve() -> None:
    """Start the embedded server once, and see to it that it never outlives this process."""
    from prefect.server.api.server import SubprocessASGIServer
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME

    server = SubprocessASGIServer()
    if server.running or PREFECT_API_URL.value():
        return
    with FileLock(
        PREFECT_HOME.value() / "starting.lock"
    ):  # two first starts would make the same tables
        server.start()
    if server.server_process is not None:
        guard = _guard(server.server_process.pid)
        # Prefect sends its last events in exits registered later than this one, so before this one.
        atexit.register(_end, server.stop, guard)


def _guard(server: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-I", str(Path(server_guard.__file__)), str(server)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the flow; the guard waits for its end
    )


def _end(stop_server: Callable[[], None], guard: "subprocess.Popen[bytes]") -> None:
    stop_server()
    guard.kill()
    guard.communicate()
