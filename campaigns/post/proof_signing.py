"""Sign the press proof of a print run, which releases it for the press."""

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from campaigns.post.discrepancies import UNSIGNED, explain
from campaigns.post.piece_states import TrackedRun, advance, find_run
from campaigns.post.stored_files import keep_beside
from campaigns.touches.judging import has_incident
from channels.outbox import write_synced
from installation.installation import Installation
from installation.stop_everything import must_not_be_stopped
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.states import RunState
from store.tables import PrintFile

RELEASE = ".release.json"
"""Ending of the file name of a release, after the key of the run or the name of the reprint."""


def sign(installation: Installation, key: str, *, by: Decider, now: datetime) -> None:
    """Sign the press proof of a run, and put its release in the outbox. The shop prints nothing without.

    A shop with a server gets it in the next pass (`campaigns.post.hand_over`).

    Raises:
        BadInput: there is no such run, its receipt is not there or does not agree, it is signed already, an incident
            holds it, or `by` submitted the campaign.
    """
    with installation.store.writing() as connection:
        run = find_run(connection, key)
        must_not_be_stopped(connection)
        if has_incident(connection, run.campaign_id):
            raise BadInput(
                Sentence("an incident holds {campaign}", campaign=run.campaign),
                "close it first: kaartje post incident list",
                field=key,
            )
        signed(connection, run, by=by, now=now)
    publish(installation, key)


def signed(
    connection: Connection,
    run: TrackedRun,
    *,
    by: Decider,
    now: datetime,
    signed_on: str | None = None,
) -> None:
    """Record that somebody signed the press proof of a run.

    `signed_on` is the day, if the shop reports it later.

    Raises:
        BadInput: as `sign`.
    """
    if by.is_same(run.submitted_by):
        raise BadInput(
            Sentence("{name} submitted {campaign}", name=by.name, campaign=run.campaign),
            "somebody else must sign its press proof",
            field="by",
        )
    if run.received_at is None:
        raise BadInput(
            Sentence("the shop has not said yet that it read {key} whole", key=run.key),
            "wait for its receipt, and sign then",
            field="run",
        )
    if run.proofed_at is not None:
        raise BadInput(
            Sentence("{proofed_by} signed {key} already", proofed_by=run.proofed_by, key=run.key),
            "once is enough",
            field="run",
        )
    advance(connection, run.id, RunState.PROOFED, now=now, proofed_by=by.name)
    explain(
        connection,
        run.id,
        [UNSIGNED],
        "the signature came later than the report that it was printed",
        now=now,
    )
    about = About(Kind.PRINT_RUN, run.key)
    record(connection, by, "sign press proof", about, now=now, signed_on=signed_on)


def publish(installation: Installation, key: str) -> None:
    """Write the releases of a signed run into its folder, for the shop to read. Safe to repeat.

    There is one for the run, `<key>.release.json`, and one for each file of pieces that are printed again,
    `<key>-r1.release.json`: what a shop has of us never changes.
    """
    with installation.store.reading() as connection:
        run = find_run(connection, key)
        query = select(PrintFile.name, PrintFile.sha256, PrintFile.first)
        mine = query.where(PrintFile.print_run_id == run.id, PrintFile.pieces > 0).order_by(
            PrintFile.name
        )
        files = connection.execute(mine).all()
    if run.proofed_at is None:
        return
    whole = [{"name": file.name, "sha256": file.sha256} for file in files if file.first]
    again = {
        Path(file.name).stem: [{"name": file.name, "sha256": file.sha256}]
        for file in files
        if not file.first
    }
    folder = installation.settings.outbox / run.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, named in {key: whole, **again}.items():
        release = {"run": key, "signed_at": run.proofed_at.isoformat(), "files": named}
        _put(folder / f"{name}{RELEASE}", (json.dumps(release, indent=2) + "\n").encode())
    with installation.store.writing() as connection:
        for name in (key, *again):
            keep_beside(installation, connection, f"{run.folder}/{name}{RELEASE}")


def _put(file: Path, content: bytes) -> None:
    """Write a file whole or not at all. It may be copied to the shop at any moment."""
    draft = file.with_name(f".{file.name}.draft")
    write_synced(draft, content)
    draft.replace(file)
