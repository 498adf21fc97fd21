"""Run a command of ours that prints a line for every sign of progress, so that a test can kill it there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from console.cli import progress
from console.cli.options import say
from console.main import run as run_command


@contextmanager
def every_sign() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a `Watch` that prints a line each time that it is called."""
    yield lambda phase, done, total: say(f"progress: {phase} {done}/{total}")


def run() -> None:
    """Run the command line. Modules that were imported before hold the watch that they imported."""
    ours = progress.progress
    for module in [*sys.modules.values()]:
        if getattr(module, "progress", None) is ours:
            module.progress = every_sign  # type: ignore[attr-defined]
    run_command()
