"""Kill the delivery of answers while the provider fails in every way. Each answer is sent once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from inbound.incoming_texts import InboundText, process_text
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.states import TouchState
from store.tables import Answer
from tests.builders import LINE, Builder
from tests.channels.sms import simulated

SECRET = "a key for tests only, nobody has another"
FAULTS = """\
latency = 0.02
hang_share = 0.05
hang = 2.5
error_share = 0.05
drop_share = 0.02
too_many_share = 0.03
retry_after = 0.1
"""
OPEN = {TouchState.PLANNED, TouchState.CLAIMED, TouchState.UNKNOWN}


def opened(home: Path, accounts: dict[str, str], now: datetime) -> Installation:
    settings = Settings(home=home, secret=SECRET, **accounts)
    return open_installation(settings, clock=FixedClock(now))


def delivering(home: Path, accounts: dict[str, str], at: datetime) -> "subprocess.Popen[bytes]":
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KAARTJE_", "COV"))
    }
    ours = {f"KAARTJE_{name.upper()}": value for name, value in accounts.items()}
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from console.main import run; run()",
            "deliver",
            "--now",
            at.isoformat(),
        ],
        env={**kept, **ours, "KAARTJE_HOME": str(home), "KAARTJE_SECRET": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def states(installation: Installation) -> Counter[TouchState]:
    with installation.store.reading() as connection:
        return Counter(connection.execute(select(Answer.state)).scalars())


def left(installation: Installation) -> list[tuple[str | None, str | None]]:
    with installation.store.reading() as connection:
        unsure = select(Answer.key, Answer.detail).where(Answer.state.in_(OPEN))
        return [(row[0], row[1]) for row in connection.execute(unsure)]


def try_killing(tmp_path: Path, people: int, kills: list[int], now: datetime) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text(FAULTS)
    provider = simulated.Provider("--seed", "3", faults=faults)
    accounts = simulated.accounts(
        provider, tmp_path, sms_timeout="1", sms_patience="2", sms_at_once="4"
    )
    installation = opened(tmp_path, accounts, now)
    with installation.store.writing() as connection:
        Builder(connection, now).line()
    numbers = [f"+3161{n:07}" for n in range(people)]
    for number in numbers:
        process_text(
            installation,
            InboundText(
                provider="twilio", ref=number, sender=number, to=LINE, body="HULP", received_at=now
            ),
            now=now,
        )
    killed = 0
    for minutes, taken in enumerate(kills):
        with delivering(tmp_path, accounts, now + timedelta(minutes=20 * minutes)) as process:
            while process.poll() is None and len(provider.texts()) < taken:
                Event().wait(0.02)
            process.send_signal(signal.SIGKILL)
        # what a killed one had begun is in doubt for a moment: the next may have little to do, and end by itself
        assert process.returncode in {-signal.SIGKILL, 0}
        killed += process.returncode == -signal.SIGKILL
    assert killed > len(kills) // 3
    for minutes in range(14):
        with delivering(
            tmp_path, accounts, now + timedelta(hours=2, minutes=20 * minutes)
        ) as process:
            assert process.wait() == 0
        if not OPEN & states(installation).keys():
            break
    assert states(installation) == {TouchState.HANDED_OVER: people}, left(installation)
    assert Counter(text["to"] for text in provider.texts()) == Counter(numbers)
    installation.store.engine.dispose()
    provider.stop()


@pytest.mark.heavy
def test_a_few_kills_answer_nobody_twice_and_forget_nobody(tmp_path: Path, now: datetime) -> None:
    try_killing(tmp_path, 60, [10, 35], now)


@pytest.mark.heavy
def test_many_kills_among_three_hundred_answers_answer_nobody_twice_and_forget_nobody(
    tmp_path: Path, now: datetime
) -> None:
    try_killing(tmp_path, 300, list(range(20, 280, 40)), now)
