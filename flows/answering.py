"""The flow `answer`, the steps of a pass that answer citizens, every minute and at any hour."""

from prefect import flow

from flows.delivering import counts_of, ended, run_step
from flows.delivery_pass import ANSWERING, PassResult


@flow(name="answer")
def answer() -> dict[str, int]:
    """Process what came in, answer it, and return the counts.

    Raises:
        PassFailed: something could not be done; the rest was, and each failure is named.
    """
    total = PassResult()
    for step in ANSWERING:
        total += ended(run_step(step, return_state=True), step)
    return counts_of(total)
