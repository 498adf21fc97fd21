"""The set-up of a Prefect server for Kaartje, with its work pools, automations and checks.

Sources: Prefect's own manual on detecting zombie flow runs, on automations, and on the storage of concurrency leases.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import prefect
from prefect.automations import AutomationCore, EventTrigger, Posture, ResourceSpecification
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, DoNothing, SendNotification
from prefect.exceptions import ObjectNotFound
from prefect.workers.utilities import get_default_base_job_template_for_infrastructure_type

from operations.health_checks import CHECKS
from store.errors import BadInput
from store.sentences import Sentence

POOLS = {
    "kaartje": "passes, answers, imports and everything that needs no pool of its own",
    "kaartje-print": "composing of cards and letters",
    "kaartje-text": "sending of text messages, where the provider's account is",
    "kaartje-post": "hand-over to the print shop, where its server's key is",
}
"""The work pools by what their workers do, so that a secret lives only where it is used."""
HEARTBEAT = timedelta(seconds=30)
SILENT = 3 * HEARTBEAT
"""How long a run may be silent before its process is taken for dead; three heartbeats are missed by then."""
JOB_ENVIRONMENT = {
    "PREFECT_LOGGING_EXTRA_LOGGERS": "kaartje",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(int(HEARTBEAT.total_seconds())),
}
"""What every run is started with: the product's log in its own, and a sign of life."""
_RUN = "prefect.flow-run."
_MEMORY = "prefect.server.concurrency.lease_storage.memory"
_ON_DISK = "prefect.server.concurrency.lease_storage.filesystem"
_OURS = "Kaartje: "


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """Settings that a server was given, and those that its operator still has to make.

    Attributes:
        pools: The work pools that stand there now.
        automations: The automations, by name.
        made: Names of pools and automations that were not there before.
        remarks: What the server's own settings should be, in plain words.
    """

    pools: tuple[str, ...]
    automations: tuple[str, ...]
    made: tuple[str, ...]
    remarks: tuple[Sentence, ...]

    def as_data(self) -> dict[str, list[str]]:
        """Return it as plain data."""
        return {
            "pools": list(self.pools),
            "automations": list(self.automations),
            "made": list(self.made),
            "remarks": [str(each) for each in self.remarks],
        }


def set_up_server(*, notification: str = "") -> SetUp:
    """Give the server of `PREFECT_API_URL` its pools and automations. To do so again changes nothing.

    Args:
        notification: The block that an alert is sent by, as `type/name`; without one Prefect only shows it.

    Raises:
        BadInput: No server is named, it does not answer, or it has no such block.
    """
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        raise BadInput(
            problem="no Prefect server is named",
            remedy="start one and set PREFECT_API_URL, such as http://127.0.0.1:4200/api",
            field="PREFECT_API_URL",
        )
    try:
        return asyncio.run(_set_up(notification))
    except httpx.TransportError:
        raise BadInput(
            problem=Sentence("no Prefect server answers at {url}", url=url),
            remedy="start it, or correct PREFECT_API_URL",
            field="PREFECT_API_URL",
        ) from None


async def _set_up(notification: str) -> SetUp:
    async with get_client() as client:
        block = await _block(client, notification) if notification else None
        made = [name for name in POOLS if await _put_pool(client, name)]
        wanted = tuple(_automations(block))
        there = {each.name: each for each in await client.read_automations()}
        for each in wanted:
            if (former := there.get(each.name)) is None:
                await client.create_automation(each)
                made.append(each.name)
            else:
                await client.update_automation(former.id, each)
        remarks = await _remarks(client)
    return SetUp(
        pools=tuple(POOLS),
        automations=tuple(each.name for each in wanted),
        made=tuple(made),
        remarks=tuple(remarks),
    )


