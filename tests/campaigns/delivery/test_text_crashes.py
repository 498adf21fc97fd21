"""Kill a sender of texts anywhere, with a provider that fails in every way: nobody gets two, nobody is lost.

Meanwhile it serves webhooks, and processes what the provider reports: twice, turned about, late, or never.
"""

import csv
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select

from inbound.polling import poll
from installation.installation import Installation, open_installation
from installation.settings import Settings
from people.columns import COLUMNS
from people.importing import import_people
from store.clock import FixedClock, SystemClock, parse_moment
from store.states import TouchState
from store.tables import Delivery, PersonNumber, ProviderEvent, Touch
from tests.channels.sms import simulated
from tests.served import Served, free_port
from tests.stories import campaign_file, launched

DUE = parse_moment("2023-06-06T09:00")
LATEST = 4.0  # seconds: the last report is no later
SOON = 240.0
SECRET = "a key for tests only, nobody has another"
FAULTS = """\
hang_share = 0.05
hang = 2.5
error_share = 0.05
drop_share = 0.02
too_many_share = 0.03
retry_after = 0.1
landline_share = 0.01
double_share = 0.1
reorder_share = 0.2
late_share = 0.05
late = 3
lost_share = 0.02
"""
ENDED = frozenset({TouchState.DELIVERED, TouchState.FAILED, TouchState.WITHHELD})
SETTLED = ENDED | {TouchState.HANDED_OVER}


class Trial:
    """One installation of which senders are killed, and the provider that it texts through."""

    def __init__(self, folder: Path, people: int, *, now: datetime) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        faults = folder / "faults.toml"
        faults.write_text(FAULTS)
        self.provider = simulated.Provider("--seed", "5", faults=faults)
        port = free_port()
        self.accounts = simulated.accounts(
            self.provider,
            self.home,
            sms_timeout="1",
            sms_patience="2",
            sms_at_once="16",
            public_url=f"http://127.0.0.1:{port}",
        )
        self.passes = 0
        installation = self.open()
        populate(installation, people, now=now)
        arms = "  - {name: text, share: 100, steps: [{channel: sms, template: text-invitation}]}"
        launched(installation, campaign_file(self.home, where="has(sms)", arms=arms), now=now)
        installation.store.engine.dispose()
        self.served = Served(self.home, port, **self.accounts)

    def open(self) -> Installation:
        settings = Settings(home=self.home, secret=SECRET, **self.accounts)
        return open_installation(settings, clock=FixedClock(DUE), draws=Random(1))

    def hear_everything(self) -> None:
        """Wait for the reports that come, and ask the provider for those that were lost on their way."""
        ends = monotonic() + SOON
        received = -1
        while received != (now := self.received()):
            assert monotonic() < ends, f"{now} heard"
            received = now
            sleep(LATEST)
        self.served.stop()
        installation = self.open()
        # texts went by the installation's clock; those of which a report came first, by that of the machine
        for clock in (DUE, SystemClock().now()):
            poll(installation, now=clock + timedelta(days=1), most=10_000)
        installation.store.engine.dispose()

    def received(self) -> int:
        """Return how many reports were put down; something else each time while some wait to be applied."""
        installation = self.open()
        with installation.store.reading() as connection:
            unheard = connection.execute(
                select(ProviderEvent.id).where(ProviderEvent.outcome.is_(None)).limit(1)
            )
            waits = unheard.first() is not None
            count = connection.execute(select(func.count()).select_from(ProviderEvent)).scalar_one()
        installation.store.engine.dispose()
        return -int(monotonic() * 1000) if waits else count

    def deliver(self) -> "subprocess.Popen[str]":
        """Start one pass; each is a little later, as passes are."""
        at = DUE + timedelta(minutes=self.passes)
        self.passes += 1
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KAARTJE_", "COV"))
        }
        ours = {f"KAARTJE_{name.upper()}": value for name, value in self.accounts.items()}
        return subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from tests.every_sign import run; run()",
                "deliver",
                "--now",
                at.isoformat(),
            ],
            env={**kept, **ours, "KAARTJE_HOME": str(self.home), "KAARTJE_SECRET": SECRET},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill_after(self, events: int) -> None:
        """Kill a pass at its so-manieth sign of progress."""
        with self.deliver() as process:
            assert process.stderr is not None
            for seen, _ in enumerate(progress(process.stderr), 1):
                if seen == events:
                    process.send_signal(signal.SIGKILL)
                    break
            last_words = process.stderr.read()
        assert process.returncode == -signal.SIGKILL, last_words

    def deliver_to_the_end(self, most: int) -> None:
        """Make passes until nothing is open."""
        for _ in range(most):
            with self.deliver() as process:
                _, said = process.communicate()
            failed = [line for line in said.splitlines() if line.startswith("failed: ")]
            # a provider that fails in every way may be away for a while, and a pass says so
            assert all("(sms, campaign cards" in line for line in failed), said
            assert process.returncode == bool(failed), said
            # reports may settle the last text of a batch before a pass comes to close the batch itself
            if self.states().keys() <= SETTLED and not self.open_batches():
                return
        raise AssertionError(f"still open after {most} passes: {self.states()}")

    def states(self) -> Counter[TouchState]:
        installation = self.open()
        with installation.store.reading() as connection:
            counted = Counter(connection.execute(select(Touch.state)).scalars())
        installation.store.engine.dispose()
        return counted

    def open_batches(self) -> list[int]:
        installation = self.open()
        with installation.store.reading() as connection:
            found = list(
                connection.execute(select(Delivery.id).where(Delivery.state == "open")).scalars()
            )
        installation.store.engine.dispose()
        return found

    def assert_everyone_got_one_text_or_a_reason(self) -> None:
        installation = self.open()
        with installation.store.reading() as connection:
            rows = connection.execute(
                select(PersonNumber.e164, Touch.state, Touch.reason).join(
                    Touch, Touch.person_id == PersonNumber.person_id
                )
            ).all()
        installation.store.engine.dispose()
        got = Counter(text["to"] for text in self.provider.texts())
        assert set(got.values()) == {1}, "somebody got two"
        assert {row.e164 for row in rows if row.state is TouchState.DELIVERED} == set(got)
        assert all(row.reason for row in rows if row.state is not TouchState.DELIVERED)
        assert {row.state for row in rows} <= ENDED
        assert {row.reason for row in rows if row.state is TouchState.FAILED} <= {"21614"}
        assert not self.open_batches()


