"""Send texts through the whole installation, compared with a bare loop, and measure memory.

python -m benchmarks.send_texts [--quick] [--json]

Three figures. *Through a provider* that takes 20 ms over loopback, with as many texts at a time as
the peer. Ours claims, judges, composes, writes every attempt, sends and records. The peer is a bare
loop of `requests.Session` that forgets everything. *Recording* is claiming, receipts and history of
texts that a provider took in no time, against the same rows written one by one through the ORM with
a commit for each. *Memory* is the peak of a pass over few and over many.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import send_texts_parts
from benchmarks.measuring import Measured, Verdict, ratio, report, run
from benchmarks.send_texts_parts import ACCOUNT, AT_ONCE, SENDER, TOKEN

REPEATS, FIFTH = 3, 5
LATENCY = 20  # milliseconds
LEAST_SHARE, LEAST_TIMES, MOST_GROWTH = 0.8, 20.0, 1.25
ME = ["-m", "benchmarks.send_texts"]


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer texts")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", nargs=2, metavar=("WHAT", "N"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        return send_texts_parts.run_part(given.part[0], int(given.part[1]), given.home)
    sizes = (800, 2_000, (1_000, 6_000)) if given.quick else (4_000, 10_000, (10_000, 200_000))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        verdicts = [
            _throughput(home, sizes[0]),
            _recording(home, sizes[1]),
            _memory(home, *sizes[2]),
        ]
    return report(verdicts, as_json=given.json)


def _throughput(home: Path, texts: int) -> Verdict:
    with _provider() as url:
        environment = {"KAARTJE_TWILIO_URL": url}
        _measured("fill", texts, home / "through", {})
        ours = _measured("deliver", texts, home / "through", environment)
        peer = _measured("bare", texts, home / "through", environment)
    speeds = texts / ours.seconds, texts / peer.seconds
    share = speeds[0] / speeds[1]
    name = f"{texts:,} texts through a provider of {LATENCY} ms, {AT_ONCE} at once"
    return Verdict(
        name=name,
        ours=speeds[0],
        peer=speeds[1],
        ratio=share,
        goal=f"at least {LEAST_SHARE} x",
        holds=share >= LEAST_SHARE,
        unit="texts/s",
    )


def _recording(home: Path, texts: int) -> Verdict:
    """Compare the best of a few runs. The peer does a fifth, as its time grows linearly."""
    few = texts // FIFTH
    ours, peers = [], []
    for turn in range(REPEATS):
        _measured("fill", texts, home / f"ours-{turn}", {})
        _measured("fill", few, home / f"peer-{turn}", {})
        ours.append(_measured("record", texts, home / f"ours-{turn}", {}).seconds)
        peers.append(_measured("rows", few, home / f"peer-{turn}", {}).seconds * FIFTH)
    name = f"claiming and recording {texts:,} texts with their history"
    times = min(peers) / min(ours)
    return Verdict(
        name=name,
        ours=min(ours),
        peer=min(peers),
        ratio=1 / times,
        goal=f"at most 1/{LEAST_TIMES:g}",
        holds=times >= LEAST_TIMES,
    )


def _memory(home: Path, few: int, many: int) -> Verdict:
    peaks = []
    for texts in (few, many):
        _measured("fill", texts, home / f"memory-{texts}", {})
        peaks.append(_measured("instant", texts, home / f"memory-{texts}", {}).peak_mb)
    made = ratio(
        f"memory of a pass over {many:,} texts, against {few:,}", peaks[1], peaks[0], MOST_GROWTH
    )
    return replace(made, unit="MB")


def _measured(part: str, texts: int, home: Path, environment: dict[str, str]) -> Measured:
    accounts = {
        "KAARTJE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "KAARTJE_TWILIO_AUTH_TOKEN": TOKEN,
        "KAARTJE_SMS_FROM": SENDER,
        "KAARTJE_SMS_RATE": "1000000",
        "KAARTJE_SMS_AT_ONCE": str(AT_ONCE),
    }
    return run([*ME, "--part", part, str(texts), "--home", str(home)], {**accounts, **environment})


@contextmanager
def _provider() -> Iterator[str]:
    """Start a simulated provider in a process of its own, and yield its address."""
    command = [sys.executable, "-c", "from console.main import run; run()"]
    command += ["simulate", "sms", "--port", "0", "--latency", str(LATENCY)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101  Popen was asked for it
        try:
            found = re.search(r"http://\S+:\d+", process.stderr.readline())
            if found is None:
                raise RuntimeError("the simulated provider does not start")
            yield found[0]
        finally:  # else whatever goes wrong meanwhile would wait for it for ever
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
