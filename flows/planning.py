"""The flow `plan`, a dry run of a campaign file that writes nothing."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from campaigns.planning import plans
from flows.task_installation import opened, plain


@task(name="plan campaign", cache_policy=NO_CACHE)
def plan_file(file: str, home: str | None, now: str | None) -> dict[str, Any]:
    """Plan the campaign of `file` in one task, since the database judges everyone in sets."""
    with opened(home, now) as installation:
        counts: dict[str, Any] = plain(
            plans.plan(installation, Path(file), now=installation.now()).as_data()
        )
    return counts


@flow(name="plan")
def plan(file: str, home: str | None = None, now: str | None = None) -> dict[str, Any]:
    """Return who would be reached, who is left out and why, and what it costs.

    Args:
        file: the campaign file.
        home: the installation's folder; by default what KAARTJE_HOME says.
        now: act as if it were this moment (ISO 8601); by default the machine's clock.
    """
    return plan_file(file, home, now)
