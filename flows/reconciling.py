"""The flow `reconcile`, the steps of a pass that settle what is open and hand nothing new over."""

from prefect import flow

from flows.delivering import counts_of, ended, run_step
from flows.delivery_pass import RECONCILING, PassResult


@flow(name="reconcile")
def reconcile(home: str | None = None, now: str | None = None) -> dict[str, int]:
    """Settle everything left open and return the counts.

    Args:
        home: the installation's folder; by default what KAARTJE_HOME says.
        now: act as if it were this moment (ISO 8601); by default the machine's clock.

    Raises:
        PassFailed: something could not be done; the rest was, and each failure is named.
    """
    total = PassResult()
    for step in RECONCILING:
        total += ended(run_step(step, home, now, return_state=True), step)
    return counts_of(total)
