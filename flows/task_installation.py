"""Open the installation that a task works on. A task is handed words and numbers only."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from channels.port import Watch
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, SystemClock, parse_moment
from store.errors import BadInput
from store.sentences import Sentence

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
def opened(home: str | None, now: str | None) -> Iterator[Installation]:
    """Open the installation below `home`, by default the one lent or the one the settings describe.

    Args:
        home: its folder; None for the default.
        now: stop its clock at this moment (ISO 8601); None for its own clock.

    Raises:
        BadInput: `now` is not a date and time.
    """
    clock = FixedClock(_moment(now)) if now else None
    lent = _installation.get()
    if lent is not None and home in {None, str(lent.settings.home)}:
        yield replace(lent, clock=clock or lent.clock)
        return
    settings = Settings(home=Path(home)) if home else Settings()
    installation = open_installation(settings, clock=clock or SystemClock())
    try:
        yield installation
    finally:
        installation.store.engine.dispose()


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise BadInput(
            Sentence("{seen!r} is not a date and time", seen=text),
            "write it as 2023-06-01T09:00",
            field="now",
        ) from None


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
