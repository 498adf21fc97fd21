"""The effects of "printed" and "posted" answers.

Named pieces get their own state, other pieces their file's.

The shop's totals are compared with the ledger. A total that arrives before its exceptions is recorded as a
difference, which the exceptions explain later. A file is posted only after it was reported as printed.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, insert, select, update

from campaigns.post import pull_lists
from campaigns.post.discrepancies import COUNT, DOUBLED, MISSING, UNSIGNED, WEIGHT
from campaigns.post.piece_states import advance, find_run, pieces_of, pulls_unanswered, states_of
from inbound.post.answer_rows import AnswerRow
from inbound.post.piece_copies import Copies, copies, name_doubled, slack
from inbound.post.shop_answer import STATED, RunAnswer
from store.errors import BadInput
from store.states import PieceState, PullState, RunState, ShopAnswerKind
from store.tables import Difference, Posting, PrintFile, PrintPiece, ShopAnswer

_P = PieceState
_STATES = {
    "printed": _P.PRINTED,
    "reprinted": _P.PRINTED,
    "posted": _P.POSTED,
    "spoiled": _P.SPOILED,
    "missing": _P.MISSING,
}
_ONE_IN = 20
"""A weight that is off by more than one part in twenty is a difference."""


def printed(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Apply printed rows, named pieces first and then whole files."""
    if find_run(answer.connection, answer.run.key).proofed_at is None:
        answer.note(UNSIGNED, 0)
    _named(answer, rows)
    for row in rows:
        if row.piece is None:
            _printed_file(answer, row)
    if all(file.printed_at for file in answer.files()):
        advance(answer.connection, answer.run.id, RunState.PRINTED, now=answer.now)
    _post_what_waited(answer)
    recount(answer)


