"""Measure whole processes in wall-clock seconds and peak resident memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ALL_CORES = "--all-cores"
"""The option that makes a run use every core. Here, so that naming it imports nothing else into a measured process."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Run time, processor time and memory of one process."""

    seconds: float  # of the part it timed itself, or of the whole process
    peak_mb: float  # resident, of the whole process, in units of 10**6 bytes
    answer: Any  # what it printed as its last line, read as JSON


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One figure and its goal."""

    name: str
    ours: float
    goal: str
    holds: bool
    unit: str = "s"
    peer: float | None = None
    ratio: float | None = None  # ours over the peer's, or the other way round, as the goal says

    def line(self) -> str:
        """Return the verdict on one line."""
        peer = (
            ""
            if self.peer is None
            else f"  peer {self.peer:.2f} {self.unit}  ratio {self.ratio:.2f}"
        )
        end = "holds" if self.holds else "FAILS"
        return f"{self.name}: ours {self.ours:.2f} {self.unit}{peer}  goal {self.goal}: {end}"


def ratio(name: str, ours: float, peer: float, most: float) -> Verdict:
    """Compare our time with the peer's, with the largest ratio allowed."""
    return Verdict(
        name=name,
        ours=ours,
        peer=peer,
        ratio=ours / peer,
        goal=f"at most {most} x",
        holds=ours <= most * peer,
    )


def memory(name: str, measured: Measured, most_mb: float) -> Verdict:
    """Compare peak memory with the most it may be."""
    return Verdict(
        name=name,
        ours=measured.peak_mb,
        goal=f"under {most_mb:g} MB",
        holds=measured.peak_mb < most_mb,
        unit="MB",
    )


def run(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run `python -m …` in a fresh process and wait for it.

    The process prints one JSON document as its last line; `seconds` in it, where there is one, is taken as its time.

    Raises:
        RuntimeError: the process failed; its errors are shown as they are.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None  # noqa: S101  Popen was asked for it
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    answer = json.loads(printed.strip().splitlines()[-1])
    if isinstance(answer, dict) and "seconds" in answer:
        seconds = float(answer["seconds"])
    return Measured(seconds, usage.ru_maxrss * 1024 / 1e6, answer)


def report(verdicts: Sequence[Verdict], *, as_json: bool) -> int:
    """Print the verdicts and return the exit code, 1 if a goal is missed."""
    if as_json:
        print(json.dumps([asdict(verdict) for verdict in verdicts]))
    else:
        for verdict in verdicts:
            print(verdict.line())
    return 0 if all(verdict.holds for verdict in verdicts) else 1
