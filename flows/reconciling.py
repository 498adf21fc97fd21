"""Settle what is unknown: batches whose sender died, and touches of which nobody knows whether they went."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from campaigns import delivery
from flows.opening import current_watch, opened, plain
from inbound.polling import poll
from inbound.receipts import apply_receipts


@task(name="settle", retries=2, retry_delay_seconds=[5, 30], cache_policy=NO_CACHE)
def settle(home: str | None, now: str | None) -> dict[str, int]:
    """Ask every channel what became of the batches left open, and of texts that stay silent.

    What providers told by themselves comes first. Asking twice changes nothing.
    """
    with opened(home, now) as house:
        apply_receipts(house, now=house.now())
        counts: dict[str, int] = plain(delivery.reconcile(house, now=house.now(), watch=current_watch()))
        counts.update(plain(poll(house, now=house.now())))
    return counts


@flow(name="reconcile")
def reconcile(home: str | None = None, now: str | None = None) -> dict[str, int]:
    """Settle everything left open and return the counts.

    Args:
        home: the house's folder; by default what KAARTJE_HOME says.
        now: act as if it were this moment (ISO 8601); by default the machine's clock.
    """
    return settle(home, now)
