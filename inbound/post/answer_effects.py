"""What follows from each kind of answer. Every function takes the rows of its kind about one run, new ones only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from campaigns.post.discrepancies import CHECKSUM, RECORDS, REJECTED, UNASKED
from campaigns.post.piece_states import advance, find_run, pieces_of
from campaigns.post.proof_signing import signed
from campaigns.post.pull_lists import answer as answer_pull
from campaigns.post.pull_lists import want
from inbound.post.answer_rows import Said
from inbound.post.printed_answers import posted, printed, recount
from inbound.post.returned_mail import returned
from inbound.post.shop_answer import Telling
from store.audit_log import Decider
from store.errors import BadInput
from store.states import PieceState, PullState, RunState, ShopAnswerKind
from store.tables import PrintPiece, ShopAnswer

_K = ShopAnswerKind


def receipt(telling: Telling, rows: Sequence[Said]) -> None:
    """Hold what the shop read against what we handed over; the run is received once every file of it agrees."""
    agreed = set(telling.outcome.setdefault("agreed", []))
    for said in rows:
        try:
            file = telling.file(said)
        except BadInput as error:
            telling.refuse(said, error)
            continue
        if _agrees(telling, said, file):
            agreed.add(file.name)
    telling.outcome["agreed"] = sorted(agreed)
    if {file.name for file in telling.files()} <= agreed | _agreed_before(telling):
        telling.move(PrintPiece.state == PieceState.MADE, PieceState.HANDED_OVER)
        advance(telling.connection, telling.run.id, RunState.HANDED_OVER, now=telling.now)
        advance(telling.connection, telling.run.id, RunState.RECEIVED, now=telling.now)


def _agrees(telling: Telling, said: Said, file: Any) -> bool:
    if said.status == "rejected":
        telling.note(REJECTED, file.pieces, file=file.name, reason=said["reason"])
    elif said["sha256"].lower() != file.sha256:
        telling.note(CHECKSUM, file.pieces, file=file.name, told=said["sha256"])
    elif file.pieces and said.pieces != file.pieces:
        telling.note(
            RECORDS, abs(file.pieces - (said.pieces or 0)), file=file.name, told=said.pieces
        )
    else:
        telling.explain((REJECTED, CHECKSUM, RECORDS), "a later receipt agrees", file=file.name)
        return True
    return False


def _agreed_before(telling: Telling) -> set[str]:
    query = select(ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == telling.run.id,
        ShopAnswer.kind == _K.RECEIPT,
        ShopAnswer.id != telling.answer_id,
    )
    return {
        name
        for outcome in telling.connection.execute(query).scalars()
        for name in outcome.get("agreed", [])
    }


def proof(telling: Telling, rows: Sequence[Said]) -> None:
    """Take the shop's word that somebody of ours signed at the press; our own rules of who may sign hold."""
    for said in rows:
        run = find_run(telling.connection, telling.run.key)
        if run.proofed_at is not None:
            continue
        try:
            signed(
                telling.connection, run, by=Decider(said["by"]), now=telling.now, told=said["date"]
            )
        except BadInput as error:
            telling.refuse(said, error)
        else:
            telling.counts["signed"] += 1


def pulled(telling: Telling, rows: Sequence[Said]) -> None:
    """Take what the shop says of each wish; what was too late goes on with its file."""
    for said in telling.known(rows):
        piece = telling.connection.execute(
            select(PrintPiece.id).where(PrintPiece.piece_id == said.piece)
        ).scalar_one()
        state = PullState(said.status)
        if state is PullState.PULLED and want(
            telling.connection, PrintPiece.id == piece, "SHOP", now=telling.now
        ):
            telling.note(UNASKED, 1, pieces=[said.piece or ""])
        if answer_pull(telling.connection, piece, state, now=telling.now):
            telling.counts[said.status] += 1
        if state is PullState.TOO_LATE:
            _goes_on(telling, piece)
    recount(telling)


def _goes_on(telling: Telling, piece: int) -> None:
    """Let a piece that could not be pulled take the state of its file, where that was posted meanwhile."""
    for file in telling.files():
        if file.posted_at is not None:
            telling.move(
                pieces_of(telling.run.id, file) & (PrintPiece.id == piece), PieceState.POSTED
            )


def destroyed(telling: Telling, rows: Sequence[Said]) -> None:
    """Keep the certificates: what was destroyed, when, and by whom."""
    kept = [{"certificate": said["certificate"], "pieces": said.pieces, "by": said["by"], "date": said["date"],
             "what": said["reason"]} for said in rows]  # fmt: skip
    telling.outcome["certificates"] = kept
    telling.counts["certificates"] += len(kept)


APPLY: Mapping[ShopAnswerKind, Callable[[Telling, Sequence[Said]], None]] = {
    _K.RECEIPT: receipt,
    _K.PROOF: proof,
    _K.PRINTED: printed,
    _K.POSTED: posted,
    _K.RETURNED: returned,
    _K.PULLED: pulled,
    _K.DESTROYED: destroyed,
}
"""In the order in which the rows of one file are taken, whatever order they stand in."""
