"""Several processes compose one run: the same bytes, the same progress, and no run where one of them is gone."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from channels.card.manifest import Piece
from channels.card.parallel_composing import Part, compose_files, process_count
from channels.port import unwatched
from tests.channels.pieces import messages, numbers, order


def _parts(folder: Path, sizes: tuple[int, ...]) -> list[Part]:
    folder.mkdir()
    everybody = [
        Piece(number, at, message)
        for at, (number, message) in enumerate(
            zip(numbers(sum(sizes)), messages(sum(sizes)), strict=True), start=1
        )
    ]
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    return [
        Part(folder / f"run-{at}.pdf", everybody[start : start + size])
        for at, (start, size) in enumerate(zip(starts, sizes, strict=True))
    ]


@pytest.mark.thorough
def test_two_processes_give_the_bytes_of_one_and_tell_of_every_piece(tmp_path: Path) -> None:
    by, sizes = order(), (60, 30, 55)
    alone, shared = _parts(tmp_path / "alone", sizes), _parts(tmp_path / "shared", sizes)
    compose_files(alone, by, unwatched, processes=1)
    progress: list[tuple[str, int, int]] = []
    compose_files(shared, by, lambda *event: progress.append(event), processes=2)
    for one, other in zip(alone, shared, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()
    assert {phase for phase, _, _ in progress} == {"write", "read"}
    for each in ("write", "read"):
        counts = [done for phase, done, total in progress if phase == each and total == 145]
        assert counts == sorted(counts)
        assert counts[-1] == 145


@pytest.mark.thorough
def test_a_file_that_cannot_be_written_is_reported_as_it_is(tmp_path: Path) -> None:
    by = order()
    parts = _parts(tmp_path / "run", (5, 5))
    broken = [parts[0], Part(tmp_path / "nowhere" / "run-1.pdf", parts[1].pieces)]
    with pytest.raises(FileNotFoundError):
        compose_files(broken, by, unwatched, processes=2)
    assert not multiprocessing.active_children()


@pytest.mark.thorough
def test_a_process_that_is_gone_fails_the_run_and_hangs_nobody(tmp_path: Path) -> None:
    by = order()
    parts = _parts(tmp_path / "run", (200, 200))

    def kill(_phase: str, _done: int, _total: int) -> None:
        for child in multiprocessing.active_children():
            if child.pid is not None:
                os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(OSError, match="is gone"):
        compose_files(parts, by, kill, processes=2)


def test_a_small_run_is_not_worth_another_process(tmp_path: Path) -> None:
    assert process_count(_parts(tmp_path / "run", (5, 5))) == 1
