"""Plan over a million people, compared with hand-written SQL on the same database.

    python -m benchmarks.plan_campaign [--quick] [--json]

The peer is one script of SQL run by the bare driver: the audience, every rule, the household draw, the arms. Both must
choose the same people, or the benchmark fails.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.by_hand import COUNTRY, RULES, judge
from benchmarks.measuring import Verdict, memory, ratio, report, run

MANY, FEW = 1_000_000, 100_000
MOST_RATIO, MOST_MB = 3.0, 400
REPEATS = 3
MOMENT = "2023-06-01"
EXAMPLE = Path("campaigns/examples/contact-cards-2023.yaml")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{FEW:,} people instead of {MANY:,}")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--ours", metavar="HOME", help=argparse.SUPPRESS)
    parser.add_argument("--peer", metavar="HOME", help=argparse.SUPPRESS)
    parser.add_argument("--fill", nargs=2, metavar=("HOME", "N"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fill:
        return _fill(Path(given.fill[0]), int(given.fill[1]))
    if given.ours:
        return _ours(Path(given.ours))
    if given.peer:
        return _peer(Path(given.peer))
    people = FEW if given.quick else MANY
    with tempfile.TemporaryDirectory() as folder:
        return report(_compare(Path(folder), people), as_json=given.json)


def _compare(home: Path, people: int) -> list[Verdict]:
    me = ["-m", "benchmarks.plan_campaign"]
    run([*me, "--fill", str(home), str(people)])
    ours, peers = [], []
    for _ in range(REPEATS):
        ours.append(run([*me, "--ours", str(home)]))
        peers.append(run([*me, "--peer", str(home)]))
    answers = {
        json.dumps(measured.answer["answer"], sort_keys=True) for measured in (*ours, *peers)
    }
    if len(answers) != 1:
        raise SystemExit(f"the peer gives another answer: {answers}")
    name = f"plan over {people:,} people"
    best = min(ours, key=lambda measured: measured.seconds)
    return [
        ratio(name, best.seconds, min(peer.seconds for peer in peers), MOST_RATIO),
        memory(f"{name}, memory", max(ours, key=lambda measured: measured.peak_mb), MOST_MB),
    ]


def _fill(home: Path, people: int) -> int:
    from installation.installation import open_installation
    from installation.settings import Settings
    from people.importing import import_people
    from people.invented.population import write_population
    from store.clock import parse_moment

    installation = open_installation(Settings(home=home))
    write_population(home / "people.csv", people, 2023)
    import_people(
        installation.store, home / "people.csv", key=b"benchmark", now=parse_moment(MOMENT)
    )
    print(json.dumps({"people": people}))
    return 0


def _ours(home: Path) -> int:
    from sqlalchemy import func, select

    from campaigns.planning.campaign_checks import check_with
    from campaigns.planning.draft_tables import judged, units
    from campaigns.planning.plans import plan_with
    from installation.installation import open_installation
    from installation.settings import Settings
    from store.clock import parse_moment

    installation = open_installation(Settings(home=home))
    with installation.store.reading() as connection:
        started = time.perf_counter()
        plan = plan_with(
            installation,
            connection,
            check_with(installation, connection, EXAMPLE, now=parse_moment(MOMENT)),
        )
        seconds = time.perf_counter() - started
        chosen = connection.execute(
            select(func.sum(units.c.person_id)).where(units.c.rank <= plan.selected)
        ).scalar_one()
        matched = connection.execute(select(func.count()).select_from(judged)).scalar_one()
    left_out = {
        reason: count
        for reason, count in plan.left_out.items()
        if reason not in ("LIMIT", "HOLD_OUT")
    }
    _answer(seconds, {"matched": matched, "left_out": left_out, "units": int(chosen or 0)})
    return 0


def _answer(seconds: float, answer: dict[str, object]) -> None:
    print(json.dumps({"seconds": seconds, "answer": answer}))


_AUDIENCE = f"""{COUNTRY}
  and not exists (select 1 from person_numbers n where n.person_id = p.id and n.may_text)
  and not exists (select 1 from person_numbers n where n.person_id = p.id and n.may_call)"""


def _peer(home: Path) -> int:
    connection = sqlite3.connect(home / "kaartje.sqlite3", isolation_level=None)
    connection.execute("PRAGMA cache_size=-49152")
    started = time.perf_counter()
    connection.execute("begin")
    judge(connection, _AUDIENCE)
    masks = dict(connection.execute("select mask, count(*) from j group by mask").fetchall())
    units = connection.execute("select count(*) from u").fetchone()[0]
    connection.execute("select count(*) from people").fetchone()
    seconds = time.perf_counter() - started
    chosen = connection.execute("select sum(id) from u where rank <= 1500").fetchone()[0]
    left_out: dict[str, int] = {}
    for mask, count in masks.items():
        first = next((reason for bit, reason in enumerate(RULES) if mask & 1 << bit), None)
        if first:
            left_out[first] = left_out.get(first, 0) + count
    if household := masks.get(0, 0) - units:
        left_out["HOUSEHOLD"] = household
    _answer(seconds, {"matched": sum(masks.values()), "left_out": left_out, "units": chosen or 0})
    return 0


if __name__ == "__main__":
    sys.exit(main())
