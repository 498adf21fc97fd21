"""The flow `dispatch`, which delivers of one shard for a while, beside others of its kind."""

from datetime import timedelta
from typing import Any

from prefect import flow
from prefect.runtime import flow_run

from flows.delivering import concluded, deliver_shard, ended
from flows.delivery_pass import DELIVER_SHARDS
from flows.run_reports import run_name, show_pass
from flows.task_installation import opened

LONGEST = timedelta(minutes=10)
"""After which a slice claims no further batch; the next pass starts another where something is left."""


def _name() -> str:
    return f"{run_name()}: {flow_run.parameters.get('called', '')}"


@flow(name="dispatch", flow_run_name=_name)
def dispatch(shard: dict[str, Any], called: str) -> dict[str, int]:
    """Deliver what is due of a shard, batch by batch, and return the counts.

    Each batch is claimed in the database, so any number of these may run at once on any machines.

    Args:
        shard: its numbers, as `find_shards` returns them.
        called: its name in words.

    Raises:
        PassFailed: something could not be done; each failure is named.
    """
    with opened() as installation:
        began = installation.now()
        state = deliver_shard(shard, called, longest=LONGEST, return_state=True)
        total = ended(state, DELIVER_SHARDS)
        show_pass(installation, total, since=began)
    return concluded(total)
