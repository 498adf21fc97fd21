"""Two machines on a real PostgreSQL: one is killed or cut off, the other goes on, and the audit is clean.

More of them, drawn from seeds, are played by `python -m tests.faults.machines`.
"""

from pathlib import Path

import pytest

from tests.faults.machines import Trial, installed, play

TRIALS = (
    Trial(sign="claim"),
    Trial(sign="record", nth=2),
    Trial(sign="send"),
    Trial(sign="record"),
    Trial(sign="send", fault="sessions"),
    Trial(sign="record", fault="sessions"),
    Trial(sign="seal", nth=2),
    Trial(sign="seal", nth=2, homes=1),
)


@pytest.mark.heavy
@pytest.mark.alone
@pytest.mark.parametrize(
    "trial", TRIALS, ids=lambda each: f"{each.fault}-{each.sign}-{each.nth}-{each.homes}-homes"
)
def test_after_a_fault_of_one_machine_another_loses_nobody_and_doubles_nobody(
    tmp_path: Path, postgres_url: str, trial: Trial
) -> None:
    with installed(tmp_path, postgres_url, trial) as installation:
        assert play(installation, trial) == []
