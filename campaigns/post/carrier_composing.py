"""Compose a print run again in the carrier's sort order, with the carrier's codes on each piece.

The pieces keep their numbers and codes. The new folder is written and read back beside the old one.
One transaction then records it, and only after that it replaces the old one. After a crash the next
caller finishes the replacement (`campaigns.post.outbox_runs`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from campaigns.post.carrier_files import SortedPiece, read_carrier_file
from campaigns.post.hand_over import ENRICH, call_back
from campaigns.post.outbox_runs import anew, announcement_of, finish_swapping
from campaigns.post.piece_states import TrackedRun, find_run
from campaigns.post.stored_files import keep_run
from campaigns.touches.composing import compose, read_script
from campaigns.touches.judging import has_incident
from campaigns.touches.occasions import occasion_of, shard_of
from campaigns.touches.seed_pieces import compose_seeds
from campaigns.touches.shop_days import terms_of_run
from channels.card import Card
from channels.card.layout import read_layout
from channels.outbox import sync_tree
from channels.port import Batch, HandedFile, Message, Unavailable, Watch, unwatched
from installation.installation import Installation
from installation.stop_everything import must_not_be_stopped
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import DeliveryState, PullState, RunState, TouchState
from store.tables import Delivery, PrintFile, PrintPiece, PrintRun, Pull


@dataclass(frozen=True, slots=True)
class Enriched:
    """The result of composing a run in the carrier's order."""

    pieces: int
    files: int  # of pieces
    ignored: tuple[str, ...] = ()  # columns of the carrier's file that say nothing to us


def enrich(
    installation: Installation,
    key: str,
    file: Path,
    *,
    by: Decider,
    now: datetime,
    watch: Watch = unwatched,
) -> Enriched:
    """Compose a print run again in the order of a carrier's file.

    Args:
        installation: the installation.
        key: the key of the run.
        file: the carrier's sort file, see `campaigns.post.carrier_files`.
        by: who decides.
        now: the moment.
        watch: progress in the phases "write", "read" and, around the transaction, "enrich".

    Raises:
        BadInput: the run is not made or is at the shop already, the file is not as it must be, or a piece cannot be
            printed so; the run then stands as it stood.
    """
    with (
        installation.store.holding(f"hand-over-{key}") as mine,
        installation.store.holding(f"pull-{key}") as quiet,
    ):
        if not (mine and quiet):
            raise BadInput(
                "is being handed over, or looked at, at this moment",
                "try again in a minute",
                field=key,
            )
        finish_swapping(installation, key)
        handed = _write_anew(installation, key, file, now=now, watch=watch)
        watch("enrich", 0, 2)
        with installation.store.writing() as connection:
            run = made_run(connection, key)
            pieces = _write_down(connection, run, handed.files, handed.order)
            about = About(Kind.PRINT_RUN, key)
            record(connection, by, ENRICH, about, now=now, file=file.name, pieces=pieces)
        watch("enrich", 1, 2)
        finish_swapping(installation, key)
        # the carrier has given its order: nobody needs a file of addresses any more
        announcement_of(installation, key).unlink(missing_ok=True)
        watch("enrich", 2, 2)
    files = sum(each.cards + each.seeds > 0 for each in handed.files)
    return Enriched(pieces, files, handed.ignored)


@dataclass(frozen=True, slots=True)
class _NewFolder:
    files: Sequence[HandedFile]
    order: Sequence[SortedPiece]
    ignored: tuple[str, ...]


def _write_anew(
    installation: Installation, key: str, file: Path, *, now: datetime, watch: Watch
) -> _NewFolder:
    """Write the new folder beside the old one, and call back what the shop has of the old one."""
    with installation.store.reading() as connection:
        run = made_run(connection, key)
        channel = printing_channel(installation, run)
        batch, messages_found = messages_of_run(
            installation, connection, run, channel, now=now, watch=watch
        )
    names = installation.shop.carrier_map if installation.shop else {}
    given = read_carrier_file(
        file,
        messages_found.keys(),
        read_layout(batch.layout),
        names={str(ours): theirs for ours, theirs in names.items()},
    )
    pieces = []
    for each in given.pieces:
        message, seed = messages_found[each.piece_id]
        worded = replace(message, words={**message.words, **each.words})
        if (refusal := channel.check(worded, batch)) is not None:
            raise BadInput(
                Sentence(
                    "{piece_id} cannot be printed with the carrier's codes: {detail}",
                    piece_id=each.piece_id,
                    detail=refusal.detail,
                ),
                "",
                file=str(file),
                line=each.line,
            )
        pieces.append((each.piece_id, worded, seed))
    try:
        files = channel.print_anew(batch, pieces, anew(installation, key))
        sync_tree(anew(installation, key))
        keep_run(installation, anew(installation, key), files)
        gone = not call_back(installation, key)
    except Unavailable as away:
        raise BadInput(
            Sentence("nothing was changed: {away}", away=away),
            "solve that, and try again",
            field=key,
        ) from away
    if gone:
        raise BadInput(
            "the print shop has it already", "it is printed in the order it has", field=key
        )
    return _NewFolder(files, given.pieces, given.ignored)


