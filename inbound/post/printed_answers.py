"""What follows from "printed" and "posted": what is named takes its own state, what is not takes its file's.

A shop's totals are held against what should be there. A total that comes before its exceptions leaves a difference,
and the exceptions, when they come, explain it. Posting a file waits for the word that it was printed.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from campaigns.post import pull_lists
from campaigns.post.discrepancies import COUNT, DOUBLED, MISSING, UNSIGNED, WEIGHT
from campaigns.post.piece_states import advance, find_run, pieces_of, pulls_unanswered, states_of
from inbound.post.answer_rows import Said
from inbound.post.piece_copies import Copies, copies, name_doubled, slack
from inbound.post.shop_answer import Telling
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
"""A weight that is further off than one part in twenty is a difference."""


def printed(telling: Telling, rows: Sequence[Said]) -> None:
    """Take what was printed: pieces by name first, then whole files."""
    if find_run(telling.connection, telling.run.key).proofed_at is None:
        telling.note(UNSIGNED, 0)
    _named(telling, rows)
    for said in rows:
        if said.piece is None:
            _printed_file(telling, said)
    if all(file.printed_at for file in telling.files()):
        advance(telling.connection, telling.run.id, RunState.PRINTED, now=telling.now)
    _post_what_waited(telling)
    recount(telling)


def _named(telling: Telling, rows: Sequence[Said]) -> None:
    named = list(telling.known([said for said in rows if said.piece is not None]))
    by_word: dict[tuple[str, str], list[str]] = {}
    for said in named:
        by_word.setdefault((said.status, said["reason"]), []).append(said.piece or "")
        telling.outcome.setdefault(said.status, []).append(said.piece or "")
    told = copies(telling)
    for (status, reason), some in sorted(by_word.items()):
        pieces = sorted({piece for piece in some if _still(told, status, piece)})
        if status == "doubled":
            telling.note(DOUBLED, len(pieces), pieces=pieces)
            continue
        telling.move_named(pieces, _STATES[status], reason or None)
        if status == "missing":
            telling.note(MISSING, len(pieces), pieces=pieces)
        if status == "posted":
            _too_late(telling, pieces)


def _still(told: Copies, status: str, piece: str) -> bool:
    """Say whether a word about a piece is the last of it, in whatever order the words came."""
    if status in {"spoiled", "missing"}:
        return told.lacking(piece)
    return status != "reprinted" or not told.lacking(piece)


def _too_late(telling: Telling, pieces: Sequence[str]) -> None:
    """Take a piece that was posted by name as one that could not be pulled."""
    asked = select(PrintPiece.id).where(PrintPiece.piece_id.in_(pieces), pulls_unanswered())
    for piece in telling.connection.execute(asked).scalars().all():
        pull_lists.answer(telling.connection, piece, PullState.TOO_LATE, now=telling.now)


def _printed_file(telling: Telling, said: Said) -> None:
    try:
        file = telling.file(said)
    except BadInput as error:
        telling.refuse(said, error)
        return
    which = pieces_of(telling.run.id, file)
    telling.move(which & PrintPiece.state.in_((_P.MADE, _P.HANDED_OVER)), _P.PRINTED)
    mine = (PrintFile.print_run_id == telling.run.id) & (PrintFile.name == file.name)
    telling.connection.execute(update(PrintFile).where(mine).values(printed_at=telling.now))
    low, high = _printed_range(telling, which)
    earlier = _printed_totals(telling, file.name)
    telling.outcome.setdefault("totals", []).append([file.name, said.pieces])
    if not any(
        low <= told <= high for told in earlier
    ):  # an older word comes late: a newer one agrees already
        _hold(telling, said.pieces or 0, low, high, file=file.name, stage="printed")


def _printed_totals(telling: Telling, file: str) -> list[int]:
    query = select(ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == telling.run.id, ShopAnswer.kind == ShopAnswerKind.PRINTED
    )
    totals = (
        total
        for outcome in telling.connection.execute(query).scalars()
        for total in outcome.get("totals", [])
    )
    return [told for name, told in totals if name == file]


def _printed_range(telling: Telling, which: ColumnElement[bool]) -> tuple[int, int]:
    """Return how many should be printed; what was pulled may or may not have been."""
    states = states_of(telling.connection, telling.run.id, which)
    low = sum(states[state] for state in (_P.PRINTED, _P.POSTED, _P.RETURNED))
    fewer, more = slack(telling, which, printed=True)
    return low - fewer, low + states[_P.RECALLED] + more


def _hold(telling: Telling, told: int, low: int, high: int, **about: Any) -> None:
    if told < low:
        telling.note(COUNT, low - told, told=told, **about)
    elif told > high:
        telling.note(DOUBLED, told - high, told=told, **about)


def posted(telling: Telling, rows: Sequence[Said]) -> None:
    """Take what was posted: pieces by name first, then whole files or the run, each with its proof."""
    _named(telling, rows)
    for said in rows:
        if said.piece is None:
            _posted_total(telling, said)
    recount(telling)


def _posted_total(telling: Telling, said: Said) -> None:
    try:
        files = [telling.file(said)] if said["file"] else telling.files()
    except BadInput as error:
        telling.refuse(said, error)
        return
    total = {name: said[name] for name in ("file", "carrier_order", "pieces", "grams", "date")}
    if all(file.printed_at for file in files):
        _post(telling, files, total, telling.answer_id)
    else:
        telling.outcome.setdefault("waiting", []).append(total)
        telling.counts["waiting"] += 1


def _post_what_waited(telling: Telling) -> None:
    """Post the files of which the shop told that they were posted before it told that they were printed."""
    query = select(ShopAnswer.id, ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == telling.run.id, ShopAnswer.kind == ShopAnswerKind.POSTED
    )
    for row in telling.connection.execute(query.order_by(ShopAnswer.id)).all():
        still = [
            total
            for total in row.outcome.get("waiting", [])
            if not _posted_now(telling, total, row.id)
        ]
        if still != row.outcome.get("waiting", []):
            values = {"outcome": {**row.outcome, "waiting": still}}
            telling.connection.execute(
                update(ShopAnswer).where(ShopAnswer.id == row.id).values(values)
            )


def _posted_now(telling: Telling, total: dict[str, str], answer_id: int) -> bool:
    files = [file for file in telling.files() if not total["file"] or file.name == total["file"]]
    if not all(file.printed_at for file in files):
        return False
    _post(telling, files, total, answer_id)
    return True


def _post(telling: Telling, files: Sequence[Any], total: dict[str, str], answer_id: int) -> None:
    for file in files:
        ready = (
            pieces_of(telling.run.id, file) & (PrintPiece.state == _P.PRINTED) & ~pulls_unanswered()
        )
        telling.move(ready, _P.POSTED)
        mine = (PrintFile.print_run_id == telling.run.id) & (PrintFile.name == file.name)
        still = update(PrintFile).where(mine, PrintFile.posted_at.is_(None))
        telling.connection.execute(still.values(posted_at=telling.now))
    _prove(telling, total, answer_id)
    if all(file.posted_at for file in telling.files()):
        advance(telling.connection, telling.run.id, RunState.POSTED, now=telling.now)
    _hold_posted(telling, total["file"])


def _prove(telling: Telling, total: dict[str, str], answer_id: int) -> None:
    """Keep the proof of posting; the same order told anew replaces what was told of it."""
    pieces, grams = int(total["pieces"]), int(total["grams"]) if total["grams"] else None
    values = {
        "pieces": pieces,
        "grams": grams,
        "posted_on": date.fromisoformat(total["date"]),
        "answer_id": answer_id,
    }
    key = {
        "print_run_id": telling.run.id,
        "carrier_order": total["carrier_order"],
        "file": total["file"],
    }
    mine = [getattr(Posting, name) == value for name, value in key.items()]
    if not telling.connection.execute(update(Posting).where(*mine).values(values)).rowcount:
        telling.connection.execute(insert(Posting).values(**key, **values))
        telling.counts["postings"] += 1
    each, everything = telling.run.weight, telling.run.cards + telling.run.seeds
    if grams and each and abs(grams * everything - each * pieces) * _ONE_IN > each * pieces:
        telling.note(
            WEIGHT, 0, carrier_order=total["carrier_order"], told=grams, file=total["file"]
        )


def _hold_posted(telling: Telling, file: str) -> None:
    told, low, high = _posted_range(telling, file)
    fewer, more = slack(telling, _posted_with(telling, file))
    _hold(telling, told, low - fewer, high + more, file=file, stage="posted")


def _posted_with(telling: Telling, file: str) -> ColumnElement[bool]:
    if not file:
        return PrintPiece.print_run_id == int(telling.run.id)
    of_file: ColumnElement[bool] = pieces_of(
        telling.run.id, next(each for each in telling.files() if each.name == file)
    )
    return of_file


def _posted_range(telling: Telling, file: str) -> tuple[int, int, int]:
    """Return how many were told to be posted, and how many should be: of a file, or of the whole run.

    What the shop was asked to pull and has not told of yet may or may not be among them.
    """
    mine = Posting.print_run_id == telling.run.id
    which = _posted_with(telling, file)
    if file:
        mine &= Posting.file == file
    told = telling.connection.execute(
        select(func.coalesce(func.sum(Posting.pieces), 0)).where(mine)
    ).scalar_one()
    states = states_of(telling.connection, telling.run.id, which)
    low = states[_P.POSTED] + states[_P.RETURNED]
    doubt = states_of(telling.connection, telling.run.id, which, pulls_unanswered()).total()
    return int(told), low, low + doubt


def _catch_up(telling: Telling, file: str) -> None:
    """Let what was printed again late take the state of its posted file, where the posted total counts it."""
    files = [each for each in telling.files() if each.posted_at and file in ("", each.name)]
    ready = [
        pieces_of(telling.run.id, each) & (PrintPiece.state == _P.PRINTED) & ~pulls_unanswered()
        for each in files
    ]
    waiting = sum(states_of(telling.connection, telling.run.id, which).total() for which in ready)
    told, _, high = _posted_range(telling, file)
    for which in ready if high + waiting <= told else ():
        telling.move(which, _P.POSTED)


def recount(telling: Telling) -> None:
    """Look at every open count once more: later words may have explained it."""
    name_doubled(telling)
    posted_as = select(Posting.file).distinct().where(Posting.print_run_id == telling.run.id)
    for file in telling.connection.execute(posted_as).scalars().all():
        _catch_up(telling, file)
    query = select(Difference.id, Difference.detail).where(
        Difference.print_run_id == telling.run.id,
        Difference.kind.in_((COUNT, DOUBLED)),
        Difference.accepted_at.is_(None),
    )
    by_name = {file.name: file for file in telling.files()}
    for row in telling.connection.execute(query).all():
        stage, file = row.detail.get("stage"), row.detail.get("file", "")
        if stage == "printed":
            low, high = _printed_range(telling, pieces_of(telling.run.id, by_name[file]))
            told = row.detail["told"]
        elif stage == "posted":
            told, low, high = _posted_range(telling, file)
            fewer, more = slack(telling, _posted_with(telling, file))
            low, high = low - fewer, high + more
        else:
            continue
        if low <= told <= high:
            telling.explain((COUNT, DOUBLED), "a later answer explains it", **row.detail)
    _found_again(telling)


def _found_again(telling: Telling) -> None:
    """Accept what was missing and is not any more."""
    query = select(Difference.detail).where(
        Difference.print_run_id == telling.run.id,
        Difference.kind == MISSING,
        Difference.accepted_at.is_(None),
    )
    missing = select(PrintPiece.piece_id).where(
        PrintPiece.print_run_id == telling.run.id, PrintPiece.state == _P.MISSING
    )
    still = set(telling.connection.execute(missing).scalars())
    for detail in telling.connection.execute(query).scalars().all():
        if not still & set(detail["pieces"]):
            telling.explain((MISSING,), "they were found", **detail)