async def _put_pool(client: PrefectClient, name: str) -> bool:
    """Make a work pool or bring it up to date, and return whether it is new."""
    template = deepcopy(await get_default_base_job_template_for_infrastructure_type("process"))
    if template is None:
        raise RuntimeError("Prefect has no workers that start processes")
    template["variables"]["properties"]["env"]["default"] = JOB_ENVIRONMENT
    words = POOLS[name]
    try:
        former = await client.read_work_pool(name)
    except ObjectNotFound:
        new = WorkPoolCreate(
            name=name, type="process", description=words, base_job_template=template
        )
        await client.create_work_pool(new)
        return True
    if (former.description, former.base_job_template) != (words, template):
        change = WorkPoolUpdate(description=words, base_job_template=template)
        await client.update_work_pool(name, change)
    return False


async def _block(client: PrefectClient, notification: str) -> Any:
    kind, _, name = notification.partition("/")
    try:
        return (await client.read_block_document_by_name(name, kind)).id
    except ObjectNotFound:
        raise BadInput(
            problem=Sentence("the server has no block {name}", name=notification),
            remedy="make it on the page Blocks of Prefect, and write its type and name, such as slack-webhook/alerts",
            field="--notify-by",
        ) from None


def _automations(block: Any) -> Iterator[AutomationCore]:
    """Yield every automation: one that ends dead runs, and the alerts."""
    yield AutomationCore(
        name=f"{_OURS}a run whose process is gone",
        description="A run without a sign of life is marked as crashed. The database has what it did.",
        trigger=EventTrigger(
            # only a run that was running has a heartbeat, and each end of a run is awaited as well
            after={f"{_RUN}heartbeat"},
            expect={f"{_RUN}{name}" for name in ("heartbeat", *_ENDS)},
            for_each={"prefect.resource.id"},
            match=ResourceSpecification({"prefect.resource.id": f"{_RUN}*"}),
            posture=Posture.Proactive,
            threshold=1,
            within=SILENT,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED, message="Its process gives no sign of life any more."
            )
        ],
    )
    yield _alert(
        "runs begin late",
        "Three runs did not begin at their time within a quarter of an hour: is a worker there?",
        EventTrigger(
            expect={f"{_RUN}Late"},
            posture=Posture.Reactive,
            threshold=3,
            within=timedelta(minutes=15),
        ),
        block,
    )
    yield _alert(
        "a work pool has no worker",
        "Nobody does the work of this pool: start a worker on it.",
        EventTrigger(
            expect={"prefect.work-pool.not-ready"},
            match=ResourceSpecification({"prefect.resource.name": list(POOLS)}),
            posture=Posture.Reactive,
            threshold=1,
        ),
        block,
    )
    yield _alert(
        "a part of a run failed",
        "The event says what failed and why. All else was done.",
        EventTrigger(expect={"kaartje.part.failed"}, posture=Posture.Reactive, threshold=1),
        block,
    )
    for name, check in CHECKS.items():
        if check.quick:
            yield _alert(
                check.subject,
                "The event says what is wrong and what to do, as `kaartje doctor` does.",
                EventTrigger(
                    expect={f"kaartje.alert.{name}"}, posture=Posture.Reactive, threshold=1
                ),
                block,
            )


_ENDS = ("Completed", "Failed", "Crashed", "Cancelled", "Cancelling", "Paused", "Suspended")


def _alert(name: str, words: str, trigger: EventTrigger, block: Any) -> AutomationCore:
    """Return an automation that notifies somebody, or only shows the alert where there is no block."""
    action = (
        SendNotification(
            block_document_id=block,
            subject=f"{_OURS}{name}",
            body=words + "\n\n{{ event.payload }}",
        )
        if block
        else DoNothing()
    )
    return AutomationCore(
        name=f"{_OURS}{name}", description=words, trigger=trigger, actions=[action]
    )


async def _remarks(client: PrefectClient) -> Sequence[Sentence]:
    found = []
    server = str(await client.api_version())
    if server != prefect.__version__:
        found.append(
            Sentence(
                "The server is Prefect {theirs} and this machine has {ours}: give both the same.",
                theirs=server,
                ours=prefect.__version__,
            )
        )
    settings = (await client.request("GET", "/admin/settings")).json()
    if settings["server"]["concurrency"]["lease_storage"] == _MEMORY:
        found.append(
            Sentence(
                "The server keeps leases in memory and forgets them when it stops: start it with"
                " PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE={storage}.",
                storage=_ON_DISK,
            )
        )
    return found
