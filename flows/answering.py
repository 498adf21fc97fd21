"""The flow `answer`, the steps of a pass that answer citizens, every minute and at any hour."""

from prefect import flow

from flows.delivering import concluded, ended, run_step
from flows.delivery_pass import ANSWERING, PassResult
from flows.run_reports import run_name


@flow(name="answer", flow_run_name=run_name)
def answer() -> dict[str, int]:
    """Process what came in, answer it, and return the counts.

    Raises:
        PassFailed: something could not be done; the rest was, and each failure is named.
    """
    total = PassResult()
    for step in ANSWERING:
        total += ended(run_step(step, return_state=True), step)
    return concluded(total)
