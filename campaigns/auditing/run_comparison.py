"""Compare the print runs and call lists in every outbox with what the database has of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from campaigns.auditing.invariants import Breach, Findings, Invariant, Note
from campaigns.auditing.run_folders import (
    RunFolder,
    read_call_lists,
    read_outbox,
    sum_of_file,
)
from campaigns.auditing.stored_runs import sealed_calls, shared_store
from campaigns.post.collecting import collecting_folder
from campaigns.post.outbox_runs import OURS, SUMS
from channels import KINDS
from installation.installation import Installation
from store.mapped_rows import read_all
from store.sentences import Sentence
from store.states import AttemptState, DeliveryState, PieceState, RunState, TouchState
from store.tables import Attempt, Delivery, PrintFile, PrintPiece, PrintRun, Touch

_WENT = (TouchState.HANDED_OVER, TouchState.PRINTED, TouchState.POSTED)
_GONE = (PieceState.RECALLED, PieceState.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """A print run as the database has it."""

    id: int
    key: str
    state: RunState
    is_open: bool  # its delivery is not closed: it may still be recorded
    files: Mapping[str, str]  # SHA-256 sums by name
    printed: Mapping[str, int]  # pieces of each file that was made with the run


def recorded_runs(connection: Connection) -> dict[str, RecordedRun]:
    """Return every recorded run, by the name of its folder."""
    files: dict[int, list[PrintFile]] = defaultdict(list)
    for file in read_all(connection, select(PrintFile)):
        files[file.print_run_id].append(file)
    query = select(PrintRun.folder, PrintRun.id, Delivery.key, PrintRun.state, Delivery.state).join(
        Delivery, Delivery.id == PrintRun.delivery_id
    )
    return {
        folder: RecordedRun(
            id=number,
            key=key,
            state=state,
            is_open=delivery is DeliveryState.OPEN,
            files={each.name: each.sha256 for each in files[number]},
            printed={
                each.name: each.pieces for each in files[number] if each.first and each.pieces
            },
        )
        for folder, number, key, state, delivery in connection.execute(query)
    }


def compare_runs(installation: Installation, *, elsewhere: Sequence[Path] = ()) -> Findings:
    """Compare the runs in our outbox, and in those of other machines, with what is recorded."""
    with installation.store.reading() as connection:
        before = recorded_runs(connection)
    folders = _folders_in(installation, before, elsewhere)
    with installation.store.reading() as connection:
        after, open_keys = recorded_runs(connection), _open_keys(connection)
        missing = () if shared_store(installation) else tuple(_missing(before, folders))
        total = Findings(
            breaches=missing,
            compared={"runs": len(folders), "pieces": sum(len(each.pieces) for each in folders)},
        )
        for folder in folders:
            total += _compare(connection, folder, after.get(folder.name), open_keys)
    return total + Findings(breaches=tuple(_in_two_places(folders)))


def _folders_in(
    installation: Installation, recorded: Mapping[str, RecordedRun], elsewhere: Sequence[Path]
) -> list[RunFolder]:
    """Read the runs of every outbox.

    With a store that all machines reach a run may stand in several, and what was composed anew elsewhere as it was.
    """
    outboxes = [installation.settings.outbox, *elsewhere]
    if shared_store(installation) is None:
        return [each for outbox in outboxes for each in read_outbox(outbox)]
    found: dict[object, RunFolder] = {}
    for outbox in (*outboxes, collecting_folder(installation)):
        for each in read_outbox(outbox):
            if not (each.name in recorded and _is_earlier(each, recorded[each.name])):
                found.setdefault((each.name, tuple(each.pieces)), each)
    return list(found.values())


def _is_earlier(folder: RunFolder, run: RecordedRun) -> bool:
    """Say whether a folder holds a run whole as it was before it was composed anew by another machine."""
    sums = folder.place / SUMS
    if not sums.is_file() or sum_of_file(sums) == run.files.get(SUMS):
        return False
    listed = (line.split(maxsplit=1) for line in sums.read_text("utf-8").splitlines())
    return all(
        (folder.place / name.lstrip("*")).is_file()
        and sum_of_file(folder.place / name.lstrip("*")) == total
        for total, name in listed
    )


def _open_keys(connection: Connection) -> frozenset[str]:
    query = select(Delivery.key).where(Delivery.state == DeliveryState.OPEN)
    return frozenset(connection.execute(query).scalars())


def _missing(recorded: Mapping[str, RecordedRun], folders: Sequence[RunFolder]) -> Iterator[Breach]:
    """Yield the files of runs that are still ours of which no folder is left at all."""
    there = {each.name for each in folders}
    for folder, run in recorded.items():
        if folder not in there and run.state in OURS and not run.is_open:
            yield Breach(
                invariant=Invariant.FILE_GONE,
                subject=run.key,
                detail=Sentence("there is no folder {folder}", folder=folder),
            )


def _compare(
    connection: Connection, folder: RunFolder, run: RecordedRun | None, open_keys: Collection[str]
) -> Findings:
    if folder.name in open_keys or folder.is_replaced:
        return Findings(
            under_way=(Note(folder.name, Sentence("it is being handed over or settled")),)
        )
    if run is None:
        return Findings(
            breaches=(
                Breach(
                    invariant=Invariant.RUN_NOT_RECORDED,
                    subject=folder.name,
                    detail=Sentence(
                        "{count} pieces in {place}", count=len(folder.pieces), place=folder.place
                    ),
                ),
            )
        )
    pieces = select(PrintPiece.piece_id).where(PrintPiece.print_run_id == run.id)
    recorded = frozenset(connection.execute(pieces).scalars())
    return Findings(breaches=(*_files(folder, run), *_pieces(folder, run, recorded)))


def _files(folder: RunFolder, run: RecordedRun) -> Iterator[Breach]:
    for name, digest in sorted(run.files.items()):
        path = folder.place / name
        if not path.is_file():
            if run.state in OURS:
                yield _of(folder, Invariant.FILE_GONE, Sentence("{name} is not there", name=name))
        elif sum_of_file(path) != digest:
            yield _of(folder, Invariant.FILE_CHANGED, Sentence("{name} is another", name=name))
    for name in sorted(folder.prints - run.files.keys()):
        if f"{name.removesuffix('.pdf')}.csv" in run.files:  # the shop composed it from our data
            continue
        yield _of(
            folder, Invariant.FILE_NOT_RECORDED, Sentence("{name} is not of this run", name=name)
        )


def _pieces(folder: RunFolder, run: RecordedRun, recorded: frozenset[str]) -> Iterator[Breach]:
    named = frozenset(folder.pieces)
    if named != recorded:
        more, less = len(named - recorded), len(recorded - named)
        yield _of(
            folder,
            Invariant.PIECES_DIFFER,
            Sentence(
                "{more} pieces are only in the manifest, {less} only in the database",
                more=more,
                less=less,
            ),
        )
    if dict(folder.by_file) != dict(run.printed):
        yield _of(
            folder,
            Invariant.PIECES_DIFFER,
            Sentence("the manifest has other numbers of pieces in its files than were recorded"),
        )
    if folder.stated != len(folder.pieces):
        stated = "-" if folder.stated is None else folder.stated
        yield _of(
            folder,
            Invariant.TOTALS_DIFFER,
            Sentence(
                "the totals say {stated}, the manifest has {count}",
                stated=stated,
                count=len(folder.pieces),
            ),
        )


def _of(folder: RunFolder, invariant: Invariant, detail: str) -> Breach:
    return Breach(invariant=invariant, subject=folder.name, detail=detail)


def _in_two_places(folders: Sequence[RunFolder]) -> Iterator[Breach]:
    """Yield the pieces that stand in two runs, or twice in one."""
    places: dict[str, list[str]] = defaultdict(list)
    for folder in folders:
        for piece in folder.pieces:
            places[piece].append(folder.name)
    for piece, names in sorted(places.items()):
        if len(names) > 1:
            yield Breach(
                invariant=Invariant.PIECE_TWICE,
                subject=piece,
                detail=Sentence("it stands in {names}", names=", ".join(names)),
            )


def compare_cards(installation: Installation, *, since: datetime) -> Findings:
    """Look for touches by post that are on no piece or on several."""
    post = [name for name, kind in KINDS.items() if kind.reaches == "post"]
    several = (
        select(PrintPiece.touch_id, func.count())
        .where(PrintPiece.touch_id.is_not(None), PrintPiece.state.not_in(_GONE))
        .group_by(PrintPiece.touch_id)
        .having(func.count() > 1)
    )
    none = (
        select(Touch.id)
        .outerjoin(PrintPiece, PrintPiece.touch_id == Touch.id)
        .where(
            Touch.channel.in_(post),
            Touch.state.in_(_WENT),
            Touch.handed_over_at >= since,
            PrintPiece.id.is_(None),
        )
    )
    with installation.store.reading() as connection:
        twice = [
            Breach(
                invariant=Invariant.CARD_TWICE,
                subject=Sentence("touch {touch}", touch=touch),
                detail=Sentence("{count} pieces", count=count),
            )
            for touch, count in connection.execute(several.order_by(PrintPiece.touch_id))
        ]
        never = [
            Breach(
                invariant=Invariant.CARD_WITHOUT_PIECE,
                subject=Sentence("touch {touch}", touch=touch),
                detail=Sentence("no piece has its number"),
            )
            for touch in connection.execute(none.order_by(Touch.id)).scalars()
        ]
    return Findings(breaches=(*twice, *never))


def compare_calls(
    installation: Installation, *, since: datetime, elsewhere: Sequence[Path] = ()
) -> Findings:
    """Compare the lists of people to be called with the touches that left on them."""
    lists: dict[str, frozenset[int]] = {}
    for outbox in (installation.settings.outbox, *elsewhere):
        for key, touches in read_call_lists(outbox).items():
            lists[key] = lists.get(key, frozenset()) | touches
    with installation.store.reading() as connection:
        for key, touches in sealed_calls(connection).items():
            lists[key] = lists.get(key, frozenset()) | touches
        open_keys, recorded = _open_keys(connection), _called(connection, since)
        known = frozenset(
            connection.execute(
                select(Delivery.key).where(Delivery.state == DeliveryState.RECORDED)
            ).scalars()
        )
    total = Findings(compared={"calls": sum(map(len, lists.values()))})
    for key in sorted(lists.keys() | recorded.keys()):
        ours, theirs = recorded.get(key, frozenset()), lists.get(key, frozenset())
        if key in open_keys:
            total += Findings(
                under_way=(Note(key, Sentence("it is being handed over or settled")),)
            )
        elif lost := ours - theirs:
            total += _calls(Invariant.CALLS_GONE, key, len(lost))
        elif theirs and key not in known:  # what was taken back is sealed too, with nobody on it
            total += _calls(Invariant.CALLS_NOT_RECORDED, key, len(theirs))
    return total


def _calls(invariant: Invariant, key: str, count: int) -> Findings:
    detail = Sentence("{count} touches", count=count)
    return Findings(breaches=(Breach(invariant=invariant, subject=key, detail=detail),))


def _called(connection: Connection, since: datetime) -> dict[str, frozenset[int]]:
    """Return the touches that left to be called since then, by the key of their list."""
    query = (
        select(Delivery.key, Attempt.touch_id)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(
            Delivery.channel == "call",
            Attempt.state == AttemptState.RECEIPT,
            Attempt.written_at >= since,
        )
    )
    found: dict[str, set[int]] = defaultdict(set)
    for key, touch in connection.execute(query):
        found[key].add(touch)
    return {key: frozenset(touches) for key, touches in found.items()}