def _named(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    named = list(answer.known([row for row in rows if row.piece is not None]))
    by_word: dict[tuple[str, str], list[str]] = {}
    for row in named:
        by_word.setdefault((row.status, row["reason"]), []).append(row.piece or "")
        answer.outcome.setdefault(row.status, []).append(row.piece or "")
    stated = copies(answer)
    for (status, reason), some in sorted(by_word.items()):
        pieces = sorted({piece for piece in some if _still(stated, status, piece)})
        if status == "doubled":
            answer.note(DOUBLED, len(pieces), pieces=pieces)
            continue
        answer.move_named(pieces, _STATES[status], reason or None)
        if status == "missing":
            answer.note(MISSING, len(pieces), pieces=pieces)
        if status == "posted":
            _too_late(answer, pieces)


def _still(stated: Copies, status: str, piece: str) -> bool:
    """Return whether a report about a piece is still its last, in whatever order the reports came."""
    if status in {"spoiled", "missing"}:
        return stated.lacking(piece)
    return status != "reprinted" or not stated.lacking(piece)


def _too_late(answer: RunAnswer, pieces: Sequence[str]) -> None:
    """Mark pieces that were posted by name as too late to be pulled."""
    asked = select(PrintPiece.id).where(PrintPiece.piece_id.in_(pieces), pulls_unanswered())
    for piece in answer.connection.execute(asked).scalars().all():
        pull_lists.answer(answer.connection, piece, PullState.TOO_LATE, now=answer.now)


def _printed_file(answer: RunAnswer, row: AnswerRow) -> None:
    try:
        file = answer.file(row)
    except BadInput as error:
        answer.refuse(row, error)
        return
    which = pieces_of(answer.run.id, file)
    answer.move(which & PrintPiece.state.in_((_P.MADE, _P.HANDED_OVER)), _P.PRINTED)
    mine = (PrintFile.print_run_id == answer.run.id) & (PrintFile.name == file.name)
    answer.connection.execute(update(PrintFile).where(mine).values(printed_at=answer.now))
    low, high = _printed_range(answer, which)
    earlier = _printed_totals(answer, file.name)
    answer.outcome.setdefault("totals", []).append([file.name, row.pieces])
    if not any(
        low <= stated <= high for stated in earlier
    ):  # an older report comes late, and a newer one agrees already
        _check(answer, row.pieces or 0, low, high, file=file.name, stage="printed")


def _printed_totals(answer: RunAnswer, file: str) -> list[int]:
    query = select(ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == answer.run.id, ShopAnswer.kind == ShopAnswerKind.PRINTED
    )
    totals = (
        total
        for outcome in answer.connection.execute(query).scalars()
        for total in outcome.get("totals", [])
    )
    return [stated for name, stated in totals if name == file]


def _printed_range(answer: RunAnswer, which: ColumnElement[bool]) -> tuple[int, int]:
    """Return how many should be printed, as a range. Pulled pieces may or may not have been printed."""
    states = states_of(answer.connection, answer.run.id, which)
    low = sum(states[state] for state in (_P.PRINTED, _P.POSTED, _P.RETURNED))
    fewer, more = slack(answer, which, printed=True)
    return low - fewer, low + states[_P.RECALLED] + more


def _check(answer: RunAnswer, stated: int, low: int, high: int, *, file: str, stage: str) -> None:
    detail = {STATED: stated, "file": file, "stage": stage}
    if stated < low:
        answer.note(COUNT, low - stated, **detail)
    elif stated > high:
        answer.note(DOUBLED, stated - high, **detail)


def posted(answer: RunAnswer, rows: Sequence[AnswerRow]) -> None:
    """Apply posted rows, named pieces first and then whole files or the run, each with its proof."""
    _named(answer, rows)
    for row in rows:
        if row.piece is None:
            _posted_total(answer, row)
    recount(answer)


def _posted_total(answer: RunAnswer, row: AnswerRow) -> None:
    try:
        files = [answer.file(row)] if row["file"] else answer.files()
    except BadInput as error:
        answer.refuse(row, error)
        return
    total = {name: row[name] for name in ("file", "carrier_order", "pieces", "grams", "date")}
    if all(file.printed_at for file in files):
        _post(answer, files, total, answer.answer_id)
    else:
        answer.outcome.setdefault("waiting", []).append(total)
        answer.counts["waiting"] += 1


def _post_what_waited(answer: RunAnswer) -> None:
    """Post the files that were reported as posted before they were reported as printed."""
    query = select(ShopAnswer.id, ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == answer.run.id, ShopAnswer.kind == ShopAnswerKind.POSTED
    )
    for row in answer.connection.execute(query.order_by(ShopAnswer.id)).all():
        still = [
            total
            for total in row.outcome.get("waiting", [])
            if not _posted_now(answer, total, row.id)
        ]
        if still != row.outcome.get("waiting", []):
            values = {"outcome": {**row.outcome, "waiting": still}}
            answer.connection.execute(
                update(ShopAnswer).where(ShopAnswer.id == row.id).values(values)
            )


def _posted_now(answer: RunAnswer, total: dict[str, str], answer_id: int) -> bool:
    files = [file for file in answer.files() if not total["file"] or file.name == total["file"]]
    if not all(file.printed_at for file in files):
        return False
    _post(answer, files, total, answer_id)
    return True


def _post(
    answer: RunAnswer, files: Sequence[PrintFile], total: dict[str, str], answer_id: int
) -> None:
    for file in files:
        ready = (
            pieces_of(answer.run.id, file) & (PrintPiece.state == _P.PRINTED) & ~pulls_unanswered()
        )
        answer.move(ready, _P.POSTED)
        mine = (PrintFile.print_run_id == answer.run.id) & (PrintFile.name == file.name)
        still = update(PrintFile).where(mine, PrintFile.posted_at.is_(None))
        answer.connection.execute(still.values(posted_at=answer.now))
    _prove(answer, total, answer_id)
    if all(file.posted_at for file in answer.files()):
        advance(answer.connection, answer.run.id, RunState.POSTED, now=answer.now)
    _check_posted(answer, total["file"])


def _prove(answer: RunAnswer, total: dict[str, str], answer_id: int) -> None:
    """Store the proof of posting. The same carrier order replaces its earlier proof."""
    pieces, grams = int(total["pieces"]), int(total["grams"]) if total["grams"] else None
    values = {
        "pieces": pieces,
        "grams": grams,
        "posted_on": date.fromisoformat(total["date"]),
        "answer_id": answer_id,
    }
    key = {
        "print_run_id": answer.run.id,
        "carrier_order": total["carrier_order"],
        "file": total["file"],
    }
    mine = [getattr(Posting, name) == value for name, value in key.items()]
    if not answer.connection.execute(update(Posting).where(*mine).values(values)).rowcount:
        answer.connection.execute(insert(Posting).values(**key, **values))
        answer.counts["postings"] += 1
    each, everything = answer.run.weight, answer.run.cards + answer.run.seeds
    if grams and each and abs(grams * everything - each * pieces) * _ONE_IN > each * pieces:
        detail = {STATED: grams, "carrier_order": total["carrier_order"], "file": total["file"]}
        answer.note(WEIGHT, 0, **detail)


def _check_posted(answer: RunAnswer, file: str) -> None:
    stated, low, high = _posted_range(answer, file)
    fewer, more = slack(answer, _posted_with(answer, file))
    _check(answer, stated, low - fewer, high + more, file=file, stage="posted")


def _posted_with(answer: RunAnswer, file: str) -> ColumnElement[bool]:
    if not file:
        return PrintPiece.print_run_id == int(answer.run.id)
    of_file: ColumnElement[bool] = pieces_of(
        answer.run.id, next(each for each in answer.files() if each.name == file)
    )
    return of_file


def _posted_range(answer: RunAnswer, file: str) -> tuple[int, int, int]:
    """Return how many pieces were reported as posted, and the range that should be, of a file or the run.

    Pieces the shop was asked to pull and has not reported on may or may not be among them.
    """
    mine = Posting.print_run_id == answer.run.id
    which = _posted_with(answer, file)
    if file:
        mine &= Posting.file == file
    stated = answer.connection.execute(
        select(func.coalesce(func.sum(Posting.pieces), 0)).where(mine)
    ).scalar_one()
    states = states_of(answer.connection, answer.run.id, which)
    low = states[_P.POSTED] + states[_P.RETURNED]
    doubt = states_of(answer.connection, answer.run.id, which, pulls_unanswered()).total()
    return int(stated), low, low + doubt


def _catch_up(answer: RunAnswer, file: str) -> None:
    """Post late reprints of a posted file, where its posted total counts them."""
    files = [each for each in answer.files() if each.posted_at and file in ("", each.name)]
    ready = [
        pieces_of(answer.run.id, each) & (PrintPiece.state == _P.PRINTED) & ~pulls_unanswered()
        for each in files
    ]
    waiting = sum(states_of(answer.connection, answer.run.id, which).total() for which in ready)
    stated, _, high = _posted_range(answer, file)
    for which in ready if high + waiting <= stated else ():
        answer.move(which, _P.POSTED)


def recount(answer: RunAnswer) -> None:
    """Check every open count again, since later reports may have explained it."""
    name_doubled(answer)
    posted_as = select(Posting.file).distinct().where(Posting.print_run_id == answer.run.id)
    for file in answer.connection.execute(posted_as).scalars().all():
        _catch_up(answer, file)
    query = select(Difference.id, Difference.detail).where(
        Difference.print_run_id == answer.run.id,
        Difference.kind.in_((COUNT, DOUBLED)),
        Difference.accepted_at.is_(None),
    )
    by_name = {file.name: file for file in answer.files()}
    for row in answer.connection.execute(query).all():
        stage, file = row.detail.get("stage"), row.detail.get("file", "")
        if stage == "printed":
            low, high = _printed_range(answer, pieces_of(answer.run.id, by_name[file]))
            stated = row.detail[STATED]
        elif stage == "posted":
            stated, low, high = _posted_range(answer, file)
            fewer, more = slack(answer, _posted_with(answer, file))
            low, high = low - fewer, high + more
        else:
            continue
        if low <= stated <= high:
            answer.explain((COUNT, DOUBLED), "a later answer explains it", **row.detail)
    _found_again(answer)


def _found_again(answer: RunAnswer) -> None:
    """Accept missing pieces that are not missing any more."""
    query = select(Difference.detail).where(
        Difference.print_run_id == answer.run.id,
        Difference.kind == MISSING,
        Difference.accepted_at.is_(None),
    )
    missing = select(PrintPiece.piece_id).where(
        PrintPiece.print_run_id == answer.run.id, PrintPiece.state == _P.MISSING
    )
    still = set(answer.connection.execute(missing).scalars())
    for detail in answer.connection.execute(query).scalars().all():
        if not still & set(detail["pieces"]):
            answer.explain((MISSING,), "they were found", **detail)
