"""Release a run for the press: a second person signs the press proof, once the shop's receipt agrees."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from campaigns.acts import Decider, record
from campaigns.differing import UNSIGNED, explain
from campaigns.house import House
from campaigns.stops import is_frozen
from campaigns.tracking import advance, find_run
from channels.outbox import write_synced
from store.errors import BadInput
from store.states import RunState
from store.tables import PrintFile

RELEASE = "release.json"


def sign(house: House, key: str, *, by: Decider, now: datetime) -> None:
    """Sign the press proof of a run, and put the release in its folder: without it the shop does not print.

    Raises:
        BadInput: there is no such run, its receipt is not there or does not agree, it is signed already, an incident
            holds it, or `by` submitted the campaign.
    """
    with house.store.writing() as connection:
        run = find_run(connection, key)
        if is_frozen(connection, run.campaign_id):
            raise BadInput(f"an incident holds {run.name}", "close it first: kaartje post incident list", field=key)
        signed(connection, run, by=by, now=now)
    publish(house, key)


def signed(connection: Connection, run: Any, *, by: Decider, now: datetime, told: str | None = None) -> None:
    """Write down that somebody signed the press proof of a run; `told` is when, where the shop tells it later.

    Raises:
        BadInput: as `sign`.
    """
    if by.is_same(run.submitted_by):
        raise BadInput(f"{by.name} submitted {run.name}", "somebody else must sign its press proof", field="by")
    if run.received_at is None:
        raise BadInput(
            f"the shop has not said yet that it read {run.key} whole",
            "wait for its receipt, and sign then",
            field="run",
        )
    if run.proofed_at is not None:
        raise BadInput(f"{run.proofed_by} signed {run.key} already", "once is enough", field="run")
    advance(connection, run.id, RunState.PROOFED, now=now, proofed_by=by.name)
    explain(connection, run.id, [UNSIGNED], "the signature came later than the word that it was printed", now=now)
    record(connection, by, "sign press proof", run.key, now=now, told=told)


def publish(house: House, key: str) -> None:
    """Put the release of a signed run in its folder, for the shop to read; written again it says the same."""
    with house.store.reading() as connection:
        run = find_run(connection, key)
        query = select(PrintFile.name, PrintFile.sha256).where(PrintFile.print_run_id == run.id, PrintFile.pieces > 0)
        files = [dict(row._mapping) for row in connection.execute(query.order_by(PrintFile.name))]  # noqa: SLF001  its public mapping
    if run.proofed_at is None:
        return
    release: Mapping[str, Any] = {"run": key, "signed_at": run.proofed_at.isoformat(), "files": files}
    folder = house.settings.outbox / run.folder
    folder.mkdir(parents=True, exist_ok=True)
    write_synced(folder / RELEASE, (json.dumps(release, indent=2) + "\n").encode())
