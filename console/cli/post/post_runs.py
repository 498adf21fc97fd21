"""The `kaartje post` commands for print runs on their way to the print shop."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from console.cli.progress import progress
from store.sentences import Sentence

if TYPE_CHECKING:
    from campaigns.post.outbox_runs import Differing
    from campaigns.post.print_runs import Run

app = typer.Typer()
Key = Annotated[
    str, typer.Argument(metavar="KEY", help="Of a print run: kaartje post list shows them.")
]


@app.command(name="hand-over")
@refusing
def hand_over(
    key: Annotated[
        str | None,
        typer.Argument(metavar="[KEY]", help="Of one print run; by default all of them."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Hand over every print run that the print shop does not have yet.

    Safe to run at any time. An interrupted transfer is resumed.
    """
    from campaigns.post.hand_over import hand_over_runs

    installation = open_installation(now)
    with progress() as watch:
        done = hand_over_runs(installation, now=installation.now(), watch=watch, key=key)
    if as_json:
        emit(asdict(done))
    else:
        show("{runs:>10,}  print runs handed over", runs=done.runs)
        if done.lists:
            show(
                "{lists:>10,}  lists of pieces to be pulled sent after their run", lists=done.lists
            )
        if done.reprints:
            show("{reprints:>10,}  files of pieces printed again sent", reprints=done.reprints)
        if done.releases:
            show("{releases:>10,}  releases of signed press proofs sent", releases=done.releases)
        if done.recalled:
            show(
                "{recalled:>10,}  touches recalled: their campaign was stopped",
                recalled=done.recalled,
            )
        for each in done.waiting:
            show("   waiting  {key}: {why}", key=each.key, why=each.why)
    if done.waiting:
        raise typer.Exit(1)


@app.command(name="list")
@refusing
def list_runs(as_json: AsJson = False) -> None:
    """List the print runs, the newest first. Exit code 1 if a file in the outbox is not as it was made."""
    from campaigns.post.outbox_runs import differing_files
    from campaigns.post.print_runs import runs

    installation = open_installation()
    found, differing = runs(installation), differing_files(installation)
    if as_json:
        emit([run.as_data() for run in found])
        _end_with(differing)
        return
    if not found:
        show("There are no print runs yet.")
    for run in found:
        show(
            "{key:<40} {state:<12} {cards:>8,} pieces  made {when}",
            key=run.key,
            state=term(run.state),
            cards=run.cards + run.seeds,
            when=local_time(run.made_at),
        )
        if run.open:
            show("{gap:<40} {open}", gap="", open=run.open)
    _end_with(differing)


def _end_with(differing: "list[Differing]") -> None:
    """Name the files that are not as they were made, and end with exit code 1 if there are any."""
    for each in differing:
        say("not as made: {key}: {line}", key=each.key, line=each.line)
    if differing:
        raise typer.Exit(1)


@app.command()
@refusing
def verify(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="[KEY]",
            help="Of one print run; by default all that the shop has not confirmed.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the files in the outbox with the sums they were made with. Exit code 1 if one differs."""
    from campaigns.post.outbox_runs import differing_files
    from campaigns.post.print_runs import runs

    installation = open_installation()
    if key is not None:
        runs(installation, key=key)  # refuses a run that is not known
    differing = differing_files(installation, key=key)
    if as_json:
        emit([each.as_data() for each in differing])
    elif not differing:
        show("Every file is as it was made.")
    _end_with(differing)


@app.command(name="show")
@refusing
def show_run(key: Key, as_json: AsJson = False) -> None:
    """Show one print run with its progress, files, checksums and open matters."""
    from campaigns.post.print_runs import runs

    (run,) = runs(open_installation(), key=key)
    if as_json:
        emit(run.as_data())
        return
    _show(run)


@app.command()
@refusing
def check(
    key: Key,
    pdf: Annotated[
        Path, typer.Argument(metavar="FILE.pdf", help="What the print shop composed from FILE.csv.")
    ],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Check a file that the print shop composed, against every recipient, text and code."""
    from campaigns.post.shop_file_checks import check_file

    installation = open_installation(now)
    with progress() as watch:
        found = check_file(installation, key, pdf, now=installation.now(), watch=watch)
    if as_json:
        emit(asdict(found))
    else:
        show(
            "{pieces:>10,}  pieces read{unscanned}",
            pieces=found.pieces,
            unscanned="" if found.scanned else Sentence("; their codes were not scanned"),
        )
        for fault in found.faults:
            show("     wrong  {fault}", fault=fault)
        show("It may not be printed." if found.faults else "It may be printed.")
    if found.faults:
        raise typer.Exit(1)


@app.command()
@refusing
def announce(key: Key, by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Write the addresses of a run for the carrier, who gives them back with its order and codes."""
    from campaigns.post.carrier_announcement import announce as write_addresses

    installation = open_installation(now)
    with progress() as watch:
        done = write_addresses(
            installation,
            key,
            by=decider(installation, by),
            now=installation.now(),
            watch=watch,
        )
    if as_json:
        emit(asdict(done))
    else:
        show("{pieces:>10,}  pieces in {path}", pieces=done.pieces, path=str(done.path))
        say(
            "The file holds addresses: it is removed once what comes back is composed with kaartje post enrich {key}",
            key=key,
        )


@app.command()
@refusing
def enrich(
    key: Key,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", help="What the carrier gave back: docs/print-shop.md."),
    ],
    by: Decides,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Compose a run again in the carrier's order, before the print shop has it."""
    from campaigns.post.carrier_composing import enrich as compose_anew

    installation = open_installation(now)
    with progress() as watch:
        done = compose_anew(
            installation,
            key,
            file,
            by=decider(installation, by),
            now=installation.now(),
            watch=watch,
        )
    if as_json:
        emit(asdict(done))
    else:
        show(
            "{pieces:>10,}  pieces in the carrier's order, in {files} files",
            pieces=done.pieces,
            files=done.files,
        )
        if done.ignored:
            say("columns that were ignored: {columns}", columns=", ".join(done.ignored))


def _show(run: "Run") -> None:
    show(
        "{key}: {state}, wave {wave} of {campaign}{shop}",
        key=run.key,
        state=term(run.state),
        wave=run.wave,
        campaign=run.campaign,
        shop=Sentence(", at {shop}", shop=run.shop) if run.shop else "",
    )
    show(
        "{cards:>10,}  cards, {seeds:,} seeds, {pages:,} pages",
        cards=run.cards,
        seeds=run.seeds,
        pages=run.pages,
    )
    if run.grams:
        show("{grams:>10,}  grams", grams=run.grams)
    if run.cost is not None:
        show("{cost:>10}  by the print shop's list", cost=worded("€ {cost:,.2f}", cost=run.cost))
    for state, count in run.pieces.items():
        show("{count:>10,}  pieces {state}", count=count, state=term(state))
    for state in ("made", "handed_over", "received", "proofed", "printed", "posted", "closed"):
        if moment := getattr(run, f"{state}_at"):
            label = (
                worded("press proof signed by {who}", who=run.proofed_by)
                if state == "proofed"
                else term(state)
            )
            show(f"{'':>10}  {label} {local_time(moment)}")
    for file in run.files:
        show(
            "  {sha256}  {name} ({bytes:,} bytes{counted})",
            sha256=file.sha256,
            name=file.name,
            bytes=file.bytes,
            counted=_counted(file.pieces),
        )
    if run.open:
        show("      open  {open}", open=run.open)


def _counted(pieces: int) -> str:
    """Return the number of pieces in a file, or nothing for a file that is not printed."""
    return worded(", {pieces:,} pieces", pieces=pieces) if pieces else ""
