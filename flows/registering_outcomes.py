"""The flow `outcomes`, which imports a file of what the body's registers say became of people."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.run_reports import name_with_file
from flows.task_installation import alone, current_watch, opened, plain, worth_another_try
from outcomes.outcome_imports import import_outcomes


@task(
    name="import outcomes file",
    retries=1,
    retry_delay_seconds=30,
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def import_outcomes_file(file: str, refused: str | None) -> dict[str, Any]:
    """Import one file of outcomes. A row that comes again changes nothing, so a retry is safe."""
    with opened() as installation, alone(installation.store, "a file is taken in"):
        report = import_outcomes(
            installation,
            Path(file),
            now=installation.now(),
            refused=Path(refused) if refused else None,
            watch=current_watch(),
        )
    counts: dict[str, Any] = plain(report.as_data())
    return counts


@flow(name="outcomes", flow_run_name=name_with_file)
def outcomes(file: str, refused: str | None = None) -> dict[str, Any]:
    """Import the outcomes of `file` and return how many were new, known, waiting and refused.

    Args:
        file: a CSV file of returns filed, appointments, debts arranged and the like.
        refused: where to write the refused rows with their reasons.
    """
    return import_outcomes_file(file, refused)
