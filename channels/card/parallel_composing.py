"""Composing the files of a run in several processes, each file written and read back by one.

Nothing is shared but a pipe to each process. A worker reports its progress through it, so a worker
whose parent is gone finds the pipe broken at its next report, and ends. A run of which one process
is gone is not sealed.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from channels.card.manifest import Piece
from channels.card.order import Order
from channels.port import Watch
from channels.short_retries import patiently

# a fork of a process with threads and open databases is a gamble
_SPAWN = multiprocessing.get_context("spawn")
_MOST = 8
WORTH = 10_000
"""Pieces of a run: below, starting another process takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file to be composed, and the pieces that go into it."""

    path: Path
    pieces: Sequence[Piece]


@dataclass
class _Progress:
    """Progress of all files together, phase by phase."""

    watch: Watch
    total: int
    done: dict[tuple[str, int], int] = field(default_factory=dict)

    def update(self, part: int, phase: str, done: int) -> None:
        self.done[phase, part] = done
        self.watch(
            phase, sum(count for (each, _), count in self.done.items() if each == phase), self.total
        )


def process_count(parts: Sequence[Part], worth: int = WORTH) -> int:
    """Return the number of processes to compose these files with, which is one below `worth` pieces."""
    if sum(len(part.pieces) for part in parts) < worth or multiprocessing.current_process().daemon:
        return 1
    return max(1, min(len(parts), _cores(), _MOST))


def compose_files(parts: Sequence[Part], order: Order, watch: Watch, *, processes: int) -> None:
    """Compose files and read them back.

    The bytes are the same with any number of processes.

    Raises:
        SpoiledRun: a file is not what was meant.
        OSError: a file cannot be written, or a process is gone.
    """
    progress = _Progress(watch, sum(len(part.pieces) for part in parts))
    if processes == 1:
        for at, part in enumerate(parts):
            _compose(part, order, _progress_of(progress, at))
        return
    with _workers(min(processes, len(parts))) as pipes:
        _share_out(parts, order, pipes, progress)


def _share_out(
    parts: Sequence[Part], order: Order, pipes: Iterable[Connection], progress: _Progress
) -> None:
    """Give every idle process the next file until all are done."""
    waiting = iter(enumerate(parts))
    busy: dict[Connection, int] = {}
    for pipe in pipes:
        _give_next(pipe, waiting, order, busy)
    while busy:
        ready = wait(list(busy))
        for pipe in [each for each in busy if each in ready]:
            match _receive(pipe):
                case Exception() as error:
                    raise error
                case (str(phase), int(done)):
                    progress.update(busy[pipe], phase, done)
                case _:
                    del busy[pipe]
                    _give_next(pipe, waiting, order, busy)


def _give_next(
    pipe: Connection, waiting: Iterator[tuple[int, Part]], order: Order, busy: dict[Connection, int]
) -> None:
    given = next(waiting, None)
    if given is not None:
        busy[pipe] = given[0]
        pipe.send((given[1], order))


def _receive(pipe: Connection) -> object:
    try:
        return pipe.recv()
    except EOFError:
        return OSError(None, "a process that composed it is gone")


@contextmanager
def _workers(count: int) -> Iterator[list[Connection]]:
    """Start composing processes, and end them whatever happens."""
    pairs = [_SPAWN.Pipe() for _ in range(count)]
    working = [_SPAWN.Process(target=_work, args=(there,), daemon=True) for _, there in pairs]
    try:
        for process in working:
            process.start()
        for _, there in pairs:
            there.close()
        yield [here for here, _ in pairs]
    finally:
        for process in working:
            if process.pid is not None:
                process.terminate()
                process.join()
        for here, _ in pairs:
            here.close()


def _work(pipe: Connection) -> None:
    """Compose what comes through the pipe, until it breaks."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            part, order = pipe.recv()
            try:
                _compose(part, order, lambda phase, done, _: pipe.send((phase, done)))
            except BrokenPipeError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, whoever asked must hear it
                pipe.send(error)
            else:
                pipe.send(None)


def _compose(part: Part, order: Order, watch: Watch) -> None:
    from channels.card.run import compose_file

    patiently(compose_file, part.path, part.pieces, order, watch)


def _progress_of(progress: _Progress, part: int) -> Watch:
    return lambda phase, done, _: progress.update(part, phase, done)


def _cores() -> int:
    """Return the number of cores that this process may use."""
    with suppress(AttributeError):  # not every system says
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
