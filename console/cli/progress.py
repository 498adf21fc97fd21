"""Progress of long commands, one bar on a terminal and one line a step elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from console.cli.options import say, worded
from store.clock import elapsed_seconds
from store.sentences import Sentence

Watch = Callable[[str, int, int], None]
"""Called with the phase, how many are done and how many there are."""
STEPS = {
    "generate": Sentence("people invented"),
    "import": Sentence("lines of the file read"),
    "reading": Sentence("lines of the file read"),
    "draft": Sentence("people judged"),
    "divide": Sentence("people divided over the arms"),
    "price": Sentence("pieces priced"),
    "prove": Sentence("proofs written"),
    "settle": Sentence("interrupted batches settled"),
    "claim": Sentence("touches claimed"),
    "compose": Sentence("messages put into words"),
    "check": Sentence("messages checked"),
    "send": Sentence("texts handed to the provider"),
    "write": Sentence("pieces composed"),
    "read": Sentence("pieces read back"),
    "record": Sentence("results recorded"),
    "transfer": Sentence("blocks sent to the print shop"),
    "hand over": Sentence("print runs looked at"),
}
"""What is counted in each phase that a person sees. The others last an instant."""
BETWEEN = 10.0
"""Seconds between two lines about a step that is under way."""


@dataclass(slots=True)
class _Count:
    """How many of one step are done, in parts that have ended and in the present one.

    A pass goes through a step once for every batch. A part ends where all of it is done, and a
    number that falls begins another.
    """

    ended: int = 0
    done: int = 0
    total: int = 0

    def see(self, done: int, total: int) -> None:
        """Take one sign of progress."""
        if self.done == self.total or done < self.done or total != self.total:
            self.ended += self.done
        self.done, self.total = done, total

    @property
    def sum(self) -> int:
        """Return how many are done in all parts together."""
        return self.ended + self.done


class Steps:
    """The steps of a command, each with its count.

    A step may come back with every batch, so its line is printed when all are done; one that lasts
    says every few seconds how far it is.
    """

    def __init__(self, elapsed: Callable[[], float] = elapsed_seconds) -> None:
        self._counts: dict[Sentence, _Count] = {}
        self._elapsed, self._said_at = elapsed, elapsed()

    def watch(self, phase: str, done: int, total: int) -> None:
        """Take one sign of progress."""
        if phase in STEPS and total:
            count = self._counts.setdefault(STEPS[phase], _Count())
            count.see(done, total)
            self._say_where_it_stands(STEPS[phase], count)

    def _say_where_it_stands(self, step: Sentence, count: _Count) -> None:
        """Print how far a step is, some seconds after the last such line."""
        if (now := self._elapsed()) - self._said_at >= BETWEEN:
            self._said_at = now
            say("progress: {step}: {count:,} so far", step=step, count=count.sum)

    def end(self) -> None:
        """Print one line for each step that came, and begin anew."""
        for step, count in self._counts.items():
            say("progress: {step}: {count:,}", step=step, count=count.sum)
        self._counts.clear()


@contextmanager
def progress() -> Iterator[Watch]:
    """Yield a `Watch` that draws a bar on a terminal, and prints one line a step elsewhere."""
    with progress_under_headlines() as (watch, _):
        yield watch


@contextmanager
def progress_under_headlines() -> Iterator[tuple[Watch, Callable[[str], None]]]:
    """Yield a `Watch`, and a function that ends the steps so far and prints a headline."""
    if sys.stderr.isatty():
        with _bar() as watch:
            yield watch, _headline
        return
    steps = Steps()

    def tell(line: str) -> None:
        steps.end()
        _headline(line)

    try:
        yield steps.watch, tell
    finally:
        steps.end()


def _headline(line: str) -> None:
    say(f"» {line}")


@contextmanager
def _bar() -> Iterator[Watch]:
    """Yield a `Watch` that draws one bar, of the present step."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        drawn: dict[str, Any] = {}

        def watch(phase: str, done: int, total: int) -> None:
            if phase not in STEPS or not total:
                return
            if phase not in drawn:
                for former in drawn.values():
                    bars.remove_task(former)
                drawn.clear()
                drawn[phase] = bars.add_task(worded(STEPS[phase]), total=total)
            bars.update(drawn[phase], completed=done, total=total)

        yield watch
