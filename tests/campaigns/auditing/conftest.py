"""A small campaign that went out by post, text and call, and what the provider has of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns.auditing.invariants import Findings
from installation.installation import Installation
from tests.conftest import NOW
from tests.faults.in_process import InProcess
from tests.faults.small_campaign import DUE, audited, copied, opened, prepare
from tests.passes import deliver


class Went:
    """A delivered campaign that can be looked at and spoiled."""

    def __init__(self, home: Path, provider: InProcess) -> None:
        self.provider = provider
        self.installation: Installation = opened(home, provider)
        self.outbox = self.installation.settings.outbox

    @property
    def run(self) -> Path:
        """The folder of the only print run."""
        (manifest,) = self.outbox.glob("*/manifest.csv")
        return manifest.parent

    def audit(self, *elsewhere: Path) -> Findings:
        return audited(self.installation, self.provider, *elsewhere)

    def breaches(self, *elsewhere: Path) -> set[str]:
        return {each.invariant.value for each in self.audit(*elsewhere).breaches}


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a launched campaign of which nothing went yet, to be copied."""
    return prepare(tmp_path_factory.mktemp("prepared") / "home", 9, now=NOW)


@pytest.fixture(scope="session")
def delivered(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, InProcess]:
    """A home folder of which everything went, and the provider that it went through."""
    provider = InProcess()
    home = copied(prepared_home, tmp_path_factory.mktemp("delivered") / "home")
    installation = opened(home, provider)
    assert deliver(installation, now=DUE).handed_over == 9
    with installation.store.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    installation.store.engine.dispose()
    return home, provider


@pytest.fixture
def went(delivered: tuple[Path, InProcess], tmp_path: Path) -> Iterator[Went]:
    home, provider = delivered
    went = Went(copied(home, tmp_path / "home"), provider.copied())
    yield went
    went.installation.store.engine.dispose()
