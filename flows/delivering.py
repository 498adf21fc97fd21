"""The flow `deliver`, a pass with a task for each of its steps and for each shard."""

from datetime import timedelta
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import task_run
from prefect.tasks import exponential_backoff

from campaigns.delivery.claiming import open_shards
from campaigns.planning import lifecycle
from campaigns.touches.occasions import Shard, name_of_shard
from flows import delivery_pass
from flows.delivery_pass import (
    DELIVER_SHARDS,
    HAND_OVER,
    RECONCILE,
    STEPS,
    Failure,
    PassFailed,
    PassResult,
)
from flows.run_reports import progress_bar, run_name, show_pass, tell
from flows.spreading import start_once, start_slices
from flows.task_installation import current_watch, opened, plain, worth_another_try
from store.plain_errors import why_it_failed

_earlier_tries: dict[str, PassResult] = {}
"""Results of the earlier tries of a task by the id of its run, so that counts are of all tries."""


def _try_again(task: Any, run: Any, state: State[PassResult]) -> bool:
    """Say whether a part of a pass may do better at once, and keep the counts of a shard's try."""
    match state.result(raise_on_failure=False):
        case PassFailed(result=done):
            if "shards" not in done.counts or all(each.foreseen for each in done.failures):
                return False
            counts = {name: count for name, count in done.counts.items() if name != "shards"}
            _earlier_tries[str(run.id)] = PassResult(counts=counts)
            return True
        case _:
            return worth_another_try(task, run, state)


@task(
    name="deliver shard",
    task_run_name="deliver {called}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=5),
    retry_condition_fn=_try_again,
    cache_policy=NO_CACHE,
)
def deliver_shard(
    shard: dict[str, Any], called: str, longest: timedelta | None = None
) -> PassResult:
    """Deliver one shard. A second try first settles what the first one left open, so it is always safe."""
    total = _earlier_tries.pop(task_run.id, PassResult())
    bar = progress_bar(current_watch(), size=shard["size"], words=called)
    with opened() as installation, bar as watch:
        moment = installation.now()
        if task_run.run_count > 1:
            step = delivery_pass.step_named(RECONCILE)
            settled = delivery_pass.run_step(installation, step, now=moment, watch=watch)
            total += delivery_pass.of_campaign(installation, Shard(**shard), settled)
        total += delivery_pass.run_shard(
            installation, Shard(**shard), now=moment, watch=watch, longest=longest
        )
    if total.failures:
        raise PassFailed(total)
    return total


@task(name="find shards", task_run_name="find shards", cache_policy=NO_CACHE)
def find_shards() -> list[dict[str, Any]]:
    """Return every shard (one step of one wave) with something due, with its campaign and its name."""
    with opened() as installation:
        shards = open_shards(installation, installation.now())
        with installation.store.reading() as connection:
            return [
                {
                    "shard": plain(shard),
                    "campaign": lifecycle.name_of(connection, shard.campaign_id),
                    "called": name_of_shard(connection, shard),
                }
                for shard in shards
            ]


@task(
    name="pass step",
    task_run_name="{step}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=5),
    retry_condition_fn=_try_again,
    cache_policy=NO_CACHE,
)
def run_step(step: str) -> PassResult:
    """Run one step of a pass by its name. Every step is safe to repeat."""
    with opened() as installation:
        done = delivery_pass.run_step(
            installation,
            delivery_pass.step_named(step),
            now=installation.now(),
            watch=current_watch(),
        )
    if done.failures:
        raise PassFailed(done)
    return done


@flow(name="deliver", flow_run_name=run_name)
def deliver(*, spread: bool = False) -> dict[str, int]:
    """Make one pass over everything due and return its counts.

    Args:
        spread: start deployments that deliver the shards and hand print runs over, on whichever workers are free,
            where this run would do it by itself.

    Raises:
        PassFailed: something could not be done; the rest was, and each failure is named.
    """
    with opened() as installation:
        began, total = installation.now(), PassResult()
        for step in STEPS:
            if step.name == DELIVER_SHARDS:
                total += _deliver_shards(spread=spread)
            elif spread and step.name == HAND_OVER:
                total += ended(ask_to_hand_over(return_state=True), step.name)
            else:
                total += ended(run_step(step.name, return_state=True), step.name)
        show_pass(installation, total, since=began)
    return concluded(total)


@task(name="start slices", task_run_name="start slices", cache_policy=NO_CACHE)
def spread_out(shards: list[dict[str, Any]]) -> PassResult:
    """Start runs that deliver the shards."""
    return start_slices(shards)


@task(name="start hand-over", task_run_name="start hand-over", cache_policy=NO_CACHE)
def ask_to_hand_over() -> PassResult:
    """Start a run that hands print runs over."""
    return start_once("hand-over/hand-over")


def _deliver_shards(*, spread: bool) -> PassResult:
    try:
        shards = find_shards()
    except Exception as error:  # noqa: BLE001  whatever it was, the steps after this one run
        return _failed(DELIVER_SHARDS, why_it_failed(error))
    if spread:
        return ended(spread_out(shards, return_state=True), DELIVER_SHARDS)
    total = PassResult(counts={"shards": 0})
    for each in shards:
        tags = (f"campaign:{each['campaign']}", f"channel:{each['shard']['channel']}")
        one = deliver_shard.with_options(tags=tags)
        total += ended(one(each["shard"], each["called"], return_state=True), DELIVER_SHARDS)
    return total


def ended(state: State[PassResult], step: str) -> PassResult:
    """Return what a task came to, also where it failed after all its tries."""
    match state.result(raise_on_failure=False):
        case PassResult() as done:
            return done
        case PassFailed(result=done):
            return done
        case Exception() as error:
            return _failed(step, why_it_failed(error))
        case _:
            return _failed(step, state.message or f"it ended as {state.name}")


def _failed(step: str, reason: str) -> PassResult:
    return PassResult(failures=(Failure(step=step, reason=reason),))


def concluded(total: PassResult) -> dict[str, int]:
    """Return the counts of a run, and tell them and each failure as events.

    Raises:
        PassFailed: something in it failed.
    """
    if any(total.counts.values()):
        tell("run.ended", about="deliveries", payload=total.counts)
    for each in total.failures:
        about = f"campaign.{each.campaign}" if each.campaign else "deliveries"
        tell("part.failed", about=about, payload=each.as_data())
    if total.failures:
        raise PassFailed(total)
    return dict(total.counts)
