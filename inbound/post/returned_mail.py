"""Returned mail: what the print shop or the carrier scanned becomes a reply, and all follows that follows from one."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import insert, select

from desk.entries.queue_entries import Lines
from inbound.post.answer_rows import Said
from inbound.post.shop_answer import Telling
from inbound.replies import book
from inbound.reply_effects import follow
from inbound.reply_matching import match
from inbound.reply_rows import ReadReply
from store.clock import LOCAL
from store.states import PieceState, ReplyKind
from store.tables import Import, PrintPiece


def returned(telling: Telling, rows: Sequence[Said]) -> None:
    """Take pieces that came back: their touches return, wrong addresses close, a reported death holds."""
    known = list(telling.known(rows))
    seeds = select(PrintPiece.piece_id).where(
        PrintPiece.print_run_id == telling.run.id, PrintPiece.touch_id.is_(None)
    )
    ours = set(telling.connection.execute(seeds).scalars())
    telling.move_named(
        [said.piece for said in known if said.piece in ours], PieceState.RETURNED, "unknown"
    )
    replies = {
        reply.key: reply for reply in (_reply(said) for said in known if said.piece not in ours)
    }
    lines, connection = Lines.read(telling.connection), telling.connection
    heard = book(
        connection,
        [*replies.values()],
        match(connection, [*replies.values()], post=()),
        _import(telling),
    )
    followed = follow(connection, heard, lines, now=telling.now)
    telling.counts["returned"] += followed.returned
    telling.counts["closed_addresses"] += followed.closed_addresses
    telling.counts["deceased"] += followed.deceased


def _reply(said: Said) -> ReadReply:
    at, reason = (
        datetime.combine(said.row.day("date"), time(), LOCAL),
        said["reason"].lower() or "unknown",
    )
    return ReadReply(
        said.fingerprint, ReplyKind.RETURNED, at, said.piece, None, None, "", reason, objects=False
    )


def _import(telling: Telling) -> int:
    """Note in the book of imports where these replies came from."""
    file = {"file": telling.outcome["file"], "sha256": telling.outcome["sha256"]}
    made = insert(Import).values(
        kind="replies", source="print shop", **file, started_at=telling.now, finished_at=telling.now
    )
    return int(telling.connection.execute(made.returning(Import.id)).scalar_one())
