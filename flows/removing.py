"""The flow `remove`, which removes every night what has been kept for as long as it may be."""

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.run_reports import run_name
from flows.task_installation import alone, opened, plain, worth_another_try
from privacy import removal_runs
from store.audit_log import Decider
from store.states import Road

PERIODS = Decider("retention periods", road=Road.FLOW)
"""Nobody decides at night. What goes is what the body's own file of periods and holds says."""


@task(
    name="remove what is over",
    retries=1,
    retry_delay_seconds=60,
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def remove_what_is_over(*, dry_run: bool) -> dict[str, Any]:
    """Remove it in bounded transactions, or count it. What was removed stays removed, so a retry is safe."""
    with opened() as installation, alone(installation.store, "what is over is removed"):
        now = installation.now()
        report = (
            removal_runs.due(installation, now=now)
            if dry_run
            else removal_runs.remove(installation, by=PERIODS, now=now)
        )
    counts: dict[str, Any] = plain(report.as_data())
    return counts


@flow(name="remove", flow_run_name=run_name)
def remove(*, dry_run: bool = False) -> dict[str, Any]:
    """Remove what is over and return how much of what, with nobody in it.

    Without a file of periods nothing is over.

    Args:
        dry_run: only count what would be removed.
    """
    return remove_what_is_over(dry_run=dry_run)
