"""Two machines with homes of their own: what each has is seen, and the audit counts as the provider does."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.auditing.invariants import Findings
from flows.delivery_pass import run_pass
from installation.installation import Installation
from tests.faults.in_process import InProcess
from tests.faults.small_campaign import DUE, audited, copied, opened


class Killed(BaseException):
    """The machine is gone at this moment."""


class Pair:
    """Two homes on one database, as two machines without a shared disk have."""

    def __init__(self, folder: Path, prepared: Path) -> None:
        self.provider = InProcess()
        home = copied(prepared, folder / "first")
        url = f"sqlite:///{home / 'kaartje.sqlite3'}"
        second = folder / "second"
        second.mkdir()
        shutil.copy(home / "installation.id", second)
        self.first = opened(home, self.provider, url=url)
        self.second = opened(second, self.provider, url=url)

    def finish(self, installation: Installation) -> None:
        for minutes in (20, 40, 60):
            run_pass(installation, now=DUE + timedelta(minutes=minutes))

    def audit(self) -> Findings:
        """Audit from the second home, with the outbox of the first."""
        later = DUE + timedelta(hours=2)
        return audited(self.second, self.provider, self.first.settings.outbox, now=later)

    def texted(self) -> Counter[str]:
        return Counter(each.to for each in self.provider.texts.by_sid.values())

    def close(self) -> None:
        for each in (self.first, self.second):
            each.store.engine.dispose()


@pytest.fixture
def pair(tmp_path: Path, prepared_home: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path, prepared_home)
    yield pair
    pair.close()


def named(found: Findings, invariant: str) -> set[str]:
    return {each.subject for each in found.breaches if each.invariant == invariant}


@pytest.mark.thorough
def test_a_run_that_left_a_machine_which_died_before_recording_it_is_named(pair: Pair) -> None:
    def watch(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("seal", total):
            raise Killed

    with suppress(Killed):
        run_pass(pair.first, now=DUE, watch=watch)
    left = {path.parent.name for path in pair.first.settings.outbox.glob("*/manifest.csv")}
    assert left
    pair.finish(pair.second)
    theirs = {path.parent.name for path in pair.second.settings.outbox.glob("*/manifest.csv")}
    assert named(pair.audit(), "RUN_NOT_RECORDED") == (left if theirs else set())


@pytest.mark.thorough
def test_who_is_texted_by_two_machines_at_once_is_named(pair: Pair) -> None:
    def second_machine_passes() -> None:
        if len(pair.provider.texts.by_sid) == 1:
            pair.provider.after = lambda: None
            pair.finish(pair.second)

    pair.provider.after = second_machine_passes
    run_pass(pair.first, now=DUE)
    pair.finish(pair.first)
    twice = sum(count - 1 for count in pair.texted().values())
    assert len(named(pair.audit(), "TEXT_TWICE")) == twice
