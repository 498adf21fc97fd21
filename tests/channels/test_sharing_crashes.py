"""Whoever composes a run with several processes is killed, or one of them finds it spoiled: no run, and nobody left."""

import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from channels.card import Card
from channels.card.manifest import Piece
from channels.card.parallel_composing import Part, compose_files
from channels.card.read_back import SpoiledRun
from channels.outbox import Outbox
from channels.port import Batch, Receipt, unwatched
from tests.channels.pieces import messages, numbers, order, template_layout

_SPAWN = multiprocessing.get_context("spawn")
PIECES = 2_600  # two files


class SharedEarly(Card):
    """Cards whose runs are shared out from a hundred pieces on."""

    worth: ClassVar[int] = 100


def _batch() -> Batch:
    return Batch(
        key="b-1",
        made_at=order().made_at,
        messages=tuple(messages(PIECES)),
        layout=template_layout("contact-card"),
        number=1,
    )


def _compose_and_die(outbox: Path, pid_file: Path) -> None:
    def watch(phase: str, done: int, _total: int) -> None:
        if phase == "write" and done >= 200:
            children = [child.pid for child in psutil.Process().children(recursive=True)]
            pid_file.write_text(" ".join(map(str, children)))
            os.kill(os.getpid(), signal.SIGKILL)

    list(SharedEarly(Outbox(outbox)).send(replace(_batch(), watch=watch)))


@pytest.mark.heavy
def test_when_the_master_is_killed_its_processes_end_and_the_run_leaves_once(
    tmp_path: Path,
) -> None:
    outbox, pid_file = tmp_path / "outbox", tmp_path / "told"
    master = _SPAWN.Process(target=_compose_and_die, args=(outbox, pid_file))
    master.start()
    master.join()
    assert master.exitcode == -signal.SIGKILL
    children = [int(pid) for pid in pid_file.read_text().split()]
    assert len(children) >= 2
    until = time.monotonic() + 20
    while any(_lives(pid) for pid in children):
        assert time.monotonic() < until, "a process composes on for nobody"
        os.sched_yield()
    assert not (outbox / "b-1").exists()
    results = list(SharedEarly(Outbox(outbox)).send(_batch()))
    assert sum(isinstance(each, Receipt) for each in results) == PIECES
    assert len(list((outbox / "b-1").glob("*.pdf"))) == 2


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Fickle(dict[str, str]):
    """Words that say something else when they are looked at a second time, as memory that fails does."""

    looks = 0

    def items(self) -> Any:
        self.looks += 1
        return {**self, "greeting": f"Beste {self.looks},"}.items()


@pytest.mark.thorough
def test_a_run_that_a_process_finds_spoiled_is_spoiled_for_whoever_asked(tmp_path: Path) -> None:
    said = messages(20)
    said[13] = replace(said[13], words=Fickle(said[13].words))
    pieces = [
        Piece(number, at, each)
        for at, (number, each) in enumerate(zip(numbers(20), said, strict=True), 1)
    ]
    parts = [Part(tmp_path / "a.pdf", pieces[:10]), Part(tmp_path / "b.pdf", pieces[10:])]
    with pytest.raises(SpoiledRun, match="page 8: the greeting is not what was meant"):
        compose_files(parts, order(), unwatched, processes=2)
    assert not multiprocessing.active_children()
