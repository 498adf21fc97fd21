"""Measure the demo from nothing to its report, in seconds and in peak memory.

python -m benchmarks.demo_report [--quick] [--json]

There is no peer, because no other program plays a campaign. The goal is "a few minutes".
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

from benchmarks.measuring import Verdict, report

PEOPLE, FEW = 10_000, 1_000
MOST_SECONDS, MOST_MB = 180.0, 1_500.0
LOOK_EVERY = 0.2  # seconds


@dataclass
class Tree:
    """The peak memory of a process and its descendants, in units of 10**6 bytes."""

    peak_mb: float = 0.0

    def watch(self, process: psutil.Process, done: Event) -> None:
        """Sample the memory until `done` is set.

        Shared memory is counted in proportion (PSS) where the system reports it, else as resident.
        """
        while not done.wait(LOOK_EVERY):
            with suppress(psutil.NoSuchProcess):
                family = [process, *process.children(recursive=True)]
                self.peak_mb = max(self.peak_mb, sum(map(_held, family)) / 1e6)


def _held(process: psutil.Process) -> float:
    try:
        memory = process.memory_full_info()
        return float(getattr(memory, "pss", memory.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def play(people: int, out: Path) -> tuple[float, float, int]:
    """Run the demo in a process of its own.

    Returns its seconds, its peak memory in MB, and the number of cards it made.

    Raises:
        RuntimeError: the demo failed.
    """
    command = [sys.executable, "-c", "from console.main import run; run()", "demo", "--json"]
    command += ["--people", str(people), "--out", str(out)]
    tree, done, started = Tree(), Event(), time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        looking = Thread(target=tree.watch, args=(psutil.Process(demo.pid), done))
        looking.start()
        printed, errors = demo.communicate()
        seconds = time.perf_counter() - started
        done.set()
        looking.join()
    if demo.returncode:
        raise RuntimeError(f"the demo ended with {demo.returncode}:\n{errors}")
    return seconds, tree.peak_mb, int(json.loads(printed)["cards"])


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{FEW:,} people instead of {PEOPLE:,}"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    people = FEW if given.quick else PEOPLE
    with tempfile.TemporaryDirectory() as folder:
        seconds, peak, cards = play(people, Path(folder) / "demo")
    named = f"demo of {people:,} people, {cards:,} cards"
    return report(
        [
            Verdict(
                name=f"{named}: to the report",
                ours=seconds,
                goal=f"under {MOST_SECONDS:g} s",
                holds=seconds < MOST_SECONDS,
            ),
            Verdict(
                name=f"{named}: memory",
                ours=peak,
                goal=f"under {MOST_MB:g} MB",
                holds=peak < MOST_MB,
                unit="MB",
            ),
        ],
        as_json=given.json,
    )


if __name__ == "__main__":
    sys.exit(main())
