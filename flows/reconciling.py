"""The flow `reconcile`, the steps of a pass that settle what is open and hand nothing new over."""

from prefect import flow

from flows.delivering import counts_of, ended, run_step
from flows.delivery_pass import RECONCILING, PassResult


@flow(name="reconcile")
def reconcile() -> dict[str, int]:
    """Settle everything left open and return the counts.

    Raises:
        PassFailed: something could not be done; the rest was, and each failure is named.
    """
    total = PassResult()
    for step in RECONCILING:
        total += ended(run_step(step, return_state=True), step)
    return counts_of(total)
