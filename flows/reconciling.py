"""The flow `reconcile`, the steps of a pass that settle what is open and hand nothing new over."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.delivering import concluded, ended, run_step
from flows.delivery_pass import RECONCILING, PassResult
from flows.run_reports import run_name, tell
from flows.task_installation import opened
from operations.health_checks import findings
from outcomes.effect_results import count_again

COUNT_EFFECTS = "count effects again"


@task(name=COUNT_EFFECTS, task_run_name=COUNT_EFFECTS, cache_policy=NO_CACHE)
def count_effects() -> PassResult:
    """Count the effects that somebody reads and that changed, so that the next reader need not wait."""
    with opened() as installation:
        count = count_again(installation, now=installation.now())
    return PassResult(counts={"effects": count})


@flow(name="reconcile", flow_run_name=run_name)
def reconcile() -> dict[str, int]:
    """Settle everything left open and return the counts.

    Raises:
        PassFailed: something could not be done; the rest was, and each failure is named.
    """
    total = PassResult()
    for step in RECONCILING:
        total += ended(run_step(step, return_state=True), step)
    total += ended(count_effects(return_state=True), COUNT_EFFECTS)
    with opened() as installation:
        for name, found in findings(installation, now=installation.now(), quick=True).items():
            for each in found:
                tell(f"alert.{name}", about=f"check.{name}", payload=each.as_data())
    return concluded(total)
