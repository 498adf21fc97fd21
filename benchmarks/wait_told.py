"""Measure what a waiting caller is told (place and wait), with 10 and with 10,000 who wait.

python -m benchmarks.wait_told [--quick] [--json]

The provider asks this for every caller every half minute, so it must not grow with the queue. The
peer is the same question while ten wait.
"""

import argparse
import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

from sqlalchemy import Connection, delete, insert, select, text, update

from benchmarks.measuring import Verdict, ratio, report
from benchmarks.queue import NOW, on_postgres, on_sqlite
from desk.entries import agents
from desk.entries.queue_entries import NewCall, enter
from desk.line import incoming_calls
from desk.line.incoming_calls import CallEvent, Feed
from installation.installation import Installation
from store.states import CallState, LegKind, LegState
from store.tables import Call, Leg

FEW, MANY, TAKEN, ASKED, ROUNDS, QUICKLY = 10, 10_000, 20, 30, 4, 2
GROWTH, NUMBER = 1.5, "+318000543"
AGENTS = ("Anouk", "Bart", "Cees")  # with fewer no wait is told


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
    found = []
    for name, opened in (("SQLite", on_sqlite), ("PostgreSQL", on_postgres)):
        with opened() as installation:
            found.append(_compare(installation, name, QUICKLY if given.quick else ROUNDS))
    return report(found, as_json=given.json)


def _compare(installation: Installation, database: str, rounds: int) -> Verdict:
    for name in AGENTS:
        agents.register(installation.store, name, now=NOW)
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(rounds):  # in turn, so that a busy moment of the machine falls on both
        for many in (FEW, MANY):
            _fill(installation, many)
            times[many] += _asked(installation, many)
    name = f"the wait that is told, {MANY:,} waiting against {FEW}, {database}"
    verdict = ratio(name, median(times[MANY]) * 1000, median(times[FEW]) * 1000, GROWTH)
    return replace(verdict, unit="ms")


def _asked(installation: Installation, many: int) -> list[float]:
    last, seconds = CallEvent(_ref(many - 1), _number(many - 1), NUMBER), []
    for _ in range(ASKED):
        began = time.perf_counter()
        found = incoming_calls.wait(installation, last, Feed("QU1", 1), now=NOW)
        seconds.append(time.perf_counter() - began)
    assert isinstance(found, incoming_calls.Place) and found.minutes, found  # noqa: S101, PT018
    return seconds


def _ref(place: int) -> str:
    return f"CA{place:032x}"


def _number(place: int) -> str:
    return f"+316{10_000_000 + place}"


def _fill(installation: Installation, many: int) -> None:
    """Let so many callers wait, and a few have been helped a moment ago."""
    with installation.store.writing() as connection:
        for name in AGENTS:
            agents.seen(connection, name, NOW)
        for table in (Leg, Call):
            connection.execute(delete(table))
        keys = [f"leg:{_ref(place)}" for place in range(many)]
        enter(connection, [_waiting(place, many) for place in range(many)])
        call_ids = dict(connection.execute(select(Call.entry_key, Call.id)).all())
        legs = [_leg(place, many, call_ids[key]) for place, key in enumerate(keys)]
        connection.execute(insert(Leg), legs)
        _help_some(connection)
    with installation.store.writing() as connection:
        connection.execute(text("analyze"))


def _waiting(place: int, many: int) -> NewCall:
    return NewCall(
        line_id=1,
        reply_id=None,
        received_at=NOW - timedelta(seconds=many - place),
        number=_number(place),
        entry_key=f"leg:{_ref(place)}",
    )


def _leg(place: int, many: int, call_id: int) -> dict[str, object]:
    return {
        "ref": _ref(place),
        "kind": LegKind.CITIZEN,
        "state": LegState.WAITING,
        "line_id": 1,
        "from_number": _number(place),
        "call_id": call_id,
        "began_at": NOW - timedelta(seconds=many - place),
        "seen_at": NOW,
        "language": "nl",
        "tries": 0,
    }


def _help_some(connection: Connection) -> None:
    came = NOW - timedelta(minutes=20)
    helped = [
        NewCall(line_id=1, reply_id=None, received_at=came, entry_key=f"helped:{place}")
        for place in range(TAKEN)
    ]
    enter(connection, helped)
    values = {"state": CallState.WRAPPED_UP, "taken_at": NOW - timedelta(minutes=10)}
    connection.execute(update(Call).where(Call.entry_key.like("helped:%")).values(values))


if __name__ == "__main__":
    raise SystemExit(main())