def made_run(connection: Connection, key: str) -> TrackedRun:
    """Return a run that was made and fully recorded, but not handed over.

    Raises:
        BadInput: it is not.
    """
    run = find_run(connection, key)
    delivery = connection.execute(
        select(Delivery.state).where(Delivery.id == run.delivery_id)
    ).scalar_one()
    if run.state is not RunState.MADE or delivery is not DeliveryState.RECORDED:
        raise BadInput(
            Sentence("it is {value}", value=run.state.value),
            "the carrier's order comes before a run is handed over",
            field=key,
        )
    must_not_be_stopped(connection)
    if has_incident(connection, run.campaign_id):
        raise BadInput(
            Sentence("an incident holds {campaign}", campaign=run.campaign),
            "close it first",
            field=key,
        )
    data = select(PrintFile.name).where(PrintFile.print_run_id == run.id, PrintFile.pieces > 0)
    if any(name.endswith(".csv") for name in connection.execute(data).scalars()):
        raise BadInput(
            "the print shop composes it", "give the carrier's file to the shop", field=key
        )
    return run


def printing_channel(installation: Installation, run: TrackedRun) -> Card:
    """Return the channel that prints a run.

    Raises:
        BadInput: it prints nothing.
    """
    with installation.store.reading() as connection:
        kind = connection.execute(
            select(Delivery.channel).where(Delivery.id == run.delivery_id)
        ).scalar_one()
    channel = installation.channels[kind]
    if not isinstance(channel, Card):
        raise BadInput(
            Sentence("the {kind} channel prints nothing", kind=kind),
            "it is a rehearsal",
            field=run.key,
        )
    return channel


def messages_of_run(
    installation: Installation,
    connection: Connection,
    run: TrackedRun,
    channel: Card,
    *,
    now: datetime,
    watch: Watch,
) -> tuple[Batch, Mapping[str, tuple[Message, int]]]:
    """Compose every piece of a run again from the approved texts, by piece id, with its seed number."""
    shard = shard_of(connection, run.delivery_id)
    script = read_script(
        connection, shard.campaign_id, shard.step_id, today=local_date(run.made_at)
    )
    occasion = occasion_of(installation, connection, script.campaign, shard, now=now)
    messages_found = compose(
        connection,
        channel,
        script,
        occasion,
        delivery_id=run.delivery_id,
        states=(TouchState.HANDED_OVER,),
    )
    messages: dict[int | None, Message] = {
        each.touch_id: each for each in messages_found if isinstance(each, Message)
    }
    seeds = {
        each.seed_id: each.message
        for each in compose_seeds(connection, channel, script, run.delivery_id)
    }
    found = {}
    mine = select(PrintPiece.piece_id, PrintPiece.touch_id, PrintPiece.seed_id)
    for row in connection.execute(mine.where(PrintPiece.print_run_id == run.id)):
        message = seeds.get(row.seed_id) if row.touch_id is None else messages.get(row.touch_id)
        if message is None:
            raise BadInput(
                Sentence("{piece_id} cannot be composed any more", piece_id=row.piece_id),
                "see kaartje why for the reason",
                field=run.key,
            )
        found[row.piece_id] = (message, row.seed_id or 0)
    batch = Batch(
        key=run.key,
        made_at=run.made_at,
        messages=(),
        layout=script.template.layout,
        sender=script.sender,
        number=run.delivery_id,
        watch=watch,
        terms=terms_of_run(installation.shop, run.made_at) if installation.shop else None,
    )
    return batch, found


def _write_down(
    connection: Connection,
    run: TrackedRun,
    files: Sequence[HandedFile],
    order: Sequence[SortedPiece],
) -> int:
    """Record the new order, files and checksums, and mark asked pulls as to be asked again."""
    mine = PrintPiece.print_run_id == run.id
    # negative records first, so that no two pieces share one on the way
    connection.execute(update(PrintPiece).where(mine).values(record=-PrintPiece.record))
    placed = [{"b_piece": each.piece_id, "b_record": place} for place, each in enumerate(order, 1)]
    one = update(PrintPiece).where(PrintPiece.piece_id == bindparam("b_piece"))
    connection.execute(one.values(record=bindparam("b_record")), placed)
    connection.execute(delete(PrintFile).where(PrintFile.print_run_id == run.id))
    rows = [
        {
            "print_run_id": run.id,
            "name": each.name,
            "sha256": each.sha256,
            "bytes": each.bytes,
            "pieces": each.cards + each.seeds,
            "first": each.first,
        }
        for each in files
    ]
    connection.execute(insert(PrintFile), rows)
    pages = sum(each.pages for each in files)
    connection.execute(update(PrintRun).where(PrintRun.id == run.id).values(pages=pages))
    asked = Pull.piece_id.in_(select(PrintPiece.id).where(mine)) & (Pull.state == PullState.ASKED)
    # the lists that were sent name the old places
    again = {"state": PullState.WANTED, "asked_at": None, "last_time": None}
    connection.execute(update(Pull).where(asked).values(again))
    return len(placed)
