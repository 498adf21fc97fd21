"""Open the installation that a task works on. A task is handed words and numbers only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import sleep
from typing import Any

from pydantic_core import to_jsonable_python

from channels.port import Watch
from installation.installation import Installation, open_installation
from installation.private_files import UMASK
from store.engine import Store
from store.errors import BadInput

_LOOK_AGAIN = 1.0
"""Seconds between two looks at whether another process has ended."""

_installation: ContextVar[Installation | None] = ContextVar("_installation", default=None)
_watch: ContextVar[Watch | None] = ContextVar("_watch", default=None)


@contextmanager
def lending(installation: Installation | None, watch: Watch | None) -> Iterator[None]:
    """Let flows that run in this block use an open installation and report progress to `watch`.

    The demo lends one whose draws are seeded; a deployment's tasks each open their own.
    """
    lent, watched = _installation.set(installation), _watch.set(watch)
    try:
        yield
    finally:
        _installation.reset(lent)
        _watch.reset(watched)


@contextmanager
def opened() -> Iterator[Installation]:
    """Open the installation lent to this run, or the one that this worker's settings describe.

    A deployment has no parameter for its home folder or for the moment: a slip of the keyboard there once sent texts
    at night.

    Raises:
        BadInput: A setting is wrong, or this worker is not of the installation whose database it opens.
    """
    if (lent := _installation.get()) is not None:
        yield lent
        return
    former = os.umask(UMASK)  # a worker's files are its user's own, as a command's are
    installation = open_installation()
    try:
        yield installation
    finally:
        os.umask(former)
        installation.store.engine.dispose()


@contextmanager
def alone(store: Store, name: str) -> Iterator[None]:
    """Wait until no other process on any machine runs a block of this name, and run it.

    A process that dies in it keeps nobody waiting for longer than its lease.
    """
    while True:
        with store.holding(name) as mine:
            if mine:
                yield
                return
        sleep(_LOOK_AGAIN)


def current_watch() -> Watch:
    """Return the `Watch` of the task that runs now, by default Prefect's log."""
    return _watch.get() or _log_phase


def _log_phase(phase: str, done: int, total: int) -> None:
    if done == total:
        from prefect.logging import get_run_logger

        get_run_logger().info("%s: %d", phase, total)


def plain(answer: Any) -> Any:
    """Return an answer as plain data for JSON, the only thing that flows hand one another."""
    return to_jsonable_python(answer)


def worth_another_try(task: Any, task_run: Any, state: Any) -> bool:
    """Say whether a failed task may do better next time, as with a locked database but not a wrong file."""
    del task, task_run
    try:
        state.result()
    except BadInput:
        return False
    except Exception:  # noqa: BLE001  whatever else it was, it may have passed by then
        return True
    return False
