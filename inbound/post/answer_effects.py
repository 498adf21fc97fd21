"""The effects of each kind of print-shop answer.

Each function takes the new rows of its kind about one run.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from campaigns.post.discrepancies import CHECKSUM, RECORDS, REJECTED, UNASKED
from campaigns.post.piece_states import advance, find_run, pieces_of
from campaigns.post.proof_signing import signed
from campaigns.post.pull_lists import answer as answer_pull
from campaigns.post.pull_lists import want
from inbound.post.answer_rows import AnswerRow
from inbound.post.printed_answers import posted, printed, recount
from inbound.post.returned_mail import returned
from inbound.post.shop_answer import STATED, RunAnswer
from store.audit_log import Decider
from store.errors import BadInput
from store.states import PieceState, PullState, Road, RunState, ShopAnswerKind
from store.tables import PrintFile, PrintPiece, ShopAnswer

_K = ShopAnswerKind


def receipt(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Compare what the shop received with the hand-over. The run is received once every file agrees."""
    agreed = set(answer.outcome.setdefault("agreed", []))
    for row in rows:
        try:
            file = answer.file(row)
        except BadInput as error:
            answer.refuse(row, error)
            continue
        if _agrees(answer, row, file):
            agreed.add(file.name)
    answer.outcome["agreed"] = sorted(agreed)
    if {file.name for file in answer.files()} <= agreed | _agreed_before(answer):
        answer.move(PrintPiece.state == PieceState.MADE, PieceState.HANDED_OVER)
        advance(answer.connection, answer.run.id, RunState.HANDED_OVER, now=answer.now)
        advance(answer.connection, answer.run.id, RunState.RECEIVED, now=answer.now)


def _agrees(answer: RunAnswer, row: AnswerRow, file: PrintFile) -> bool:
    if row.status == "rejected":
        answer.note(REJECTED, file.pieces, file=file.name, reason=row["reason"])
    elif row["sha256"].lower() != file.sha256:
        answer.note(CHECKSUM, file.pieces, file=file.name, **{STATED: row["sha256"]})
    elif file.pieces and row.pieces != file.pieces:
        stated = {STATED: row.pieces}
        answer.note(RECORDS, abs(file.pieces - (row.pieces or 0)), file=file.name, **stated)
    else:
        answer.explain((REJECTED, CHECKSUM, RECORDS), "a later receipt agrees", file=file.name)
        return True
    return False


def _agreed_before(answer: RunAnswer) -> set[str]:
    query = select(ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == answer.run.id,
        ShopAnswer.kind == _K.RECEIPT,
        ShopAnswer.id != answer.answer_id,
    )
    return {
        name
        for outcome in answer.connection.execute(query).scalars()
        for name in outcome.get("agreed", [])
    }


def proof(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Record that somebody signed the proof at the press, under our own rules of who may sign."""
    for row in rows:
        run = find_run(answer.connection, answer.run.key)
        if run.proofed_at is not None:
            continue
        try:
            by = Decider(row["by"], road=Road.SHOP_FILE)
            signed(answer.connection, run, by=by, now=answer.now, signed_on=row["date"])
        except BadInput as error:
            answer.refuse(row, error)
        else:
            answer.counts["signed"] += 1


def pulled(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Record the shop's answer to each pull request. A piece that was too late goes on with its file."""
    for row in answer.known(rows):
        piece = answer.connection.execute(
            select(PrintPiece.id).where(PrintPiece.piece_id == row.piece)
        ).scalar_one()
        state = PullState(row.status)
        if state is PullState.PULLED and want(
            answer.connection, PrintPiece.id == piece, "SHOP", now=answer.now
        ):
            answer.note(UNASKED, 1, pieces=[row.piece or ""])
        if answer_pull(answer.connection, piece, state, now=answer.now):
            answer.counts[row.status] += 1
        if state is PullState.TOO_LATE:
            _goes_on(answer, piece)
    recount(answer)


def _goes_on(answer: RunAnswer, piece: int) -> None:
    """Give a piece that could not be pulled the state of its file, if that was posted meanwhile."""
    for file in answer.files():
        if file.posted_at is not None:
            answer.move(
                pieces_of(answer.run.id, file) & (PrintPiece.id == piece), PieceState.POSTED
            )


def destroyed(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Store the certificates of destruction."""
    kept = [
        {
            "certificate": row["certificate"],
            "pieces": row.pieces,
            "by": row["by"],
            "date": row["date"],
            "what": row["reason"],
        }
        for row in rows
    ]
    answer.outcome["certificates"] = kept
    answer.counts["certificates"] += len(kept)


APPLY: Mapping[ShopAnswerKind, Callable[[RunAnswer, Sequence[AnswerRow]], None]] = {
    _K.RECEIPT: receipt,
    _K.PROOF: proof,
    _K.PRINTED: printed,
    _K.POSTED: posted,
    _K.RETURNED: returned,
    _K.PULLED: pulled,
    _K.DESTROYED: destroyed,
}
"""The effect of each kind, in the order in which the rows of one file are taken."""
