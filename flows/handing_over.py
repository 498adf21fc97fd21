"""The flow `hand-over`, which brings finished print runs to the print shop."""

from prefect import flow

from flows.delivering import concluded, ended, run_step
from flows.delivery_pass import HAND_OVER
from flows.run_reports import run_name


@flow(name="hand-over", flow_run_name=run_name)
def hand_over() -> dict[str, int]:
    """Hand over every print run that is made, and return the counts.

    Raises:
        PassFailed: a run could not be handed over; the others were, and each failure is named.
    """
    return concluded(ended(run_step(HAND_OVER, return_state=True), HAND_OVER))
