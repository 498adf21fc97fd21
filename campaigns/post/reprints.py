"""Reprint spoiled pieces with the same number and code, after judging everyone again.

A reprint is no new touch. Pieces of people who may no longer be reached are recalled instead. The file
is composed outside any transaction, then recorded, and only then renamed into place. After a crash a
draft that is not recorded is composed anew, and a recorded one is renamed by the next caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)

from campaigns.post.piece_states import TrackedRun, close_if_done, find_run, move_pieces
from campaigns.post.proof_signing import publish
from campaigns.post.pull_lists import PULLED_FOR, recall
from campaigns.post.reprint_files import drafts_folder, finish_renaming, keep_drafts
from campaigns.touches.composing import compose, read_script
from campaigns.touches.judging import has_incident
from campaigns.touches.occasions import Shard, occasion_of, shard_of
from campaigns.touches.shop_days import terms_of_run
from channels.card import Card
from channels.port import Batch, HandedFile, Message
from installation.installation import Installation
from installation.stop_everything import must_not_be_stopped
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import PieceState, TouchState
from store.tables import Person, PrintFile, PrintPiece, Pull, Touch
from suppression.judging import first_reason, mask
from suppression.reasons import Reason, bits

NOT_AGAIN = (
    *PULLED_FOR,
    Reason.MOVED_ABROAD,
    Reason.UNKNOWN_RESIDENCE,
    Reason.ADDRESS_UNDER_INVESTIGATION,
    Reason.NO_POSTAL_ADDRESS,
)
"""Reasons that hold back a reprint. Caps do not, as a reprint is no new touch."""
SEED = "SEED"
"""Reason of a lost seed piece that was spoiled, as seeds are not printed again."""


@dataclass(frozen=True, slots=True)
class Reprinted:
    """The result of a reprint."""

    file: str | None  # below the outbox; None where nothing had to be printed
    pieces: int
    recalled: int  # may not be reached any more
    lost: int  # seeds: they prove nothing any more, and are written off as SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReprintOrder:
    """The pieces to print again, after judging."""

    run: TrackedRun
    shard: Shard
    numbers: dict[int, tuple[str, int]]  # the number and the record of each piece, by its touch
    number: int  # of this reprint
    recalled: int
    lost: int


def reprint(
    installation: Installation,
    key: str,
    *,
    named: Sequence[str] | None = None,
    by: Decider,
    now: datetime,
) -> Reprinted:
    """Reprint the spoiled pieces of a run, or the spoiled and missing ones in `named`.

    Raises:
        BadInput: there is no such run, a named piece is not spoiled or missing, an incident holds the campaign, or
            somebody else prints this run again right now; or a piece changed while its file was composed.
        SpoiledRun: what was composed is not what was meant.
    """
    with installation.store.holding(f"reprint-{key}") as held:
        if not held:
            raise BadInput(
                "is being printed again by somebody else", "wait until they are ready", field=key
            )
        finish_renaming(installation, key)
        order = _judge(installation, key, named, by=by, now=now)
        file, pieces = _compose(installation, order, now=now) if order.numbers else (None, [])
        done = _enter(installation, order, file, pieces, by=by, now=now)
        finish_renaming(installation, key)
        publish(installation, key)
        return done


def _chosen(
    connection: Connection, run: TrackedRun, named: Sequence[str] | None
) -> ColumnElement[bool]:
    mine = PrintPiece.print_run_id == run.id
    if named is None:
        return and_(mine, PrintPiece.state == PieceState.SPOILED)
    query = select(PrintPiece.piece_id).where(
        mine, PrintPiece.state.in_((PieceState.SPOILED, PieceState.MISSING))
    )
    known = set(connection.execute(query).scalars())
    if odd := next((piece for piece in named if piece not in known), None):
        raise BadInput(
            Sentence("{odd} of {key} is neither spoiled nor missing", odd=odd, key=run.key),
            "leave it out",
            field="--pieces",
        )
    return and_(mine, PrintPiece.piece_id.in_(named))


def _judge(
    installation: Installation, key: str, named: Sequence[str] | None, *, by: Decider, now: datetime
) -> _ReprintOrder:
    """Write off seeds, recall people who may no longer be reached, and return what is left to print."""
    with installation.store.writing() as connection:
        run = _free_run(connection, key)
        chosen, shard = _chosen(connection, run, named), shard_of(connection, run.delivery_id)
        lost = _lose_seeds(connection, chosen, now=now)
        if lost:
            about = About(Kind.PRINT_RUN, run.key)
            record(connection, by, "write off seeds", about, now=now, reason=SEED, pieces=lost)
        recalled = _recall(installation, connection, shard, chosen, now=now)
        query = select(PrintPiece.touch_id, PrintPiece.piece_id, PrintPiece.record).where(
            chosen, _again()
        )
        numbers = {
            row[0]: (row[1], row[2]) for row in connection.execute(query) if row[0] is not None
        }
        return _ReprintOrder(
            run=run,
            shard=shard,
            numbers=numbers,
            number=_next_number(connection, run),
            recalled=recalled,
            lost=lost,
        )


def _free_run(connection: Connection, key: str) -> TrackedRun:
    run = find_run(connection, key)
    must_not_be_stopped(connection)
    if has_incident(connection, run.campaign_id):
        raise BadInput(
            Sentence("an incident holds {campaign}", campaign=run.campaign),
            "close it first",
            field=key,
        )
    return run


def _again() -> ColumnElement[bool]:
    return PrintPiece.state.in_((PieceState.SPOILED, PieceState.MISSING))


def _compose(
    installation: Installation, order: _ReprintOrder, *, now: datetime
) -> tuple[HandedFile | None, list[str]]:
    """Compose the file outside any writing transaction, and return it with its pieces."""
    with installation.store.reading() as connection:
        batch = _batch(installation, connection, order, now=now)
    if not batch.messages:
        return None, []
    file = _print(installation, order, batch)
    in_order = sorted(
        (order.numbers[message.touch_id] for message in batch.messages), key=itemgetter(1)
    )
    return file, [piece for piece, _ in in_order]  # as the channel sorts them: by record


def _enter(
    installation: Installation,
    order: _ReprintOrder,
    file: HandedFile | None,
    pieces: Sequence[str],
    *,
    by: Decider,
    now: datetime,
) -> Reprinted:
    """Record the file with all its pieces, or none. A run with nothing left to print may close."""
    with installation.store.writing() as connection:
        run = _free_run(connection, order.run.key)
        if file is None:
            close_if_done(connection, run.id, now=now)
            return Reprinted(None, 0, order.recalled, order.lost)
        _ask_for(connection, run, order.number, pieces, now=now)
        values = {
            "name": file.name,
            "sha256": file.sha256,
            "bytes": file.bytes,
            "pieces": file.cards,
            "first": 0,
        }
        connection.execute(insert(PrintFile).values(print_run_id=run.id, **values))
        keep_drafts(installation, connection, run.folder, file.name)
        detail: dict[str, Any] = {
            "file": file.name,
            "pieces": file.cards,
            "recalled": order.recalled,
        }
        record(connection, by, "reprint", About(Kind.PRINT_RUN, run.key), now=now, **detail)
    return Reprinted(f"{run.folder}/{file.name}", file.cards, order.recalled, order.lost)


def _ask_for(
    connection: Connection, run: TrackedRun, number: int, pieces: Sequence[str], *, now: datetime
) -> None:
    """Mark the pieces as handed over again. Refuse all of them if one changed meanwhile."""
    mine = and_(PrintPiece.print_run_id == run.id, PrintPiece.piece_id.in_(pieces), _again())
    more = {"reprints": number, "asked_again": PrintPiece.asked_again + 1}
    moved = move_pieces(connection, mine, PieceState.HANDED_OVER, now=now, reason="REPRINT", **more)
    if moved != len(pieces):
        raise BadInput(
            Sentence("{count} pieces changed while they were composed", count=len(pieces) - moved),
            "ask for the reprint again",
            field=run.key,
        )
    places = [{"number": piece, "at": at} for at, piece in enumerate(pieces, 1)]
    placed = (
        update(PrintPiece)
        .where(PrintPiece.piece_id == bindparam("number"))
        .values(place=bindparam("at"))
    )
    connection.execute(placed, places)


def _lose_seeds(connection: Connection, chosen: ColumnElement[bool], *, now: datetime) -> int:
    seeds = and_(chosen, PrintPiece.touch_id.is_(None))
    move_pieces(connection, seeds, PieceState.MISSING, now=now)
    return move_pieces(connection, seeds, PieceState.LOST, now=now, reason=SEED)


def _recall(
    installation: Installation,
    connection: Connection,
    shard: Shard,
    chosen: ColumnElement[bool],
    *,
    now: datetime,
) -> int:
    """Recall chosen pieces of people who may no longer be reached, and those with a pull request."""
    script = read_script(connection, shard.campaign_id, shard.step_id, today=local_date(now))
    occasion = replace(
        occasion_of(installation, connection, script.campaign, shard, now=now), caps={}
    )
    held = mask(occasion).bitwise_and(literal(bits(NOT_AGAIN), BigInteger))
    query = (
        select(PrintPiece.id, func.coalesce(Pull.reason, first_reason(held, installation.policy)))
        .join(Touch, Touch.id == PrintPiece.touch_id)
        .join(Person, Person.id == Touch.person_id)
        .outerjoin(Pull, Pull.piece_id == PrintPiece.id)
        .where(chosen, (held != 0) | Pull.id.is_not(None))
    )
    found = connection.execute(query).all()
    for piece, reason in found:
        recall(connection, piece, reason, now=now)
    return len(found)


def _batch(
    installation: Installation, connection: Connection, order: _ReprintOrder, *, now: datetime
) -> Batch:
    """Compose the touches again from the approved texts.

    Touches that cannot be composed are left out, and their pieces stay spoiled.
    """
    run, shard = order.run, order.shard
    script = read_script(connection, shard.campaign_id, shard.step_id, today=local_date(now))
    occasion = occasion_of(installation, connection, script.campaign, shard, now=now)
    channel = installation.channels[shard.channel]
    composed = compose(
        connection,
        channel,
        script,
        occasion,
        delivery_id=run.delivery_id,
        sent_to=frozenset(order.numbers),
        states=(TouchState.HANDED_OVER, TouchState.PRINTED),
    )
    messages = tuple(each for each in composed if isinstance(each, Message))
    batch = Batch(
        key=run.key,
        made_at=now,
        messages=messages,
        layout=script.template.layout,
        sender=script.sender,
        number=run.delivery_id,
        terms=terms_of_run(installation.shop, now) if installation.shop else None,
    )
    return replace(
        batch, messages=tuple(each for each in messages if channel.check(each, batch) is None)
    )


def _print(installation: Installation, order: _ReprintOrder, batch: Batch) -> HandedFile:
    channel = installation.channels[order.shard.channel]
    if not isinstance(channel, Card):
        raise BadInput(
            Sentence("the {channel} channel prints nothing again", channel=order.shard.channel),
            "it is a rehearsal",
            field=order.run.key,
        )
    drafts = drafts_folder(installation)
    drafts.mkdir(parents=True, exist_ok=True)
    return channel.print_again(
        batch, order.numbers, drafts / f"{order.run.key}-r{order.number}.pdf"
    )


def _next_number(connection: Connection, run: TrackedRun) -> int:
    query = select(func.count()).where(
        PrintFile.print_run_id == run.id, PrintFile.first == 0, PrintFile.pieces > 0
    )
    return int(connection.execute(query).scalar_one()) + 1
