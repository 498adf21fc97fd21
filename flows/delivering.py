"""Hand over everything that is due: settle what an earlier pass left open, then one task for each shard."""

from collections import Counter
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run
from prefect.tasks import exponential_backoff

from campaigns.delivery import dispatch
from campaigns.planning import lifecycle
from campaigns.post import pull_lists
from desk.cases import team_task_delivery
from desk.entries import answer_delivery
from desk.entries.outbound_calls import queue_handed_over
from flows.reconciling import hear, settle
from flows.task_installation import current_watch, opened, plain, worth_another_try


class ShardsFailed(Exception):
    """Some shards failed after all their tries; the others were delivered, and nothing was sent twice."""


@task(
    name="deliver shard",
    task_run_name="deliver {shard[channel]}: step {shard[step_id]}, wave {shard[wave_id]}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=5),
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def deliver_shard(shard: dict[str, Any], home: str | None, now: str | None) -> dict[str, int]:
    """Deliver one shard. A second try first settles what the first one left open, so it is always safe."""
    with opened(home, now) as installation:
        if task_run.run_count > 1:
            dispatch.reconcile(installation, now=installation.now(), watch=current_watch())
        done = dispatch.deliver_shard(
            installation, dispatch.Shard(**shard), now=installation.now(), watch=current_watch()
        )
    counts: dict[str, int] = plain(done)
    return counts


@task(name="launch what is scheduled", cache_policy=NO_CACHE)
def launch(home: str | None, now: str | None) -> None:
    """Launch every campaign whose approval said when, and when is now."""
    with opened(home, now) as installation:
        lifecycle.launch_due(installation, now=installation.now())


@task(
    name="hand over print runs",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=5),
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def hand_over(home: str | None, now: str | None) -> dict[str, int]:
    """Hand over every print run that the print shop has not yet. A run that broke off goes on where it did."""
    with opened(home, now) as installation:
        counts: dict[str, int] = plain(
            dispatch.hand_over(installation, now=installation.now(), watch=current_watch())
        )
    return counts


@task(name="ask pieces back", cache_policy=NO_CACHE)
def ask_back(home: str | None, now: str | None) -> None:
    """Ask the print shop for the pieces of whoever must not be reached any more; done twice, it asks once."""
    with opened(home, now) as installation:
        pull_lists.want_pulls(installation, now=installation.now())
        pull_lists.make_lists(installation, now=installation.now())


@task(name="finish what is done", cache_policy=NO_CACHE)
def finish(home: str | None, now: str | None) -> None:
    """Put what was handed over to be called in the desk's queue; finish campaigns with nothing left to hand over."""
    with opened(home, now) as installation:
        queue_handed_over(installation)
        with installation.store.writing() as connection:
            lifecycle.finish_done(connection, now=installation.now())


@task(
    name="answer",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=5),
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
)
def answer(home: str | None, now: str | None) -> dict[str, int]:
    """Deliver the answers to whoever texted; a second try first settles what the first one left open."""
    with opened(home, now) as installation:
        counts: dict[str, int] = plain(
            answer_delivery.deliver_answers(installation, now=installation.now())
        )
    return counts


@task(name="ask other teams", cache_policy=NO_CACHE)
def ask_teams(home: str | None, now: str | None) -> dict[str, int]:
    """Bring posts to the teams that are asked to take something up, and hear how far they are."""
    with opened(home, now) as installation:
        counts: dict[str, int] = plain(
            team_task_delivery.deliver_posts(installation, now=installation.now())
        )
    return counts


@task(name="find shards", cache_policy=NO_CACHE)
def find_shards(home: str | None, now: str | None) -> list[dict[str, Any]]:
    """Return every shard with something due: one step of one wave."""
    with opened(home, now) as installation:
        return [plain(shard) for shard in dispatch.open_shards(installation, installation.now())]


@flow(name="deliver")
def deliver(home: str | None = None, now: str | None = None) -> dict[str, int]:
    """Make one pass over everything due and return its counts. What came in goes first, and the answers: people wait.

    Args:
        home: the house's folder; by default what KAARTJE_HOME says.
        now: act as if it were this moment (ISO 8601); by default the machine's clock.

    Raises:
        ShardsFailed: some shards could not be delivered; the rest were.
    """
    hear(home, now)
    answers = answer(home, now, return_state=True)
    posts = ask_teams(home, now, return_state=True)
    launch(home, now)
    total = Counter(settle(home, now))
    ask_back(home, now)
    shards = find_shards(home, now)
    ends = [deliver_shard(shard, home, now, return_state=True) for shard in shards]
    total.update(hand_over(home, now))
    if failed := [end for end in (answers, posts, *ends) if not end.is_completed()]:
        raise ShardsFailed(f"{len(failed)} of {len(ends)} shards: {failed[0].message}")
    for end in (answers, posts, *ends):
        total.update(end.result())
    finish(home, now)
    return {**total, "shards": len(shards)}
