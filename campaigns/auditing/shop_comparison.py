"""Compare what the print shop's server and answers say with the runs that were recorded."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from campaigns.auditing.invariants import Breach, Findings, Invariant, Note
from campaigns.auditing.run_comparison import RecordedRun, recorded_runs
from channels.port import Unavailable
from channels.shop_listing import ReadyRun, list_ready
from channels.shops import Sftp
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import why_it_failed
from store.sentences import Sentence
from store.states import RunState
from store.tables import PrintPiece, PrintRun, SeedArrival


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRow:
    """Statement of the print shop about one file of a run."""

    answer: str  # the file that it stands in
    run: str
    file: str  # empty: of the whole run
    sha256: str = ""  # received
    received: int | None = None  # pieces
    posted: int | None = None  # pieces
    order: str = ""  # the carrier's


def compare_shop(installation: Installation, rows: Sequence[ShopRow]) -> Findings:
    """Compare the shop's own words, and what stands on its server, with what was recorded.

    Args:
        installation: the installation.
        rows: what the shop's answers say, read by `inbound.post.shop_rows`.
    """
    with installation.store.reading() as connection:
        runs = recorded_runs(connection)
        seeds = list(_early_seeds(connection))
    by_key = {run.key: run for run in runs.values()}
    breaches = [*_receipts(rows, by_key), *_postings(rows, by_key), *seeds]
    found = Findings(breaches=tuple(breaches), compared={"shop_rows": len(rows)})
    return found + _on_server(installation)


def _receipts(rows: Sequence[ShopRow], runs: Mapping[str, RecordedRun]) -> Iterator[Breach]:
    unknown = Counter(row.run for row in rows if row.run not in runs)
    for run, count in sorted(unknown.items()):
        detail = Sentence("{count} rows of its answers name it", count=count)
        yield Breach(invariant=Invariant.SHOP_HAS_UNKNOWN_RUN, subject=run, detail=detail)
    for row in rows:
        ours = runs.get(row.run)
        if ours is None or row.received is None:
            continue
        pieces = ours.printed.get(row.file)
        if ours.files.get(row.file) == row.sha256 and pieces in {None, row.received}:
            continue
        yield Breach(
            invariant=Invariant.SHOP_RECEIPT_DIFFERS,
            subject=row.run,
            detail=Sentence(
                "{file}: {theirs} pieces in {answer}, and {ours} were made",
                file=row.file,
                theirs=row.received,
                answer=row.answer,
                ours="-" if pieces is None else pieces,
            ),
        )


def _postings(rows: Sequence[ShopRow], runs: Mapping[str, RecordedRun]) -> Iterator[Breach]:
    """Yield the runs of which more pieces were posted than there are."""
    posted = {(row.run, row.file, row.order): row.posted for row in rows if row.posted is not None}
    total = Counter[str]()
    for (run, _, _), pieces in posted.items():
        total[run] += pieces
    for key, pieces in sorted(total.items()):
        if key in runs and pieces > sum(runs[key].printed.values()):
            yield Breach(
                invariant=Invariant.SHOP_POSTED_MORE,
                subject=key,
                detail=Sentence(
                    "{theirs} pieces were posted, and {ours} were made",
                    theirs=pieces,
                    ours=sum(runs[key].printed.values()),
                ),
            )


def _early_seeds(connection: Connection) -> Iterator[Breach]:
    query = (
        select(PrintRun.folder, PrintPiece.piece_id)
        .join(PrintPiece, PrintPiece.print_run_id == PrintRun.id)
        .join(SeedArrival, SeedArrival.piece_id == PrintPiece.id)
        .where(PrintRun.state == RunState.MADE)
        .order_by(PrintPiece.id)
    )
    for folder, piece in connection.execute(query):
        yield Breach(
            invariant=Invariant.SEED_OF_UNSENT_RUN,
            subject=piece,
            detail=Sentence("of {folder}", folder=folder),
        )


def _on_server(installation: Installation) -> Findings:
    shop = installation.shop
    if shop is None or shop.sftp is None:
        return Findings()
    if shop.sftp.drop_only:
        note = Note(shop.name, Sentence("its server does not let us look"))
        return Findings(not_compared=(note,))
    try:
        ready = list_ready(shop.sftp)
    except (Unavailable, BadInput) as refused:
        return Findings(failed=(Note(shop.name, why_it_failed(refused)),))
    with installation.store.reading() as connection:  # after the list: what left meanwhile is known
        runs = recorded_runs(connection)
    found = Findings(compared={"runs_at_shop": len(ready)})
    for each in ready:
        if (run := _run_of(each, runs)) is None:
            found += _breach(Invariant.SHOP_HAS_UNKNOWN_RUN, each.run)
        elif shop.encryption is None and _differs(each, run, shop.sftp):
            found += _breach(Invariant.SHOP_HAS_OTHER_FILES, each.run)
        elif run.state is RunState.MADE:
            why = Sentence("it is at the print shop, and is recorded as such in the next pass")
            found += Findings(under_way=(Note(each.run, why),))
    return found


def _run_of(ready: ReadyRun, runs: Mapping[str, RecordedRun]) -> RecordedRun | None:
    """Return the run of a control file, which may be that of a reprint."""
    found = runs.get(ready.run)
    if found is None:
        found = next((run for run in runs.values() if f"{ready.run}.pdf" in run.files), None)
    return found


def _differs(ready: ReadyRun, run: RecordedRun, sftp: Sftp) -> bool:
    named = {sftp.name_in_run(ready.run, name): digest for name, digest in run.files.items()}
    return any(ready.sums.get(name, digest) != digest for name, digest in named.items())


def _breach(invariant: Invariant, run: str) -> Findings:
    detail = Sentence("its control file stands on the server")
    return Findings(breaches=(Breach(invariant=invariant, subject=run, detail=detail),))
