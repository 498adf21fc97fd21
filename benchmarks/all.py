"""Run every benchmark and print our figure, the peer's, the ratio and the goal.

python -m benchmarks.all [--quick] [--json]
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import Verdict

NOT_BENCHMARKS = {
    "__init__",
    "all",
    "by_hand",
    "card_data",
    "card_peers",
    "card_run",
    "country",
    "driven_line",
    "http_agents",
    "judge_country_parts",
    "line_day",
    "measuring",
    "prose",
    "send_texts_parts",
    "trials",  # simulations, for hours
}


def names() -> list[str]:
    """Return the name of every benchmark in this folder."""
    return sorted(
        module.stem
        for module in Path(__file__).parent.glob("*.py")
        if module.stem not in NOT_BENCHMARKS
    )


def run(name: str, *, quick: bool) -> tuple[int, list[dict[str, Any]], float]:
    """Run one benchmark in a fresh process.

    Returns its exit code, its verdicts and its seconds.
    """
    command = [
        sys.executable,
        "-m",
        f"benchmarks.{name}",
        "--json",
        *(["--quick"] if quick else []),
    ]
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    return done.returncode, json.loads(lines[-1]) if lines else [], time.perf_counter() - started


def main() -> int:
    """Run all benchmarks. Returns 1 if one failed or missed its goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer people; each ends within 50 s on two cores"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    failed, results = [], {}
    for name in names():
        code, verdicts, seconds = run(name, quick=given.quick)
        results[name] = verdicts
        if code or not verdicts:
            failed.append(name)
        if not given.json:
            print(
                f"{name} ({seconds:.0f} s)",
                *(f"  {Verdict(**each).line()}" for each in verdicts),
                sep="\n",
                flush=True,
            )
    if given.json:
        print(json.dumps(results))
    elif failed:
        print(f"does not hold: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
