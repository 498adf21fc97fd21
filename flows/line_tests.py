"""The flow `test-lines`, which calls every phone line once a week, as a citizen would."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from desk.line import line_tests
from flows.task_installation import opened, plain


@task(name="call every line", cache_policy=NO_CACHE)
def call_lines(home: str | None, now: str | None) -> dict[str, int]:
    """Place the calls. There is no retry: a call that failed is reported, and a second one costs."""
    with opened(home, now) as installation:
        counts: dict[str, int] = plain(line_tests.test_all(installation, now=installation.now()))
    return counts


@flow(name="test-lines")
def call_every_line(home: str | None = None, now: str | None = None) -> dict[str, int]:
    """Call every line and return how many are being called and how many could not be.

    Without a telephone nobody is called.

    Args:
        home: the installation's folder; by default what KAARTJE_HOME says.
        now: act as if it were this moment (ISO 8601); by default the machine's clock.
    """
    return call_lines(home, now)
