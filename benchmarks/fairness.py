"""Three days of a line by three orders, with waits, broken promises and unfairness.

python -m benchmarks.fairness [--quick] [--json]

The same callers, wishes and conversations, drawn from one seed, are helped in our order (by slack), first come
first served, and with every promise first as soon as its window opens. What was promised is the same too. Unfair is
each promise with time to spare that was taken while a caller waited on the line.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean, quantiles

from sqlalchemy import insert, select

from benchmarks.measuring import Verdict, report
from desk.entries import agents
from desk.entries.promised_windows import Window
from desk.entries.promises import Wish, promise
from desk.entries.queue_entries import NewCall, enter
from desk.queue import queues, taking
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.audit_log import Decider
from store.clock import FixedClock
from store.states import CallState, PromiseRoad, PromiseState, Road
from store.tables import Call, PhoneLine, Promise

DAYS = tuple(datetime(2023, 6, day, 7, tzinfo=UTC) for day in (1, 2, 5))
CALLERS = (
    22,
    34,
    32,
    20,
    24,
    28,
    22,
    12,
)  # in each hour from nine to five, as lines for the public have them
WISHES = 0.12  # of all who come, who ask to be called in a window
TALKS = (4, 14)  # minutes
NAMES = ("Anja", "Bea", "Cas", "Daan", "Eva")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LAST = 12 * 60  # minutes after opening, when even a late queue is empty

Pick = Callable[[Installation, str, datetime], int | None]


@dataclass(kw_only=True)
class Came:
    """What an order came to."""

    waits: list[float] = field(default_factory=list)  # minutes, of callers on the line
    broken: int = 0
    unfair: int = 0
    promised: int = 0


def by_slack(installation: Installation, name: str, now: datetime) -> int | None:
    """Take the next entry in our own order."""
    taken = taking.take_next(installation, name, now=now)
    return taken.id if taken else None


def first_come(installation: Installation, name: str, now: datetime) -> int | None:
    """Take whoever came first, a promise from the opening of its window on."""
    return _take(installation, name, now, lambda row: (row.received_at, row.id))


def promises_first(installation: Installation, name: str, now: datetime) -> int | None:
    """Take a promise whose window is open before any caller."""
    return _take(installation, name, now, lambda row: (row.promised_from is None, row.received_at))


def _take(
    installation: Installation, name: str, now: datetime, order: Callable[[Call], object]
) -> int | None:
    columns = (Call.id, Call.received_at, Call.promised_from)
    waits = select(*columns).where(Call.state == CallState.WAITING)
    with installation.store.reading() as connection:
        rows = [
            row
            for row in connection.execute(waits).all()
            if row.promised_from is None or row.promised_from <= now
        ]
    if not rows:
        return None
    best = min(rows, key=order)  # type: ignore[arg-type]
    return queues.take(installation.store, best.id, name, now).id


ORDERS: dict[str, Pick] = {
    "by slack": by_slack,
    "first come first served": first_come,
    "promises first": promises_first,
}


def arrivals(draws: Random, opens: datetime) -> Iterator[tuple[datetime, Window | None]]:
    """Yield who comes on a day, and in which window they want to be called, if they do."""
    for hour, callers in enumerate(CALLERS):
        for minute in sorted(draws.choices(range(60), k=callers)):
            came = opens + hour * HOUR + minute * MINUTE
            asks = draws.random() < WISHES
            begins = came + draws.randint(0, 4) * HOUR
            yield came, Window(begins, begins + draws.choice((2, 4)) * HOUR) if asks else None


def play(installation: Installation, pick: Pick, days: int) -> Came:
    """Help everybody of these days in one order."""
    came = Came()
    for name in NAMES:
        agents.register(installation.store, name, now=DAYS[0])
    with installation.store.writing() as connection:
        connection.execute(
            insert(PhoneLine).values(
                number="+318000543", name="Belteam", hours="maandag t/m vrijdag, 9 tot 17 uur"
            )
        )
    for place, opens in enumerate(DAYS[:days]):
        _play_day(installation, pick, came, Random(place), opens)
    with installation.store.reading() as connection:
        states = connection.execute(select(Promise.state, Promise.ends)).all()
    over = DAYS[days - 1] + LAST * MINUTE  # what was promised for a later day is not due yet
    due = [row.state for row in states if row.ends is not None and row.ends <= over]
    came.promised = len(due)
    came.broken = sum(state in {PromiseState.BROKEN, PromiseState.OPEN} for state in due)
    return came


def _play_day(
    installation: Installation, pick: Pick, came: Came, draws: Random, opens: datetime
) -> None:
    coming: dict[datetime, list[Window | None]] = defaultdict(list)
    for moment, window in arrivals(draws, opens):
        coming[moment].append(window)
    busy: dict[str, tuple[datetime, int]] = {}
    for minute in range(LAST):
        now = opens + minute * MINUTE
        for window in coming.get(now, ()):
            _arrive(installation, window, now)
        for name in NAMES:
            until, call_id = busy.get(name, (now, 0))
            if until > now:
                continue
            if busy.pop(name, None):
                _wrap_up(installation, call_id, name, now)
            if taken := pick(installation, name, now):
                _count(installation, came, taken, now)
                busy[name] = (now + draws.randint(*TALKS) * MINUTE, taken)


def _arrive(installation: Installation, window: Window | None, now: datetime) -> None:
    with installation.store.writing() as connection:
        line_id = connection.execute(select(PhoneLine.id)).scalar_one()
        known = connection.execute(select(Call.id).order_by(Call.id.desc()).limit(1)).scalar() or 0
        key = f"came:{known + 1}"
        number = f"+3161{known + 1:07}" if window else None
        new = NewCall(line_id=line_id, reply_id=None, received_at=now, number=number, entry_key=key)
        enter(connection, [new])
        if window is not None:
            call_id = connection.execute(select(Call.id).where(Call.entry_key == key)).scalar_one()
            wish = Wish(road=PromiseRoad.TEXT, asked="bel mij", window=window)
            promise(connection, call_id, wish, policy=installation.policy.hours, now=now)


def _count(installation: Installation, came: Came, taken: int, now: datetime) -> None:
    with installation.store.reading() as connection:
        call = connection.execute(
            select(Call.received_at, Call.number, Call.start_by).where(Call.id == taken)
        ).one()
        live = select(Call.id).where(Call.state == CallState.WAITING, Call.number.is_(None))
        anybody = connection.execute(live.limit(1)).first() is not None
    if call.number is None:
        came.waits.append((now - call.received_at) / MINUTE)
    elif anybody and call.start_by is not None and call.start_by > now:
        came.unfair += 1


def _wrap_up(installation: Installation, call_id: int, name: str, now: datetime) -> None:
    by = Decider(name, road=Road.COMMAND)
    wrap_up(installation.store, call_id, by=by, disposition="helped", note="", now=now)


def verdicts(days: int) -> Iterator[Verdict]:
    """Play every order, and yield what each came to. Ours has goals, the others are its peers."""
    found: dict[str, Came] = {}
    for name, pick in ORDERS.items():
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(
                home=Path(folder),
                secret="a key of 32 signs for a benchmark",  # noqa: S106
            )
            installation = open_installation(settings, clock=FixedClock(DAYS[0]))
            found[name] = play(installation, pick, days)
            installation.store.engine.dispose()
        _print_result(name, found[name])
    ours, first = found["by slack"], found["promises first"]
    yield _most("broken promises", ours.broken, 0)
    yield _most("promises taken before a caller with time to spare", ours.unfair, 0)
    yield Verdict(
        name="mean wait of a caller",
        ours=mean(ours.waits),
        peer=mean(first.waits),
        ratio=mean(ours.waits) / mean(first.waits),
        goal="no longer than with promises first",
        holds=mean(ours.waits) <= mean(first.waits),
        unit="min",
    )


def _print_result(name: str, came: Came) -> None:
    late = quantiles(came.waits, n=20)[-1]
    print(
        f"{name}: callers waited {mean(came.waits):.1f} minutes, one in twenty over {late:.0f}, at most"
        f" {max(came.waits):.0f}; of {came.promised} promises {came.broken} broken, {came.unfair} unfair",
        file=sys.stderr,
    )


def _most(name: str, ours: int, most: int) -> Verdict:
    return Verdict(name=name, ours=ours, goal=f"at most {most}", holds=ours <= most, unit="")


def main() -> int:
    """Run the benchmark. Returns 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="Three days of a line by three orders.")
    parser.add_argument("--quick", action="store_true", help="one day")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    return report(list(verdicts(1 if given.quick else len(DAYS))), as_json=given.json)


if __name__ == "__main__":
    raise SystemExit(main())
