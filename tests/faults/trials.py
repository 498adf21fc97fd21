"""Trials of one small campaign with a fault at one moment, each finished by later passes and then audited."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from flows.delivery_pass import DELIVER_SHARDS, RECONCILE, run_step, step_named
from installation.installation import Installation
from store.states import DeliveryState, TouchState
from store.tables import Delivery, Touch
from tests.faults.in_process import InProcess
from tests.faults.moments import Listener, Moments
from tests.faults.small_campaign import DUE, audited, copied, opened

LATER = timedelta(minutes=20)
MOST = 6
"""Passes after which everything must have gone."""
STEPS = (RECONCILE, DELIVER_SHARDS, "hand over print runs", "queue calls")
"""Steps of a pass that touches go through. The others would triple the time of a trial."""
FULL = 28  # ENOSPC


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is there at one moment: a home folder, and what the provider has."""

    what: str
    home: Path
    provider: InProcess
    at: datetime
    digest: str = ""

    def remove(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)


@dataclass(kw_only=True)
class Outcome:
    """What the trials of one seed came to."""

    seed: int
    people: int
    kinds: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def trials(self) -> int:
        return self.kinds.total()

    @property
    def states(self) -> int:
        """How many different states the faults left, each finished and audited once."""
        return len(self._known)

    def __str__(self) -> str:
        counted = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kinds.items()))
        return f"seed {self.seed}: {self.trials} faults left {self.states} states ({counted})"

    def judge(self, name: str, left: Left) -> None:
        """Finish and audit what a fault left. What another fault left to the byte is known already."""
        if left.digest not in self._known or not left.digest:
            self._known[left.digest or name] = finish(left, self.people)
        said = self._known[left.digest or name]
        self.kinds[f"{name.split(maxsplit=1)[0]} {left.what}"] += 1
        if said:
            self.violations.append(f"seed {self.seed}, {name} ({left.what}): {said}")


def make_pass(installation: Installation, now: datetime) -> None:
    """Make the steps of one pass that hand touches over."""
    for step in STEPS:
        run_step(installation, step_named(step), now=now)


def finish(left: Left, people: int) -> str:
    """Make passes until everything went, and return what is wrong with it, by the audit."""
    installation, now = opened(left.home, left.provider, at=left.at), left.at
    try:
        for _ in range(MOST):
            make_pass(installation, now)
            if _is_done(installation):
                break
            now += LATER
        with installation.store.reading() as connection:
            states = Counter(connection.execute(select(Touch.state)).scalars())
        if states != {TouchState.HANDED_OVER: people}:
            return f"states {dict(states)}"
        found = audited(installation, left.provider, now=now)
        wrong = [f"{each.invariant} {each.subject} {each.detail}" for each in found.breaches]
        open_ = [f"{each.subject} is under way" for each in found.under_way]
        return "; ".join([*wrong, *open_])
    finally:
        installation.store.engine.dispose()


def _is_done(installation: Installation) -> bool:
    with installation.store.reading() as connection:
        waits = select(Touch.id).where(Touch.state != TouchState.HANDED_OVER).limit(1)
        is_open = select(Delivery.id).where(Delivery.state == DeliveryState.OPEN).limit(1)
        return not connection.execute(waits).first() and not connection.execute(is_open).first()


def kept_at_every_moment(left: Left, folder: Path) -> list[Left]:
    """Make a pass, and return what is on disk and at the provider at every moment of it.

    This is what a machine leaves that is killed there: what was not committed, and not written, is not there.
    """
    kept: list[Left] = []
    known: dict[str, Path] = {}
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("*-shm", "locks", "people.csv")

    def keep(what: str) -> None:
        home = Path(shutil.copytree(left.home, folder / f"{len(kept):04}", ignore=ignored))
        digest = _digest(home, left.provider)
        if known.setdefault(digest, home) != home:
            shutil.rmtree(home)
        kept.append(
            Left(
                what=what,
                home=known[digest],
                provider=left.provider.copied(),
                at=left.at + LATER,
                digest=digest,
            )
        )

    with _passing(left, keep) as run:
        run()
    return kept


def _digest(home: Path, provider: InProcess) -> str:
    """Return a sum over everything that is there, by which two faults that leave the same are known."""
    found = blake2b(repr(sorted(provider.texts.by_sid)).encode())
    for path in sorted(home.rglob("*")):
        found.update(f"{path.relative_to(home)}\0".encode())
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()


def fails_at(left: Left, number: int) -> Left | None:
    """Make a pass in which one moment fails while the process lives on, or return None after the last moment."""
    seen: list[str] = []

    def fail(what: str) -> None:
        seen.append(what)
        if len(seen) == number:
            raise _failure(what)

    with _passing(left, fail) as run, suppress(OperationalError, OSError):
        run()
    if len(seen) < number:
        return None
    return Left(what=seen[number - 1], home=left.home, provider=left.provider, at=left.at + LATER)


def _failure(what: str) -> Exception:
    match what:
        case "commit":
            return OperationalError("commit", {}, Exception("database is locked"))
        case "ask" | "answer":
            return ConnectionError("the connection broke")
        case _:
            return OSError(FULL, "No space left on device")


@contextmanager
def _passing(left: Left, listener: Listener) -> Iterator[Callable[[], None]]:
    installation = opened(left.home, left.provider, at=left.at)
    moments = Moments(left.home, listener)
    left.provider.before = lambda: moments.tell("ask")
    left.provider.after = lambda: moments.tell("answer")
    try:
        with moments.listening(installation.store.engine):
            yield lambda: make_pass(installation, left.at)
    finally:
        left.provider.before = left.provider.after = lambda: None
        installation.store.engine.dispose()


def fresh(prepared: Path, folder: Path) -> Left:
    """Return a copy of a campaign of which nothing went yet."""
    return Left(what="start", home=copied(prepared, folder), provider=InProcess(), at=DUE)
