"""Slices of a pass, started as runs of their own deployments, on whichever workers are free."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run

from channels import KINDS
from flows.delivery_pass import PassResult
from store.errors import BadInput
from store.sentences import Sentence

SLICE = {"post": 20_000, "text": 10_000, "call": 10_000}
"""People for each slice by what a channel reaches: minutes of work, so that starting one costs little."""
MOST_OF_A_SHARD, MOST_WAITING = 8, 100
"""How many slices work at one shard at a time, and how many of a deployment may wait for a worker."""
_DEPLOYMENTS = {"post": "dispatch/print", "text": "dispatch/text", "call": "dispatch/control"}
_WAITING = (StateType.SCHEDULED, StateType.PENDING)
_ALIVE = (*_WAITING, StateType.RUNNING)


def deployment_of(channel: str) -> str:
    """Return the deployment that delivers a channel: its pool has the workers with the right secrets."""
    return _DEPLOYMENTS[KINDS[channel].reaches]


def start_slices(shards: Sequence[dict[str, Any]]) -> PassResult:
    """Start as many slices as each shard can use, and count them. None waits for its end.

    A shard at which enough slices work already is given no more, and a deployment of which a hundred wait gets no
    more either: the next pass looks again.
    """
    with get_client(sync_client=True) as client:
        started = sum(_start(client, each) for each in shards)
    return PassResult(counts={"shards": len(shards), "slices": started})


def start_once(deployment: str) -> PassResult:
    """Start a run of a deployment, unless one waits already, and count it."""
    with get_client(sync_client=True) as client:
        found = _deployed(client, deployment)
        if _count(client, found.id, _WAITING):
            return PassResult(counts={"started": 0})
        client.create_flow_run_from_deployment(found.id, idempotency_key=_key(deployment))
    return PassResult(counts={"started": 1})


def _start(client: SyncPrefectClient, each: dict[str, Any]) -> int:
    shard, campaign = each["shard"], each["campaign"]
    deployment = _deployed(client, deployment_of(shard["channel"]))
    mine = f"shard:{shard['step_id']}-{shard['wave_id']}"
    wanted = min(MOST_OF_A_SHARD, ceil(shard["size"] / SLICE[KINDS[shard["channel"]].reaches]))
    wanted -= _count(client, deployment.id, _ALIVE, tags=(mine,))
    room = MOST_WAITING - _count(client, deployment.id, _WAITING)
    slices = range(min(wanted, room))
    for number in slices:
        client.create_flow_run_from_deployment(
            deployment.id,
            parameters={"shard": shard, "called": each["called"]},
            tags=[mine, f"campaign:{campaign}", f"channel:{shard['channel']}"],
            idempotency_key=_key(f"{mine}-{number}"),
        )
    return len(slices)


def _deployed(client: SyncPrefectClient, name: str) -> DeploymentResponse:
    try:
        return client.read_deployment_by_name(name)
    except ObjectNotFound:
        raise BadInput(
            Sentence("the Prefect server has no deployment {name}", name=name),
            "run `kaartje prefect set-up` and `prefect deploy --all`",
        ) from None


def _key(of: str) -> str:
    """Return a key by which a pass that is tried again starts nothing twice."""
    return f"{flow_run.id}:{of}"


def _count(
    client: SyncPrefectClient,
    deployment: Any,
    states: Iterable[StateType],
    *,
    tags: tuple[str, ...] = (),
) -> int:
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=[deployment]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))),
            tags=FlowRunFilterTags(all_=list(tags)) if tags else None,
        ),
        limit=MOST_WAITING,
    )
    return len(runs)
