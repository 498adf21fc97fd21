"""On several machines the audit holds the store of files against what was recorded, whoever made the files."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from campaigns.auditing.invariants import Findings
from store.states import DeliveryState
from store.tables import Delivery, SealedBatch
from tests.conftest import NOW
from tests.faults.in_process import InProcess
from tests.faults.small_campaign import DUE, audited, opened, prepare
from tests.passes import deliver

pytestmark = pytest.mark.postgres


def test_files_that_another_machine_made_are_audited_in_the_store(
    tmp_path: Path, postgres_url: str
) -> None:
    provider, files = InProcess(), tmp_path / "files"
    files.mkdir()
    one = prepare(tmp_path / "one", 9, now=NOW, url=postgres_url, files=files)
    other = tmp_path / "other"
    other.mkdir()
    first = opened(one, provider, url=postgres_url, files=files)
    assert deliver(first, now=DUE).handed_over == 9
    first.store.engine.dispose()
    second = opened(other, provider, url=postgres_url, files=files)

    def audit() -> Findings:
        return audited(second, provider, now=DUE + timedelta(hours=1))

    clean = audit()
    assert (clean.breaches, clean.under_way, clean.failed) == ((), (), ())
    assert clean.compared["stored_files"] == 5
    kept = sorted(path for path in files.rglob("*") if path.is_file())
    kept[0].unlink()
    kept[1].chmod(0o600)
    kept[1].write_bytes(b"another")
    seen = {each.invariant.value for each in audit().breaches}
    assert seen == {"FILE_GONE", "FILE_CHANGED"}
    second.store.engine.dispose()


def test_a_list_of_calls_that_was_taken_back_before_it_left_is_no_breach(
    tmp_path: Path, postgres_url: str
) -> None:
    provider = InProcess()
    home = prepare(tmp_path / "one", 9, now=NOW, url=postgres_url)
    installation = opened(home, provider, url=postgres_url)
    assert deliver(installation, now=DUE).handed_over == 9
    with installation.store.writing() as connection:
        calls = select(Delivery.__table__).where(Delivery.channel == "call")
        row = dict(connection.execute(calls).one()._mapping)
        del row["id"]
        taken_back = {**row, "key": "cards-w1-000099", "state": DeliveryState.TAKEN_BACK}
        connection.execute(insert(Delivery).values(taken_back))
        sealed = {"key": "cards-w1-000099", "seal": "void\n", "sealed_at": DUE}
        connection.execute(insert(SealedBatch).values(sealed))
    assert audited(installation, provider).breaches == ()
    installation.store.engine.dispose()
