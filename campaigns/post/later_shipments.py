"""Send the print shop the pull lists, reprints and releases that follow a run."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from campaigns.post.outbox_runs import (
    HandedOver,
    OutboxRun,
    pull_lists,
    read_run,
    runs_in_state,
    shipment_of,
    waits,
)
from campaigns.post.proof_signing import RELEASE
from campaigns.post.reprint_files import BESIDE
from campaigns.post.stored_files import bring_files
from channels.port import Unavailable
from installation.installation import Installation
from store.states import RunState
from store.tables import PrintFile

AT_THE_SHOP = (
    RunState.HANDED_OVER,
    RunState.RECEIVED,
    RunState.PROOFED,
    RunState.PRINTED,
    RunState.POSTED,
)


def send_later(installation: Installation, key: str | None) -> HandedOver:
    """Send the pull lists, reprints and releases of runs that are at the shop.

    While an incident or a stop of everything holds a campaign, only its pull lists go: they ask back what must not
    be posted. What cannot go now is counted as waiting.
    """
    total = HandedOver()
    with installation.store.reading() as connection:
        there = connection.execute(runs_in_state(key, *AT_THE_SHOP)).scalars().all()
    for each in there:
        with installation.store.holding(f"hand-over-{each}") as held:
            run = read_run(installation, each)
            try:
                if held:
                    bring_files(installation, each, whole=False)
                    total += _send_lists(installation, run)
                if held and not run.is_frozen:
                    total += _send_reprints(installation, run)
                    total += _send_releases(installation, run)
            except Unavailable as refused:
                total += waits(each, refused)
    return total


def _send_lists(installation: Installation, run: OutboxRun) -> HandedOver:
    lists = pull_lists(installation.settings.outbox / run.folder)
    return HandedOver(
        lists=sum(shipment_of(installation, run).send_list(path.name) for path in lists)
    )


def _send_reprints(installation: Installation, run: OutboxRun) -> HandedOver:
    """Send the files of reprints, each as a run of its own, so that it arrives once."""
    again = (PrintFile.print_run_id == run.id, PrintFile.first == 0, PrintFile.pieces > 0)
    with installation.store.reading() as connection:
        files = connection.execute(select(PrintFile.name, PrintFile.sha256).where(*again)).all()
    whole = shipment_of(installation, run)
    sent = 0
    for name, total in files:
        part = Path(name).stem
        home = installation.settings.outbox / run.folder
        there = [path for each in BESIDE if (path := home / f"{part}{each}").is_file()]
        beside = {path.name: path.read_bytes() for path in there}
        sent += replace(
            whole, run=part, folder=run.folder, sums={name: total}, beside=beside
        ).ship_once()
    return HandedOver(reprints=sent)


def _send_releases(installation: Installation, run: OutboxRun) -> HandedOver:
    """Send the signed releases. The shop prints nothing before it has them."""
    releases = sorted((installation.settings.outbox / run.folder).glob(f"{run.key}*{RELEASE}"))
    return HandedOver(
        releases=sum(shipment_of(installation, run).send_list(path.name) for path in releases)
    )
