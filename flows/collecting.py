"""The flow `collect-replies`, which imports a file of calls, texts and returned mail."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.run_reports import name_with_file
from flows.task_installation import alone, current_watch, opened, plain, worth_another_try
from inbound import replies


@task(
    name="collect replies file",
    retries=1,
    retry_delay_seconds=30,
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def collect_file(file: str, refused: str | None) -> dict[str, Any]:
    """Collect one file of replies. A row that comes again is the same reply, so a retry is safe."""
    with opened() as installation, alone(installation.store, "a file is taken in"):
        counts: dict[str, Any] = plain(
            replies.import_replies(
                installation,
                Path(file),
                now=installation.now(),
                refused=Path(refused) if refused else None,
                watch=current_watch(),
            )
        )
    return counts


@flow(name="collect-replies", flow_run_name=name_with_file)
def collect_replies(file: str, refused: str | None = None) -> dict[str, Any]:
    """Collect the replies of `file` and return how many were matched, left to a person, and refused.

    Args:
        file: a CSV file of calls, texts, returned mail and visits to the counter.
        refused: where to write the refused rows with their reasons.
    """
    return collect_file(file, refused)