def progress(lines: Iterator[str]) -> Iterator[str]:
    return (line for line in lines if line.startswith("progress: "))


def populate(installation: Installation, people: int, *, now: datetime) -> None:
    """Import people who all live alone and have a mobile number of their own, with nothing against them."""
    file = installation.settings.home / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, COLUMNS, restval="")
        rows.writeheader()
        for n in range(people):
            rows.writerow(
                {
                    "person_ref": f"P{n:06}",
                    "initials": "T.",
                    "family_name": "Proef",
                    "birth_date": "1980-05-17",
                    "gender": "V",
                    "language": "nl",
                    "street": "Verzonnenlaan",
                    "house_number": n // 9000 + 1,
                    "postcode": f"{1000 + n % 9000}AB",
                    "town": "Utrecht",
                    "country": "NL",
                    "phone": f"061{n:07}",
                    "address_under_investigation": "N",
                    "secret_address": "0",
                }
            )
    assert (
        import_people(installation.store, file, key=installation.settings.key(), now=now).added
        == people
    )


def try_killing(tmp_path: Path, people: int, kills: int, events: int, now: datetime) -> None:
    trial = Trial(tmp_path, people, now=now)
    draws = Random(20)
    for _ in range(kills):
        trial.kill_after(draws.randint(2, events))
    trial.deliver_to_the_end(14)
    trial.hear_everything()
    trial.assert_everyone_got_one_text_or_a_reason()


@pytest.mark.heavy
def test_a_few_kills_text_nobody_twice_and_lose_nobody(tmp_path: Path, now: datetime) -> None:
    try_killing(tmp_path, 250, 3, 12, now)


@pytest.mark.heavy
@pytest.mark.alone
def test_twenty_kills_among_three_thousand_texts_text_nobody_twice_and_lose_nobody(
    tmp_path: Path, now: datetime
) -> None:
    try_killing(tmp_path, 3_000, 20, 75, now)
