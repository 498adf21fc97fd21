"""The flow `test-lines`, which calls every phone line once a week, as a citizen would."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from desk.line import line_tests
from flows.run_reports import run_name
from flows.task_installation import opened, plain


@task(name="call every line", cache_policy=NO_CACHE)
def call_lines() -> dict[str, int]:
    """Place the calls. There is no retry: a call that failed is reported, and a second one costs."""
    with opened() as installation, installation.store.holding("lines are tested") as mine:
        if not mine:  # somebody's calls are being placed at this moment
            return {}
        counts: dict[str, int] = plain(line_tests.test_all(installation, now=installation.now()))
    return counts


@flow(name="test-lines", flow_run_name=run_name)
def call_every_line() -> dict[str, int]:
    """Call every line and return how many are being called and how many could not be.

    Without a telephone nobody is called.

    """
    return call_lines()
