"""Returned mail, stored as replies with all their effects."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import insert, select

from desk.entries.queue_entries import Lines
from inbound.post.answer_rows import AnswerRow
from inbound.post.shop_answer import RunAnswer
from inbound.replies import store_replies
from inbound.reply_effects import apply_effects
from inbound.reply_matching import match
from inbound.reply_rows import ReadReply, is_refusal
from store.clock import LOCAL
from store.states import PieceState, ReplyKind
from store.tables import Import, PrintPiece
from suppression.contact_hours import Hours


def returned(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Apply returned pieces.

    Touches return, wrong addresses are closed, and a reported death holds the person.
    """
    known = list(answer.known(rows))
    seeds = select(PrintPiece.piece_id).where(
        PrintPiece.print_run_id == answer.run.id, PrintPiece.touch_id.is_(None)
    )
    ours = set(answer.connection.execute(seeds).scalars())
    answer.move_named(
        [row.piece for row in known if row.piece in ours], PieceState.RETURNED, "unknown"
    )
    replies = {
        reply.key: reply for reply in (_reply(row) for row in known if row.piece not in ours)
    }
    lines, connection = Lines.read(answer.connection), answer.connection
    stored = store_replies(
        connection,
        [*replies.values()],
        match(connection, [*replies.values()], post=()),
        _import(answer),
    )
    effects = apply_effects(connection, stored, lines, hours=NOBODY_IS_CALLED, now=answer.now)
    answer.counts["returned"] += effects.returned
    answer.counts["closed_addresses"] += effects.closed_addresses
    answer.counts["deceased"] += effects.deceased


NOBODY_IS_CALLED = Hours()
"""Hours for returned mail, which asks for no call."""


def _reply(row: AnswerRow) -> ReadReply:
    if row.on is None:
        raise ValueError("a returned piece without a date is refused when it is read")
    at, reason = datetime.combine(row.on, time(), LOCAL), row["reason"] or "unknown"
    return ReadReply(
        key=row.fingerprint,
        kind=ReplyKind.RETURNED,
        received_at=at,
        code=row.piece,
        e164=None,
        person_ref=None,
        text="",
        reason=reason,
        objects=False,
        in_doubt=is_refusal(ReplyKind.RETURNED, reason),
    )


def _import(answer: RunAnswer) -> int:
    """Add an import for these replies."""
    file = {"file": answer.outcome["file"], "sha256": answer.outcome["sha256"]}
    made = insert(Import).values(
        kind="replies", source="print shop", **file, started_at=answer.now, finished_at=answer.now
    )
    return int(answer.connection.execute(made.returning(Import.id)).scalar_one())
