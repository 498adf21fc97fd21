"""The flow `import-people`, which imports a file of people."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.run_reports import name_with_file
from flows.task_installation import alone, current_watch, opened, plain, worth_another_try
from people import importing


@task(
    name="import people file",
    retries=1,
    retry_delay_seconds=30,
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def import_file(file: str, map_file: str | None, refused: str | None) -> dict[str, Any]:
    """Import one file in chunks. Importing it again changes nothing, so a retry is safe."""
    with opened() as installation, alone(installation.store, "a file is taken in"):
        counts: dict[str, Any] = plain(
            importing.import_people(
                installation.store,
                Path(file),
                key=installation.settings.key(),
                joint=installation.settings.joint_key(),
                now=installation.now(),
                map=Path(map_file) if map_file else None,
                refused=Path(refused) if refused else None,
                watch=current_watch(),
            )
        )
    return counts


@flow(name="import-people", flow_run_name=name_with_file)
def import_people(
    file: str,
    map_file: str | None = None,
    refused: str | None = None,
) -> dict[str, Any]:
    """Import the people of `file` and return how many were added, updated, unchanged and refused.

    Args:
        file: a CSV file, ours or a source's own.
        map_file: the map of a source's own columns.
        refused: where to write the refused rows with their reasons.
    """
    return import_file(file=file, map_file=map_file, refused=refused)
