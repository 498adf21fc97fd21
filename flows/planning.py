"""The flow `plan`, a dry run of a campaign file that writes nothing."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from campaigns.planning import plans
from flows.run_reports import name_with_file
from flows.task_installation import opened, plain


@task(name="plan campaign", cache_policy=NO_CACHE)
def plan_file(file: str) -> dict[str, Any]:
    """Plan the campaign of `file` in one task, since the database judges everyone in sets."""
    with opened() as installation:
        counts: dict[str, Any] = plain(
            plans.plan(installation, Path(file), now=installation.now()).as_data()
        )
    return counts


@flow(name="plan", flow_run_name=name_with_file)
def plan(file: str) -> dict[str, Any]:
    """Return who would be reached, who is left out and why, and what it costs.

    Args:
        file: the campaign file.
    """
    return plan_file(file)
