"""Settle what is unknown: batches whose sender died, and touches of which nobody knows whether they went."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from campaigns.delivery import dispatch
from flows.task_installation import current_watch, opened, plain
from inbound.event_worker import process_events
from inbound.polling import poll
from inbound.post.answer_server import fetch_if_any


@task(name="hear", retries=2, retry_delay_seconds=[5, 30], cache_policy=NO_CACHE)
def hear(home: str | None, now: str | None) -> None:
    """Let everything follow from what providers told us by themselves; done twice, it follows once."""
    with opened(home, now) as installation:
        process_events(installation)


@task(name="settle", retries=2, retry_delay_seconds=[5, 30], cache_policy=NO_CACHE)
def settle(home: str | None, now: str | None) -> dict[str, int]:
    """Ask every channel what became of the batches left open and of silent texts, and fetch what the print shop says.

    Asking twice changes nothing.
    """
    with opened(home, now) as installation:
        counts: dict[str, int] = plain(
            dispatch.reconcile(installation, now=installation.now(), watch=current_watch())
        )
        counts.update(poll(installation, now=installation.now()).counts())
        counts.update(fetch_if_any(installation, now=installation.now()))
    return counts


@flow(name="reconcile")
def reconcile(home: str | None = None, now: str | None = None) -> dict[str, int]:
    """Settle everything left open and return the counts.

    Args:
        home: the house's folder; by default what KAARTJE_HOME says.
        now: act as if it were this moment (ISO 8601); by default the machine's clock.
    """
    hear(home, now)
    return settle(home, now)
